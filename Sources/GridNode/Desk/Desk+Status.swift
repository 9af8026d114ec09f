// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
import GridStore
import GridSync

extension Desk {
    /// The node's whole state, for one screen. What cannot be read of the store is left empty and
    /// is a finding: the screen is needed most when something is wrong.
    package func status() -> JSONValue {
        let current = engine.current
        let leaf = current.chain.leaf
        var reading = Reading()
        let counts = reading.attempt({ try engine.store.counts() }) ?? []
        let peers = reading.attempt({ try peerViews() }) ?? []
        let parallelUpdates = reading.attempt { try engine.store.parallelUpdateCount() } ?? 0
        let ledgerBytes = reading.attempt { try engine.store.ledgerBytes() } ?? 0
        let incidents = reading.attempt { try currentIncidents() } ?? []
        let backups = reading.attempt { try Self.notes(engine.store) }
        let children = peers.filter {
            leaf.area.contains($0.area) && $0.area != leaf.area && !$0.isCutOff
        }
        return Self.answer(
            "status",
            [
                "node": .object([
                    "name": .text(leaf.name), "area": .text(leaf.area.description),
                    "key": .text(leaf.subject.description),
                    "replica": .text(current.replica.description),
                    "root_key": .text(current.directory.root.description),
                    "is_root": .boolean(current.node.parentKey == nil),
                    "parent": current.node.parentKey.map { key in
                        .object([
                            "key": .text(key.description),
                            "name": .text(current.node.parentName ?? ""),
                        ])
                    } ?? .null,
                ]),
                "version": .text(version), "started_at": Self.time(startedAt),
                "now": Self.time(WallClock.now),
                "listen": board.listening.map { .text($0) } ?? .null,
                "api": board.apiListening.map { .text($0) } ?? .null,
                "records": .list(
                    counts.map { collection, counts in
                        .object([
                            "collection": .text(collection.name),
                            "label": .text(collection.label),
                            "records": Self.count(counts.records),
                            "archived": Self.count(counts.archived),
                            "incomplete": Self.count(counts.incomplete),
                            "conflicts": Self.count(counts.conflicts),
                        ])
                    }),
                "conflicts": Self.count(counts.reduce(0) { $0 + $1.counts.conflicts }),
                "parallel_updates": Self.count(parallelUpdates),
                "ledger": .object([
                    "logs": Self.count(current.frontier.rows.count),
                    "entries": Self.count(
                        current.frontier.rows.reduce(UInt64(0)) { $0 + $1.height }),
                    "bytes": Self.count(ledgerBytes),
                ]),
                "upstream": peers.first { $0.key == current.node.parentKey }.map(\.upstream)
                    ?? .null,
                "peers": .object([
                    "total": Self.count(peers.count),
                    "connected": Self.count(peers.count { $0.state == .connected }),
                ]),
                "villages": .object([
                    "known": Self.count(children.count),
                    "connected": Self.count(children.count { $0.state == .connected }),
                    "silent": .list(
                        children.filter { $0.state != .connected }.map { peer in
                            .object([
                                "name": .text(peer.name), "area": .text(peer.area.description),
                                "last_contact": peer.lastContact.map(Self.time) ?? .null,
                            ])
                        }),
                ]),
                "incidents": .list(incidents.map(\.json)),
                "backups": backups.map { .object($0) } ?? .null,
                "findings": .list(
                    reading.findings + standingFindings(peers, current, incidents)),
            ])
    }

    /// Reads parts of the store, and notes those that cannot be read.
    struct Reading {
        private(set) var findings: [JSONValue] = []

        mutating func attempt<Value>(_ read: () throws -> Value) -> Value? {
            do {
                return try read()
            } catch {
                let refusal = DeskRefusal(failure: error)
                let finding = Desk.finding(refusal.code, refusal.chinese, refusal.english)
                if !findings.contains(finding) { findings.append(finding) }
                return nil
            }
        }
    }

    static func finding(
        _ code: String, _ chinese: String, _ english: String
    ) -> JSONValue {
        .object(["code": .text(code), "zh": .text(chinese), "en": .text(english)])
    }

    static func findings(_ incidents: [IncidentView]) -> [JSONValue] {
        incidents.filter { !$0.isOver }.map { view in
            finding(view.incident.code.rawValue, view.words.chinese, view.words.english)
        }
    }

    package func peers() throws -> JSONValue {
        Self.answer("peers", ["items": .list(try peerViews().map(\.json))])
    }

    /// The key of the peer that people mean by a key, a name or an area.
    package func peerKey(_ text: String) throws -> PublicKey {
        let matches = try peerViews().filter {
            NodeNames(key: $0.key, name: $0.name, area: $0.area).match(text)
        }
        return try Self.theOne(of: matches, named: text).key
    }

