// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Where a value comes from, and why something is not here.
extension Desk {
    /// Why a peer has, or has not, what it should: each thing that must hold, in the order in which
    /// one hangs on the other.
    package func why(peer text: String) throws -> JSONValue {
        let key = try peerKey(text)
        guard let view = try peerViews().first(where: { $0.key == key }) else {
            throw DeskRefusal(
                .notFound, "unknown_peer", chinese: "没有名为“\(text)”的节点。",
                english: "There is no node \"\(text)\".")
        }
        let steps = steps(of: view)
        return Self.answer(
            "why",
            [
                "about": .text("peer"), "name": .text(view.name),
                "node": .text(key.description), "area": .text(view.area.description),
                "steps": .list(steps.map(\.json)), "cause": steps.cause,
            ])
    }

    private func steps(of view: PeerView) -> [ReasonStep] {
        let directory = engine.current.directory
        var steps: [ReasonStep] = []
        switch directory.chain(of: view.key) {
        case nil:
            steps.append(.wrong("unknown_key", "本节点还不认识它的证书", "its certificate is not known here"))
        case let chain? where directory.isEnded(chain): steps.append(.wrong("key_cut_off"))
        case let chain?:
            steps.append(
                .good(
                    "证书有效,区域 \(chain.leaf.area)",
                    "its certificate counts, for area \(chain.leaf.area)"))
        }
        if areas.carries(view.own, view.area.home) || areas.carries(view.area, view.own.home) {
            steps.append(.good("双方有共同的区域", "the two share an area"))
        } else {
            steps.append(.wrong("nothing_shared"))
        }
        steps.append(board.isPaused(view.key) ? .wrong("paused") : .good("没有暂停", "not paused"))
        switch view.state {
        case .connected:
            steps.append(
                .good("在线,\(view.link?.address ?? "")", "connected, \(view.link?.address ?? "")"))
            if !view.reason.isEmpty { steps.append(.wrong(view.reason)) }
        case .paused: break
        case .absent, .connecting, .waiting:
            let reason = Reason.of(view.reason)
            let place = view.link?.address.map { "\($0):" } ?? ""
            steps.append(
                .wrong(
                    reason.code, "没有连接。\(place)\(reason.chinese)",
                    "no link. \(place) \(reason.english)"))
        }
        if let contact = view.lastContact, case .text(let time) = Self.time(contact) {
            steps.append(.plain("最后联系 \(time)", "last contact \(time)"))
        } else {
            steps.append(.plain("从未联系过", "never met"))
        }
        if view.clockSkew.magnitude > Self.skewToldFrom {
            let minutes = view.clockSkew / 60_000
            steps.append(
                .wrong(
                    "clock_skew", "它的时钟与本机相差 \(minutes) 分钟(不妨碍同步)",
                    "its clock differs by \(minutes) min (sync goes on all the same)"))
        }
        let (out, back) = (view.waitingOut, view.link?.waitingIn)
        steps.append(
            out == 0
                ? .good("本节点的内容它都有了", "it has everything from here")
                : .plain("还有 \(out) 条没有送到它那里", "\(out) entries have not reached it"))
        if let back {
            steps.append(
                back == 0
                    ? .good("它的内容这里都有了", "everything it has is here")
                    : .plain("还有 \(back) 条正从它那里取来", "\(back) entries are coming from it"))
        }
        return steps
    }

    /// From how many milliseconds on a clock is called wrong.
    static let skewToldFrom: UInt64 = 300_000

    /// Where the values of a record come from, and who has them; or why there is no such record.
    ///
    /// - Parameter field: one field of it; nil for all that are written.
    package func why(record id: String, in name: String, field: String?) throws -> JSONValue {
        let collection = try collection(name)
        if let field, collection.field(named: field) == nil {
            throw DeskRefusal(
                .notFound, "unknown_field", chinese: "“\(collection.label)”没有 \(field) 这一项。",
                english: "\(name) has no field \(field).")
        }
        guard let recordID = RecordID(parsing: id),
            let display = try engine.store.record(recordID, in: collection)
        else { return try absence(of: id, in: collection) }
        let sight = Sight.masked.of(display)
        let logs = try logsByID()
        let holders = try holders()
        let fields = display.fields.filter {
            field == nil
                ? $0.value != nil || !$0.candidates.isEmpty || !$0.void.isEmpty
                : $0.definition.name == field
        }
        return Self.answer(
            "why",
            [
                "about": .text("record"), "found": .boolean(true), "collection": .text(name),
                "id": .text(display.id.description),
                "area": .text(display.state.domain.area.description),
                "archived": .boolean(display.state.isArchived),
                "missing": .list(display.missing.map { .text($0.name) }),
                "fields": .list(
                    fields.map { provenance(of: $0, sight, logs: logs, holders: holders) }),
            ])
    }

