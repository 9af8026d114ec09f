// SPDX-License-Identifier: Apache-2.0

extension Reason {
    static let states: [Reason] = [
        Reason("connected", .state, "在线", "a link is up"),
        Reason("connecting", .state, "正在连接", "a call is under way"),
        Reason(
            "waiting", .state, "等待重试,不到 15 秒一次", "waits for the next call, 15 s at most",
            do: "急用时运行 gridctl sync", "gridctl sync calls at once"),
        Reason(
            "absent", .state, "未连接,由对方来呼叫", "no link; it is the other side that calls",
            do: "到对方节点上运行 gridctl lag", "run gridctl lag on the other node"),
    ]

    static let links: [Reason] = ways + refusals + conversations

    /// Nothing was reached, or it was lost.
    private static let ways: [Reason] = [
        Reason("", .link, "正常", "well"),
        Reason(
            "never_met", .link, "从未联系过", "never met",
            do: "确认对方的 gridd 在运行,并填了本节点的地址",
            "make sure that its gridd runs and was told this node's address"),
        Reason(
            "not_connected", .link, "未连接", "not connected",
            do: "在对方节点上运行 gridctl lag 查看原因", "gridctl lag on the other node tells why"),
        Reason(
            "paused", .link, "已被管理员暂停", "paused by an admin", do: "运行 gridctl resume",
            "run gridctl resume"),
        Reason(
            "port_closed", .link, "对方的机器开着,但端口没有开(gridd 没有运行,或端口填错)",
            "the machine answers, but nobody listens on the port (gridd is down, or the port is wrong)",
            do: "在对方机器上启动 gridd,核对 --listen 与本节点的 --peer 端口",
            "start gridd there, and compare its --listen with this node's --peer"),
        Reason(
            "unreachable", .link, "没有通往对方地址的网络", "no network leads to the address",
            do: "检查网线、路由和 VPN;长期没有网络时用 gridctl bundle 带 U 盘",
            "check cable, router and VPN; where there is none for long, carry a gridctl bundle"),
        Reason(
            "connect_timed_out", .link, "对方的地址在时限内没有应答(关机、地址不对或被防火墙拦住)",
            "the address did not answer in time (off, wrong, or behind a firewall)",
            do: "核对地址,请对方放行该端口", "check the address, and let the port through there"),
        Reason(
            "name_unknown", .link, "查不到对方的主机名", "the host's name has no address",
            do: "核对主机名或改用 IP 地址", "check the name, or write the IP address"),
        Reason(
            "connect_failed", .link, "连不上对方的地址", "no connection to the address",
            do: "检查网络和地址", "check network and address"),
        Reason("connection_lost", .link, "连接中断", "the connection broke"),
        Reason("peer_closed", .link, "对方断开了连接", "the peer closed the connection"),
        Reason("closed", .link, "连接已关闭", "closed"),
        Reason(
            "silent", .link, "长时间没有收到对方的数据", "nothing heard for a long time"),
        Reason(
            "handshake_timed_out", .link, "对方接了电话却没有在时限内答复",
            "the peer took the call and did not answer in time",
            do: "线路可能太差,会自动重试", "the line may be too bad; it is tried again"),
        Reason(
            "listen_failed", .link, "不能在该地址监听", "cannot listen on the address",
            do: "端口可能被别的程序占用,换一个或停掉它",
            "another program may have the port; stop it or choose another"),
        Reason(
            "budget_spent", .link, "本节点的流量预算已用完,一般内容等到明天或便宜时段;紧急的照常送",
            "this node's budget is spent: what is routine waits for midnight or cheap hours, urgent goes on",
            do: "急用时改大 gridd.yaml 的 link.budget 后重启,或用 gridctl bundle 带 U 盘",
            "in need raise link.budget in gridd.yaml and restart, or carry a gridctl bundle"),
        Reason(
            "peer_budget_spent", .link, "对方的流量预算已用完,一般内容等对方恢复;紧急的照常送",
            "the peer's budget is spent: what is routine waits until it has means again, urgent goes on",
            do: "无需处理;急用时请对方改大 link.budget,或用 gridctl bundle 带 U 盘",
            "nothing; in need have the peer raise link.budget, or carry a gridctl bundle"),
        Reason("unwanted", .link, "本节点没有接受来访", "this node did not take the call"),
    ]

    /// The other side hung up during the handshake.
    private static let refusals: [Reason] = [
        Reason(
            "refused", .link, "对方没有说明原因就挂断了(连接已满,或线路被切断)",
            "hung up without a word (no room there, or the line was cut)",
            do: "会自动重试;总是如此,请到对方节点看 gridctl status",
            "it is tried again; if it stays so, look at gridctl status there"),
        Reason(
            "refused_wrong_key", .link, "对方的公钥不是本节点所填的那一个",
            "the other side has another key than the one it was called by",
            do: "核对 --peer 里的公钥;上级换了机器时重新入网或取得新证书",
            "compare the key in --peer; where the parent has a new machine, join again"),
        Reason(
            "refused_other_version", .link, "对方的线路版本不同",
            "the other side speaks another wire version",
            do: "升级较旧的一方", "upgrade the older of the two"),
        Reason(
            "refused_paused", .link, "对方的管理员暂停了与本节点的连接", "an admin there has paused this link",
            do: "请对方运行 gridctl resume", "ask for gridctl resume there"),
        Reason(
            "refused_certificate", .link, "对方不接受本节点的证书",
            "the other side does not take this certificate",
            do: "请上级用 gridctl authority、gridctl cutoffs 查看,必要时重新签发",
            "ask the office above to look at gridctl cutoffs, and for a new certificate"),
        Reason(
            "refused_foreign_root", .link, "对方属于另一个根(另一个县或另一次初始化)",
            "the other side belongs to another root (another county, or another gridctl init)",
            do: "核对地址;确属本县则需重新入网", "check the address; join again if it is the right one"),
        Reason(
            "refused_may_not_read", .link, "本节点的证书不包含它要读的区域",
            "this certificate does not let it read the area it asks for",
            do: "请上级签发正确区域的证书", "ask for a certificate for the right area"),
        Reason(
            "refused_no_common_version", .link, "双方没有共同的协议版本", "no protocol version in common",
            do: "升级较旧的一方", "upgrade the older of the two"),
        Reason(
            "refused_certificate_unknown", .link, "对方还不认识本节点的证书,下次连接会出示全部证书",
            "the other side does not know this certificate yet; the next call shows the whole chain"
        ),
        Reason(
            "not_onegrid", .link, "该地址上不是 Onegrid 节点", "what answers there is no Onegrid node",
            do: "核对地址和端口", "check address and port"),
        Reason(
            "unsupported_version", .link, "来访者的线路版本不同", "the caller speaks another wire version",
            do: "升级较旧的一方", "upgrade the older of the two"),
        Reason(
            "noise_failed", .link, "加密校验失败:公钥不对或数据被改动",
            "encryption check failed: wrong key or altered bytes",
            do: "核对双方的公钥", "compare the keys of both sides"),
        Reason("too_early", .link, "来访者没有等答复就继续发送", "the caller did not wait for the answer"),
        Reason("request_too_long", .link, "入网申请太长", "its request to join is too long"),
        Reason("frame_too_long", .link, "收到的数据段太长", "a frame was too long"),
        Reason("frame_empty", .link, "收到空的数据段", "a frame was empty"),
        Reason(
            "key_not_valid", .link, "配置的公钥无效", "the key that is to be called is not valid",
            do: "核对 --peer 或 gridd.yaml 里的公钥", "check the key in --peer or gridd.yaml"),
    ]
}
