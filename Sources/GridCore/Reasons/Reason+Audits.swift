// SPDX-License-Identifier: Apache-2.0

extension Reason {
    /// Why two nodes' tables cannot be held against each other now.
    static let audits: [Reason] = [
        Reason(
            "audit_frontier_differs", .audit, "双方的日志还不一样", "the two have not got the same logs yet",
            do: "先同步:gridctl sync 节点名", "gridctl sync PEER first"),
        Reason(
            "audit_rules_differ", .audit, "双方程序的数据目录版本不同,合并规则不一样",
            "the two programs merge fields in different ways",
            do: "升级较旧的一方", "upgrade the older of the two"),
        Reason(
            "audit_standing_differs", .audit, "双方知道的证书、停用或删除决定不一样",
            "the two do not know the same certificates, cut-offs or redactions of the area",
            do: "先与上级同步,再核对", "sync both with the office above, then try again"),
        Reason(
            "audit_busy", .audit, "对方刚核对过,稍后再来", "it has audited enough for now",
            do: "稍后再试", "try again later"),
        Reason(
            "audit_too_many_records", .audit, "这个区域的记录太多,不能核对",
            "the area has more records than are compared",
            do: "在两边比较 gridctl digest", "compare gridctl digest of both"),
        Reason(
            "audit_not_offered", .audit, "对方的程序还不会核对", "its program knows no audits",
            do: "升级对方的程序", "upgrade its program"),
        Reason(
            "audit_rationed", .audit, "本次连接问得够多了", "enough was asked on this link for now",
            do: "过几分钟再试", "try again in some minutes"),
        Reason(
            "audit_unsettled", .audit, "本节点正在写入或重建", "this node is writing, or building its tables",
            do: "稍后再试", "try again later"),
        Reason(
            "audit_unreadable", .audit, "本节点的表读不出来", "this node's tables cannot be read",
            do: "运行 gridctl verify", "run gridctl verify"),
        Reason(
            "audit_not_connected", .audit, "与对方没有连接", "there is no link with it",
            do: "gridctl why 节点名 查看原因", "gridctl why PEER tells why"),
        Reason(
            "audit_link_ended", .audit, "核对时连接断开", "the link ended meanwhile",
            do: "连上后再试", "try again when it is back"),
        Reason(
            "audit_no_answer", .audit, "对方没有及时回答", "it did not answer in time",
            do: "再试一次", "try again"),
        Reason(
            "audit_not_shared", .audit, "双方不共享这个区域", "the two do not share the area"),
    ]
}