    private func provenance(
        of field: RecordDisplay.Field, _ sight: Sight, logs: [LogID: LogState],
        holders: [(name: String, held: VersionVector)]
    ) -> JSONValue {
        func word(_ sibling: Sibling, counts: Bool, shown: Bool) -> JSONValue {
            .object([
                "value": sight.json(sibling.value, of: field.definition),
                "at": Self.time(sibling.timestamp.milliseconds),
                "author": author(of: sibling.dot, in: logs),
                "entry": .text("\(sibling.dot.log)#\(sibling.dot.sequence)"),
                "counts": .boolean(counts), "shown": .boolean(shown),
                "arrived_at": .list(
                    holders.filter { $0.held.covers(sibling.dot) }.map { .text($0.name) }),
            ])
        }
        let candidates = field.candidates.enumerated().map { index, sibling in
            word(sibling, counts: true, shown: index == 0)
        }
        return .object([
            "field": .text(field.definition.name), "label": .text(field.definition.label),
            "kind": .text(field.definition.kind.rawValue),
            "value": sight.json(field.value, of: field.definition),
            "conflict": .boolean(field.isConflicting),
            "sources": .list(
                candidates + field.void.map { word($0, counts: false, shown: false) }),
        ])
    }

    /// What each peer has said it has durably.
    private func holders() throws -> [(name: String, held: VersionVector)] {
        let held = try engine.heldByPeers()
        return try peerViews().map { ($0.name, held[$0.key] ?? VersionVector()) }
    }

    private func absence(of id: String, in collection: CollectionDefinition) throws -> JSONValue {
        let steps = try stepsToAbsence(of: id, in: collection)
        return Self.answer(
            "why",
            [
                "about": .text("record"), "found": .boolean(false),
                "collection": .text(collection.name), "id": .text(id),
                "steps": .list(steps.map(\.json)), "cause": steps.cause,
            ])
    }

    private func stepsToAbsence(
        of id: String, in collection: CollectionDefinition
    ) throws -> [ReasonStep] {
        guard let recordID = RecordID(parsing: id) else {
            return [
                .wrong("bad_record_id", "“\(id)”不是记录标识,请核对", "\"\(id)\" is no record id; check it")
            ]
        }
        var steps: [ReasonStep] = [
            .good("标识的写法正确", "the id is well formed"),
            .wrong(
                "unknown_record", "本节点的“\(collection.label)”里没有这条记录",
                "there is no such record among the \(collection.name) here"),
        ]
        for other in catalogue.collections where other.number != collection.number {
            guard try engine.store.record(recordID, in: other) != nil else { continue }
            steps.append(
                .wrong(
                    "other_collection", "它在“\(other.label)”\(other.name) 里",
                    "it is among the \(other.name)"))
        }
        let aside = try engine.store.hasQuarantine ? engine.store.quarantine() : []
        let isAside = aside.contains { writing in
            writing.entries.contains { entry in
                entry.changes.contains { RecordNaming.id(of: $0.address) == recordID }
            }
        }
        if isAside {
            steps.append(
                .wrong(
                    "quarantine_waiting", "它写在停用之后,在隔离区里等待处理",
                    "it was written after a key was cut off, and waits in quarantine"))
        }
        let own = engine.current.chain.leaf.area
        steps.append(.plain("本节点只保存 \(own) 的记录", "this node carries the records of \(own) only"))
        for view in try peerViews() where !view.isCutOff {
            let reason = Reason.of(view.reason)
            if let waiting = view.link?.waitingIn, waiting > 0 {
                steps.append(
                    .plain(
                        "\(view.name) 还有 \(waiting) 条没有取来,可能在其中",
                        "\(waiting) entries of \(view.name) have not come yet; it may be among them"
                    ))
            } else if view.state != .connected {
                let contact = view.lastContact.map(Self.time)
                let since: String = if case .text(let time)? = contact { time } else { "—" }
                steps.append(
                    .plain(
                        "\(view.name) 未连接(最后联系 \(since);\(reason.chinese)),它那里可能有",
                        "\(view.name) is not connected (last contact \(since); \(reason.english)) and "
                            + "may have it"))
            }
        }
        return steps
    }
}
