// SPDX-License-Identifier: Apache-2.0

extension Reason {
    /// Two nodes have met, and do not go on.
    static let conversations: [Reason] = [
        Reason(
            "rolled_back", .link, "本机数据曾被还原为旧备份,已换新身份继续",
            "this folder was an older image; it goes on as a new replica"),
        Reason("leaving", .link, "节点正在停止", "the node is stopping"),
        Reason(
            "no_common_version", .link, "双方没有共同的协议版本", "no protocol version in common",
            do: "升级较旧的一方", "upgrade the older of the two"),
        Reason(
            "key_cut_off", .link, "公钥已被上级停用", "the key was cut off by an office above",
            do: "联系上级:换了机器要重新入网,停用有误由上级重新签发;没送出的内容用 gridctl quarantine 找回",
            "ask the office above: a new machine joins anew; what was not sent is in gridctl quarantine"
        ),
        Reason(
            "issuer_cut_off", .link, "证书由已停用的公钥签发", "the certificate is by a key that was cut off",
            do: "请上级重新签发证书", "ask for a new certificate"),
        Reason(
            "shortened", .link, "部分内容不再有效,重新开始同步",
            "some entries do not count any more; sync begins anew"),
        Reason(
            "nothing_shared", .link, "双方没有可以共享的区域", "the two share no area",
            do: "核对地址:村只与本村、本镇、本县的节点同步", "check the address: a village syncs with its own offices"),
        Reason(
            "key_mismatch", .link, "证书与连接的公钥不符", "the certificate is of another key than the link"),
        Reason(
            "may_not_read", .link, "对方的证书不允许读取所要的区域",
            "its certificate does not let it read that area",
            do: "给它签发正确区域的证书", "issue it a certificate for the right area"),
        Reason(
            "chain_unknown", .link, "来访节点的证书本机还不知道,它下次来访会出示全部证书",
            "the caller's certificate is not known here yet; it shows its whole chain at its next call"
        ),
        Reason(
            "join_not_taken", .link, "来者出示的入网码无效、已过期、已撤回或已被使用",
            "it came with a code that is unknown, expired, withdrawn or used",
            do: "用 gridctl invite 给出新码", "gridctl invite makes a new one"),
        Reason("join_malformed", .link, "入网申请的格式不对", "its request to join is malformed"),
        Reason(
            "join_too_many_tries", .link, "同一地址或全部来者试入网码的次数太多",
            "too many tries with codes, from it or from everywhere"),
        Reason(
            "foreign_root", .link, "对方属于另一个根", "it belongs to another root",
            do: "核对地址;确属本县则需重新入网", "check the address; join again if it is the right one"),
        Reason("chain_empty", .link, "对方没有出示证书", "it showed no certificate"),
        Reason("chain_too_long", .link, "证书链太长", "its chain of certificates is too long"),
        Reason("chain_broken", .link, "证书链断开", "its chain of certificates is broken"),
        Reason(
            "certificate_signature_wrong", .link, "证书的签名不成立",
            "the signature of a certificate does not hold"),
        Reason(
            "certificate_key_not_valid", .link, "证书里的公钥无效", "a certificate's key is not valid"),
        Reason(
            "issuer_may_not_certify", .link, "签发者无权签发证书", "its issuer had no right to certify"),
        Reason(
            "area_widened", .link, "证书的区域超出签发者的区域", "a certificate reaches beyond its issuer's area"
        ),
        Reason(
            "rights_widened", .link, "证书的权利超出签发者的权利",
            "a certificate gives rights its issuer had not"),
        Reason(
            "run_not_genuine", .link, "对方发来的签名不成立",
            "the peer sent a run whose signature does not hold"),
        Reason("credit_exceeded", .link, "对方发送超过许可的数量", "the peer sent more than was granted"),
        Reason("credit_too_small", .link, "对方给的许可太小", "the peer granted too little"),
        Reason("credit_too_large", .link, "对方给的许可太大", "the peer granted too much"),
        Reason(
            "area_not_shared", .link, "对方发来不该共享的区域", "the peer named an area that is not shared"),
        Reason(
            "row_outside_areas", .link, "对方的清单与区域不符", "the peer's rows do not fit its areas"),
        Reason("second_totals", .link, "对方重复报总数", "the peer said its totals twice"),
        Reason("too_many_ended", .link, "对方报了太多已终止的日志", "the peer named too many ended logs"),
        Reason("receipt_not_offered", .link, "对方发来没有要的回执", "a receipt that nobody asked for"),
        Reason("too_many_receipts", .link, "对方发来太多回执", "more receipts than an honest peer says"),
        Reason("receipt_not_ours", .link, "对方的回执不是给本节点的", "a receipt for somebody else"),
        Reason("receipt_not_genuine", .link, "回执的签名不成立", "a receipt whose signature is wrong"),
        Reason(
            "too_many_audits", .link, "对方问了太多次表的摘要", "the peer asks about tables too often"),
        Reason(
            "audit_not_asked", .link, "对方回答了没有问过的核对", "an answer about tables that nobody asked for"
        ),
        Reason(
            "audit_answer_wrong", .link, "对方对核对的回答前后不符",
            "an answer about tables that does not fit its question"),
    ]