    package func setPaused(
        _ paused: Bool, peer: String?, caller: String = ""
    ) async throws -> JSONValue {
        let key = try peer.map { try peerKey($0) }
        if paused { board.pause(key) } else { board.resume(key) }
        let isNoted = await engine.noteDone(
            AuditNote(paused ? .pause : .resume, caller: caller, object: peer ?? ""))
        let items = try peerViews().filter { board.isPaused($0.key) }
        return Self.answer(
            "link",
            [
                "all": .boolean(board.isAllPaused), "noted": .boolean(isNoted),
                "paused": .list(items.map { .text($0.name) }),
            ])
    }

    /// Everybody this node has a certificate for or is told to call, itself and roots left out.
    func peerViews() throws -> [PeerView] {
        let current = engine.current
        let met = Dictionary(
            try engine.store.peers().map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let held = try engine.heldByPeers()
        let bundles = Dictionary(
            grouping: try engine.store.bundlesOnTheRoad(), by: \.peer)
        var keys = Set(met.keys)
        for certificate in current.directory.certificates
        where !certificate.isSelfIssued && certificate.rights.contains(.read)
            && current.chain.leaf.area.contains(certificate.area)
        { keys.insert(certificate.subject) }
        if let parent = current.node.parentKey { keys.insert(parent) }
        keys.remove(current.chain.leaf.subject)
        let frontier = current.frontier
        return keys.compactMap { key in
            let chain = current.directory.chain(of: key)
            let leaf = chain?.leaf
            let record = met[key]
            guard let area = leaf?.area ?? record?.area ?? parentArea(key, current) else {
                return nil
            }
            return PeerView(
                key: key, name: leaf?.name ?? record?.name ?? current.node.parentName ?? "",
                area: area, record: record, link: board[key],
                held: held[key] ?? VersionVector(), frontier: frontier,
                road: BundlesOnRoad(
                    bundles[key] ?? [], acknowledged: held[key] ?? VersionVector(),
                    frontier: frontier),
                own: current.chain.leaf.area,
                isCutOff: chain.map { current.directory.isEnded($0) } ?? false,
                areas: current.directory.areas,
                certificate: current.directory.currentChain(of: key)?.leaf)
        }.sorted { ($0.area, $0.key) < ($1.area, $1.key) }
    }

    private func parentArea(_ key: PublicKey, _ current: ReplicationEngine.Glimpse) -> AreaCode? {
        guard key == current.node.parentKey else { return nil }
        return current.chain.certificates.dropLast().last?.area
    }

    /// Everything that wants attention and is not over: `status` and `doctor` say the same.
    func standingFindings(
        _ peers: [PeerView], _ current: ReplicationEngine.Glimpse, _ incidents: [IncidentView]
    ) -> [JSONValue] {
        findings(peers, current) + Self.findings(incidents) + forkFindings(current.directory)
            + tableFindings(peers) + areaFindings(current.directory) + expiryFindings(current)
            + waitingRequests
    }

    private func findings(
        _ peers: [PeerView], _ current: ReplicationEngine.Glimpse
    ) -> [JSONValue] {
        var findings: [JSONValue] = []
        func add(_ code: String, _ chinese: String, _ english: String) {
            findings.append(Self.finding(code, chinese, english))
        }
        if current.isDiskFull {
            add(
                "disk_full", "磁盘已满,最近的内容没有保存。请腾出空间。",
                "The disk is full and the latest writes were not saved; make room.")
        }
        if !current.isWriting {
            add(
                "store_failed", "节点已停止写入以保护数据。请检查磁盘,运行 gridctl verify 后重启。",
                "The node has stopped writing to protect its data; check the disk, run gridctl verify, restart."
            )
        }
        let reasons = peers.map(\.reason)
        if current.directory.isEnded(current.chain) || reasons.contains("peer_left_key_cut_off") {
            add(
                "key_cut_off", "本节点的公钥已被上级停用,新填写的内容不会被任何节点接受。请联系上级。",
                "The key of this node was cut off; nobody takes what is written here. Ask the parent office."
            )
        }
        for peer in peers where peer.clockSkew.magnitude > Self.skewToldFrom {
            add(
                "clock_skew", "\(peer.name) 的时钟与本机相差 \(peer.clockSkew / 60_000) 分钟,请校对。",
                "The clock of \(peer.name) differs by \(peer.clockSkew / 60_000) min; set it right."
            )
        }
        for (reason, times) in Dictionary(grouping: board.turnedAway, by: \.reason).sorted(by: {
            $0.key < $1.key
        }) {
            let words = Reason.of(reason)
            add(
                "call_turned_away", "拒绝了 \(times.count) 次来访:\(words.chinese)",
                "\(times.count) call(s) turned away: \(words.english)")
        }
        return findings
    }
}
