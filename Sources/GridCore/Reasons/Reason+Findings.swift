// SPDX-License-Identifier: Apache-2.0

extension Reason {
    /// What is wrong with a node; the words of the moment stand beside the code in `status`.
    static let findings: [Reason] = [
        Reason(
            "disk_full", .finding, "磁盘已满,最近的内容没有保存",
            "the disk is full and the latest writes were not saved",
            do: "腾出空间,然后再填一次没有保存的内容", "make room, then type again what was not saved"),
        Reason(
            "disk_low", .finding, "磁盘剩余空间不多", "little room is left on the disk",
            do: "腾出空间", "make room"),
        Reason(
            "store_failed", .finding, "节点已停止写入以保护数据",
            "the node has stopped writing to protect its data",
            do: "检查磁盘,运行 gridctl verify,然后重启 gridd",
            "check the disk, run gridctl verify, restart gridd"),
        Reason(
            "store_damaged", .finding, "数据库有损坏", "the database is damaged",
            do: "运行 gridctl verify;表损坏用 gridctl rebuild 重建,账本损坏从备份恢复或重新同步",
            "run gridctl verify; rebuild mends tables, a backup or a peer what the ledger lost"),
        Reason(
            "clock_skew", .finding, "与其他节点的时钟相差超过 5 分钟",
            "a clock differs from a peer's by more than 5 min",
            do: "打开系统的自动对时;数据不会因此丢失", "turn on time synchronization; no data are lost by it"),
        Reason(
            "clock_wrong", .finding, "本机时钟的年份不可信", "this machine's clock shows an unlikely year",
            do: "校对日期和时间", "set date and time"),
        Reason(
            "call_turned_away", .finding, "拒绝过来访", "calls were turned away",
            do: "看所写的原因;不认识的来访可以不管", "see the reason given; strangers may be left alone"),
        Reason(
            "request_waiting", .finding, "有入网申请等待批准", "somebody has asked to join",
            do: "gridctl requests,核对四个词后 gridctl approve",
            "gridctl requests, compare the four words, approve"),
        Reason(
            "certificate_expires_soon", .finding, "本节点的证书快到期", "this node's certificate ends soon",
            do: "请上级运行 gridctl renew", "ask the office above for gridctl renew"),
        Reason(
            "certificate_expired", .finding, "本节点的证书已到期(照常工作,有标记)",
            "this node's certificate has ended (it works on, flagged)",
            do: "请上级运行 gridctl renew", "ask the office above for gridctl renew"),
        Reason(
            "peer_certificate_expiry", .finding, "下级节点的证书快到期或已到期",
            "a certificate of a node below ends soon, or has", do: "gridctl renew 节点名",
            "gridctl renew NAME"),
        Reason(
            "not_running", .finding, "gridd 没有运行", "gridd is not running", do: "启动 gridd",
            "start gridd"),
        Reason(
            "key_exposed", .finding, "其他用户能读密钥文件", "other users can read a key file",
            do: "chmod 600 该文件", "chmod 600 on that file"),
        Reason(
            "no_backup", .finding, "没有备份,或备份太旧", "there is no backup, or an old one",
            do: "gridctl backup 文件", "gridctl backup FILE"),
        Reason(
            "no_drill", .finding, "没有做过恢复演练,或已很久", "no restore was tried, or long ago",
            do: "gridctl drill restore 文件", "gridctl drill restore FILE"),
        Reason(
            "conflicts_open", .finding, "有冲突等待核实", "conflicts wait for a decision",
            do: "gridctl conflicts,然后 gridctl resolve", "gridctl conflicts, then gridctl resolve"),
        Reason(
            "quarantine_waiting", .finding, "有停用后的内容等待处理",
            "work of a key that was cut off waits for a decision",
            do: "gridctl quarantine list", "gridctl quarantine list"),
        Reason(
            "log_forked", .finding, "有日志写出了两个版本,都暂不算数",
            "a log goes on in two ways; neither counts for now",
            do: "gridctl fork show 日志,由上级用 gridctl fork close 裁定",
            "gridctl fork show LOG; the office above decides with gridctl fork close"),
        Reason(
            "fork_awaits_branch", .finding, "分叉的日志已裁定,算数的版本还没到齐",
            "a forked log is closed, and what counts of it is not all here",
            do: "等有该版本的节点送来", "wait for a node that has it"),
        Reason(
            "tables_differ", .finding, "与另一节点日志相同而表不同",
            "tables differ from a peer's, with the same logs",
            do: "在两个节点上都运行 gridctl verify:谁的表与自己的日志不符,就在谁那里运行 gridctl rebuild,"
                + "再用 gridctl verify 节点名 复核",
            "run gridctl verify on both: whose tables do not fit its own log is wrong; gridctl rebuild "
                + "there, then gridctl verify PEER"),
        Reason(
            "not_delivered", .finding, "有内容还没有送达上级", "something has not reached the office above",
            do: "gridctl lag 查看原因", "gridctl lag tells why"),
        Reason(
            "village_silent", .finding, "下级节点很久没有联系", "a node below has not been heard from",
            do: "gridctl why 节点名", "gridctl why NAME"),
    ]

    /// Why a record is not here.
    static let absences: [Reason] = [
        Reason(
            "bad_record_id", .absence, "不是记录标识", "no record id", do: "核对标识", "check the id"),
        Reason("unknown_record", .absence, "本节点没有这条记录", "there is no such record here"),
        Reason(
            "other_collection", .absence, "记录在别的类别里", "the record is in another collection",
            do: "换用那个类别", "ask for it there"),
    ]

    /// What has befallen a folder.
    static let incidents: [Reason] = [
        Reason(
            "older_image", .incident, "数据目录是旧的副本,已换新身份继续",
            "the folder was an older image; it goes on as a new replica",
            do: "等待缺的内容从其他节点取回", "wait until what is missing has come back"),
        Reason(
            "folder_copied", .incident, "数据目录是复制或还原来的,已换新身份继续",
            "the folder was copied or put back; it goes on as a new replica",
            do: "只留一个在运行", "let only one of the two run"),
        Reason(
            "restored", .incident, "由备份恢复,已换新身份继续",
            "restored from a backup; it goes on as a new replica"),
        Reason(
            "own_log_forked", .incident, "本节点的日志在别处有另一个分支",
            "this node's log goes on differently elsewhere",
            do: "只留一个目录在运行", "let only one of the two folders run"),
        Reason(
            "ledger_cut", .incident, "账本有损坏,已截去损坏部分", "the ledger was damaged and cut",
            do: "检查磁盘;缺的内容会从其他节点取回", "check the disk; what is missing comes back from peers"),
        Reason(
            "folder_replaced", .incident, "同一岗位换了新目录", "an earlier folder of this post wrote more"),
        Reason(
            "key_elsewhere", .incident, "另有一个目录也用本节点的密钥在写",
            "another folder writes with this node's key",
            do: "停掉其中一个", "stop one of the two"),
        Reason("peer_restored", .incident, "对方的数据目录换过", "a peer has another folder than before"),
        Reason(
            "receipted_data_lost", .incident, "对方丢失了已出具回执的内容,正重新送去",
            "a peer lost what it had signed receipts for; it is offered again"),
        Reason(
            "false_receipt", .incident, "对方的回执与本节点的账本不符",
            "a receipt contradicts this node's ledger",
            do: "请上级检查该节点", "have that node looked at"),
    ]
}