    /// Why the gate turned entries away.
    static let entries: [Reason] = [
        Reason("outside_scope", .entry, "不属于本节点的区域", "of an area that this replica does not carry"),
        Reason(
            "unknown_key", .entry, "不认识写入者的证书", "no certificate leads to its writer",
            do: "证书随授权信息到达后会自动重试", "it is asked for again when the certificate has come"),
        Reason(
            "not_entitled", .entry, "写入者的证书不允许在该区域写入", "its writer may not write in that area",
            do: "请上级签发正确区域和权利的证书", "ask for a certificate with that area and right"),
        Reason("cut_off", .entry, "写在停用之后,不再有效", "written after the end of its log"),
        Reason(
            "end_unknown", .entry, "没有签名,也没有已知的停用决定可以证明",
            "no signature, and no cut-off known that proves it"),
        Reason(
            "forked", .entry, "同一日志出现两个分支(目录被复制或还原过)",
            "the log goes on differently here (a folder was copied or put back)",
            do: "用 gridctl fork list 查看;停掉其中一个目录,由上级裁定",
            "see gridctl fork list; stop one of the two folders, the office above decides"),
        Reason(
            "values_withheld", .entry, "内容缺失,没有删除决定说明原因",
            "values are missing, and no redaction explains it"),
        Reason(
            "unsealed_value", .entry, "只应由指定设备查看的内容没有封存",
            "what only named devices may read is not sealed",
            do: "请升级写入它的节点", "upgrade the node that wrote it"),
        Reason(
            "own_log_ahead", .entry, "对方有本节点更多的内容(本机数据被还原过)",
            "a peer has more of this replica's log than is here"),
        Reason(
            "too_much_parked", .entry, "等待前文的内容太多", "too much waits for what it depends on",
            do: "等前文到达后会自动继续;数据包则先导入前面的部分,再导入这一份",
            "it goes on when that has come; of a bundle import the earlier part, then this again"),
        Reason(
            "log_not_ended", .entry, "它的日志没有停用也没有分叉,不属于隔离内容",
            "its log has neither ended nor forked here",
            do: "停用决定到达后再导入;没有停用的内容用 gridctl bundle 传送",
            "import it again when the cut-off is known here; what counts goes by gridctl bundle"),
        Reason(
            "no_work", .entry, "授权信息不是可以认领的内容", "authority is no work that anybody could adopt"),
        Reason(
            "follows_nothing", .entry, "接不上本节点的任何内容", "it follows nothing that is known here",
            do: "先让前面的内容到达,再导入一次", "have what is before it come first, then import it again"),
        Reason(
            "quarantine_full", .entry, "这个日志在隔离区里的内容太多", "too much of its log is set aside",
            do: "先认领或丢弃,再导入一次", "adopt or discard what is there, then import it again"),
        Reason("entry_too_large", .entry, "条目太大", "an entry is too large"),
        Reason(
            "first_backlink_wrong", .entry, "日志的开头不对", "the log does not begin as its name says"),
        Reason("signature_wrong", .entry, "签名不成立", "the signature does not hold"),
    ]
}
