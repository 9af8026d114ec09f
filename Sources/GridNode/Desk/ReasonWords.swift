// SPDX-License-Identifier: Apache-2.0

/// What a reason's code says to people.
package enum ReasonWords {
    package static func of(_ code: String) -> (chinese: String, english: String) {
        if let words = table[code] { return words }
        if code.hasPrefix("peer_left_") {
            let inner = of(String(code.dropFirst("peer_left_".count)))
            return ("对方结束了连接:\(inner.chinese)", "the peer ended the link: \(inner.english)")
        }
        if code.contains("malformed_") {
            return ("对方发来的数据格式不对(\(code))", "the peer sent malformed bytes (\(code))")
        }
        return (code, code)
    }

    private static let table: [String: (chinese: String, english: String)] = [
        "": ("正常", "well"),
        "never_met": ("从未联系过", "never met"),
        "not_connected": ("未连接", "not connected"),
        "paused": ("已被管理员暂停,用 gridctl resume 恢复", "paused by an admin; gridctl resume ends it"),
        "connect_failed": (
            "连不上对方的地址,请检查网络和地址", "no connection to the address; check network and address"
        ),
        "connection_lost": ("连接中断", "the connection broke"),
        "peer_closed": ("对方断开了连接", "the peer closed the connection"),
        "closed": ("连接已关闭", "closed"),
        "refused": (
            "对方不接受:公钥或证书不对,或对方已暂停或连接已满",
            "refused: wrong key or certificate, or the peer has paused or is full"
        ),
        "handshake_timed_out": ("对方没有在时限内答复", "the peer did not answer in time"),
        "not_onegrid": ("对方不是 Onegrid 节点", "the other side is no Onegrid node"),
        "unsupported_version": ("对方版本不兼容,请升级", "incompatible version; upgrade"),
        "noise_failed": (
            "加密校验失败:公钥不对或数据被改动", "encryption check failed: wrong key or altered bytes"
        ),
        "silent": ("长时间没有收到对方的数据", "nothing heard for a long time"),
        "rolled_back": (
            "本机数据曾被还原为旧备份,已换新身份继续", "this folder was an older image; it goes on as a new replica"
        ),
        "leaving": ("本节点正在停止", "this node is stopping"),
        "no_common_version": ("双方没有共同的协议版本,请升级", "no protocol version in common; upgrade"),
        "key_cut_off": ("公钥已被上级停用", "the key was cut off by an office above"),
        "issuer_cut_off": (
            "证书由已停用的公钥签发", "the certificate is by a key that was cut off, and not among those kept"
        ),
        "shortened": ("部分内容不再有效,重新开始同步", "some entries do not count any more; sync begins anew"),
        "nothing_shared": ("双方没有可以共享的区域", "the two share no area"),
        "key_mismatch": ("证书与连接的公钥不符", "the certificate is of another key than the link"),
        "may_not_read": ("对方的证书不允许读取所要的区域", "its certificate does not let it read that area"),
        "chain_unknown": (
            "来访节点的证书本机还不知道,它下次来访会出示全部证书",
            "the caller's certificate is not known here yet; it shows its whole chain at its next call"
        ),
        "join_not_taken": (
            "来者出示的入网码无效、已过期、已撤回或已被使用",
            "it came with a code that is unknown, expired, withdrawn or used"
        ),
        "join_malformed": ("入网申请的格式不对", "its request to join is malformed"),
        "join_too_many_tries": (
            "同一地址或全部来者试入网码的次数太多", "too many tries with codes, from it or from everywhere"
        ),
        "foreign_root": ("对方属于另一个根", "it belongs to another root"),
        "store_failed": (
            "本机存储出错,请运行 gridctl verify", "this node's store failed; run gridctl verify"
        ),
        "disk_full": ("磁盘已满,请腾出空间", "the disk is full; make room"),
        "run_not_genuine": ("对方发来的签名不成立", "the peer sent a run whose signature does not hold"),
        "key_not_valid": ("公钥无效", "the key is not valid"),
        "area_not_shared": ("不属于双方共有的区域", "of an area that the two do not share"),
        "too_much_parked": (
            "等待前面部分的内容太多,请先导入前面的部分,再导入这一份",
            "too much waits for what comes before it; import the earlier part first, then this again"
        ),
    ]
}
