// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// What is asked about a machine that is lost.
package struct ExposureRequest: Sendable {
    package static let limitMax = 20_000

    /// Name, area, or at least 8 digits of a key or replica.
    package var peer: String
    /// Whether the records are listed.
    package var listsRecords = false
    /// Nil for masked names.
    package var plain: PlainRequest?
    /// `next` of the page before.
    package var after: String?
    package var limit = 5_000
    package var caller = ""

    package init(peer: String) { self.peer = peer }
}

/// A question about a machine that the audit trail has. Only the desk makes one.
package struct NotedExposure: Sendable {
    fileprivate let key: PublicKey
    fileprivate let request: ExposureRequest
    fileprivate let after: ExposedPlace?
}

/// Where in the list a record stands.
private struct ExposedPlace: Comparable {
    let collection: UInt32
    let id: RecordID

    init(_ record: ExposedRecord) {
        collection = record.key.collection
        id = RecordNaming.id(of: record.key.address)
    }

    /// `COLLECTION/ID`, both as they are in the list.
    init?(parsing text: String, in catalogue: Catalogue) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = RecordID(parsing: parts[1]) else { return nil }
        let number =
            parts[0].hasPrefix("#")
            ? UInt32(parts[0].dropFirst()) : catalogue.collection(named: String(parts[0]))?.number
        guard let number else { return nil }
        collection = number
        self.id = id
    }

    static func < (left: ExposedPlace, right: ExposedPlace) -> Bool {
        (left.collection, left.id) < (right.collection, right.id)
    }
}

/// Whose personal data was on a machine, from what is known here.
extension Desk {
    /// Notes the question. It is in the audit trail when this returns, and there is no answer when it
    /// cannot be written there.
    package func noteExposure(_ request: ExposureRequest) async throws -> NotedExposure {
        let key = try exposedKey(request.peer)
        var after: ExposedPlace?
        if let text = request.after {
            guard let place = ExposedPlace(parsing: text, in: catalogue) else {
                throw DeskRefusal(
                    .malformed, "bad_after", chinese: "after 应为上一页的 next。",
                    english: "after is the next of a page.")
            }
            after = place
        }
        guard (1...ExposureRequest.limitMax).contains(request.limit) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(ExposureRequest.limitMax)。",
                english: "limit is 1...\(ExposureRequest.limitMax).")
        }
        let leaf = engine.current.directory.certificates(of: key).first
        var details: [String: FieldValue] = ["key": .text(key.description)]
        if request.listsRecords { details["records"] = .boolean(true) }
        try await engine.note(
            AuditNote(
                request.plain == nil ? .exposure : .plainExposure,
                caller: request.plain?.caller ?? request.caller,
                object: leaf?.name ?? key.description, area: leaf?.area,
                reason: request.plain?.reason ?? "", details: details))
        return NotedExposure(key: key, request: request, after: after)
    }

    package func exposure(_ noted: NotedExposure) throws -> JSONValue {
        let key = noted.key
        let reach = try reach(of: key)
        let readable = Set(reach.logs.map(\.identity.log))
        let records = try engine.store.exposure {
            readable.contains($0.log) ? reach.known($0) : nil
        }
        let page = noted.page(of: records)
        let listed = Dictionary(
            page.map { ($0.key, $0.isKnown) }, uniquingKeysWith: { $1 })
        let isKnown = Dictionary(
            records.map { ($0.key, $0.isKnown) }, uniquingKeysWith: { $1 })
        var persons = ExposedPersons()
        var names: [RecordKey: [String]] = [:]
        let now = WallClock.now
        try engine.store.eachRecord(at: records.map(\.key)) { key, display in
            let found = persons.add(display, isKnown: isKnown[key] ?? false, at: now)
            if listed[key] != nil { names[key] = found }
        }
        var parts = try whose(key)
        parts["areas"] = reach.areasJSON
        parts["received"] = reach.json
        parts["at_rest"] = try atRest(key)
        parts["collections"] = counts(of: records)
        parts["persons"] = persons.json
        parts["steps"] = .list(try steps(after: key, reach, hasRecords: !records.isEmpty))
        if noted.request.listsRecords {
            parts["items"] = .list(
                page.map { item($0, names[$0.key] ?? [], isPlain: noted.request.plain != nil) })
            let isLast = page.last?.key == records.last?.key
            parts["next"] = isLast ? .null : page.last.map { .text(place(of: $0)) } ?? .null
        }
        return Self.answer("exposure", parts)
    }

    /// The key that a text means, of nodes that were cut off too. Of several with one name it is the
    /// one that was lost, if one was, else the one that lives.
    private func exposedKey(_ text: String) throws -> PublicKey {
        let directory = engine.current.directory
        let peers = try engine.store.peers()
        let logs = try engine.store.logs()
        var keys = Set<PublicKey>()
        let certified = Set(directory.certificates.map(\.subject)).union(logs.map(\.identity.key))
        for key in certified {
            let certificates = directory.certificates(of: key)
            // A root is a key file that no machine goes by.
            guard !certificates.contains(where: \.isSelfIssued) else { continue }
            let isNamed = certificates.contains {
                NodeNames(key: key, name: $0.name, area: $0.area).match(text)
            }
            if isNamed || NodeNames(key: key, name: "", area: nil).match(text) { keys.insert(key) }
        }
        let replica = text.lowercased()
        if replica.utf8.count >= 8 {
            for log in logs where log.identity.log.replica.description.hasPrefix(replica) {
                keys.insert(log.identity.key)
            }
        }
        for peer in peers
        where NodeNames(key: peer.key, name: peer.name, area: peer.area).match(text)
            || replica.utf8.count >= 8 && peer.replica.description.hasPrefix(replica)
        { keys.insert(peer.key) }
        func ends(_ key: PublicKey) -> [CutOff.Reason] {
            directory.allCutOffs.filter {
                $0.subject == key && $0.reason.endsKey && directory.counts($0)
            }.map(\.reason)
        }
        let lost = keys.filter { ends($0).contains(.lost) }
        let live = keys.filter { ends($0).isEmpty }
        return try Self.theOne(
            of: keys.count == 1 ? keys : lost.count == 1 ? lost : live.isEmpty ? keys : live,
            named: text)
    }

    private func reach(of key: PublicKey) throws -> ExposureReach {
        let current = engine.current
        let store = engine.store
        let logs = try store.logs()
        let peer = try store.peers().first { $0.key == key }
        let certificates = current.directory.certificates(of: key)
        var areas = Set(certificates.filter { $0.rights.contains(.read) }.map(\.area))
        if certificates.isEmpty, let peer { areas.insert(peer.area) }
        if key == engine.author.key {
            return ExposureReach(
                key: key, areas: areas, map: current.directory.areas,
                evidence: [
                    ExposureEvidence(kind: .own, at: WallClock.now, heights: current.frontier)
                ], logs: logs)
        }
        var evidence: [ExposureEvidence] = []
        if let held = try engine.heldByPeers()[key], !held.rows.isEmpty {
            let isConnected = board[key]?.state == .connected
            evidence.append(
                ExposureEvidence(
                    kind: .acknowledged, at: isConnected ? WallClock.now : peer?.lastContact,
                    heights: held))
        }
        if let receipt = try store.latestReceipt(of: key) {
            evidence.append(
                ExposureEvidence(
                    kind: .receipted, at: receipt.received,
                    heights: receipt.heights.reduce(into: VersionVector()) {
                        $0.raise($1.key, to: $1.value)
                    }))
        }
        let own = logs.filter { $0.identity.key == key && $0.height > 0 }
        if !own.isEmpty {
            evidence.append(
                ExposureEvidence(
                    kind: .written, at: own.map(\.timestamp.milliseconds).max(),
                    heights: own.reduce(into: VersionVector()) { heights, log in
                        for row in log.context.rows { heights.raise(row.log, to: row.height) }
                    }))
        }
        for incident in try store.incidents()
        where incident.code == .peerRestored && incident.peer == key {
            evidence.append(
                ExposureEvidence(
                    kind: .earlierFolder, at: incident.at,
                    heights: incident.parts.reduce(into: VersionVector()) {
                        $0.raise($1.log, to: $1.known)
                    }))
        }
        return ExposureReach(
            key: key, areas: areas, map: current.directory.areas, evidence: evidence, logs: logs)
    }

    /// Who holds or held the key, by which certificates, and whether it was ended.
    private func whose(_ key: PublicKey) throws -> [String: JSONValue] {
        let directory = engine.current.directory
        let certificates = directory.certificates(of: key)
        let peer = try engine.store.peers().first { $0.key == key }
        var parts = holder(key)
        let end = directory.chain(of: key).flatMap { directory.cutOffs(ending: $0).first }
        if parts["name"] == .text(""), let peer { parts["name"] = .text(peer.name) }
        if parts["area"] == .null, let peer { parts["area"] = .text(peer.area.description) }
        parts["state"] = .text(
            certificates.isEmpty ? "uncertified" : end == nil ? "live" : "ended")
        parts["end_reason"] = end.map { .text($0.reason.word) } ?? .null
        parts["ended_at"] = end.map { Self.time($0.issuedAt) } ?? .null
        parts["last_contact"] = peer.map { Self.time($0.lastContact) } ?? .null
        let replicas = Set(
            try engine.store.logs().filter { $0.identity.key == key }.map(\.identity.log.replica)
                + (peer.map { [$0.replica] } ?? []))
        parts["replicas"] = .list(replicas.map(\.description).sorted().map { .text($0) })
        parts["certificates"] = .list(
            certificates.map { certificate in
                .object([
                    "area": .text(certificate.area.description),
                    "level": .text(certificate.area.level.chinese),
                    "post": .text(certificate.post), "holder": .text(certificate.holder),
                    "reads": .boolean(certificate.rights.contains(.read)),
                    "valid_from": Self.time(certificate.validFrom),
                ])
            })
        return parts
    }

    /// Whether the folder was sealed by a passphrase: no node tells that of itself.
    private func atRest(_ key: PublicKey) throws -> JSONValue {
        let software = try engine.store.peers().first { $0.key == key }?.software
        guard key == engine.author.key else {
            return .object([
                "state": .text("unknown"), "software": .text(software ?? ""),
                "zh": .text(
                    "不知道:节点不会报告自己的密钥有没有口令。没有口令,拿到磁盘的人能读出全部内容;请问使用人。"),
                "en": .text(
                    "Unknown: nodes do not tell whether their key has a passphrase. Without one, whoever has the disk reads all of it; ask the holder."
                ),
            ])
        }
        let isSealed = try KeyFile.content(at: engine.store.folder.nodeKeyPath).isSealed
        return .object([
            "state": .text(isSealed ? "passphrase" : "plain_key"), "software": .text(version),
            "zh": .text(
                isSealed
                    ? "本节点的密钥有口令;没有口令读不出 P3、P4,其余字段是明文。"
                    : "本节点的密钥没有口令,拿到磁盘的人能读出全部内容(gridctl key protect)。"),
            "en": .text(
                isSealed
                    ? "This node's key has a passphrase: P3 and P4 need it; other fields lie open."
                    : "This node's key has no passphrase: whoever has the disk reads all of it (gridctl key protect)."
            ),
        ])
    }

    private func counts(of records: [ExposedRecord]) -> JSONValue {
        func counts(_ classes: [ExposedClasses]) -> JSONValue {
            .object([
                "records": Self.count(classes.count { !$0.isEmpty }),
                "p2": Self.count(classes.count { $0.contains(.p2) }),
                "p3": Self.count(classes.count { $0.contains(.p3) }),
                "p4": Self.count(classes.count { $0.contains(.p4) }),
                "unknown": Self.count(classes.count { $0.contains(.unknown) }),
            ])
        }
        let groups = Dictionary(grouping: records, by: \.key.collection)
        return .list(
            groups.sorted { $0.key < $1.key }.map { number, records in
                let collection = catalogue.collection(numbered: number)
                return .object([
                    "collection": .text(collection?.name ?? "#\(number)"),
                    "label": .text(collection?.label ?? ""),
                    "known": counts(records.map(\.known)),
                    // Of a known record only what may have come beside it.
                    "possible": counts(records.map { $0.possible.subtracting($0.known) }),
                ])
            })
    }

    private func item(
        _ record: ExposedRecord, _ names: [String], isPlain: Bool
    ) -> JSONValue {
        let collection = catalogue.collection(numbered: record.key.collection)
        let words: [(ExposedClasses, String)] = [
            (.p2, "P2"), (.p3, "P3"), (.p4, "P4"), (.unknown, "unknown"),
        ]
        func list(_ classes: ExposedClasses) -> JSONValue {
            .list(words.filter { classes.contains($0.0) }.map { .text($0.1) })
        }
        return .object([
            "collection": .text(collection?.name ?? "#\(record.key.collection)"),
            "label": .text(collection?.label ?? ""),
            "id": .text(RecordNaming.id(of: record.key.address).description),
            "area": .text(record.key.domain.area.description),
            "known": list(record.known),
            "possible": list(record.possible.subtracting(record.known)),
            "names": .list(names.map { .text(isPlain ? $0 : Masking.name($0)) }),
        ])
    }

    private func place(of record: ExposedRecord) -> String {
        let collection = catalogue.collection(numbered: record.key.collection)
        let id = RecordNaming.id(of: record.key.address)
        return "\(collection?.name ?? "#\(record.key.collection)")/\(id)"
    }

    /// What is to be done next, in this order.
    private func steps(
        after key: PublicKey, _ reach: ExposureReach, hasRecords: Bool
    ) throws -> [JSONValue] {
        let directory = engine.current.directory
        let name = String(key.description.prefix(16))
        var steps: [JSONValue] = []
        func add(_ code: String, _ chinese: String, _ english: String, _ command: String = "") {
            steps.append(
                .object([
                    "code": .text(code), "zh": .text(chinese), "en": .text(english),
                    "command": .text(command),
                ]))
        }
        let isEnded = directory.chain(of: key).map { directory.isEnded($0) } ?? true
        if !isEnded, key != engine.author.key {
            add(
                "revoke", "停用它的公钥,此后谁也不再给它数据", "Cut its key off: nobody gives it data then",
                "gridctl revoke \(name) --reason lost")
        }
        if try !engine.store.quarantine(of: [key]).isEmpty {
            add(
                "quarantine", "查看停用以后它写的内容,认领或丢弃", "Look at what it wrote after its end",
                "gridctl quarantine show \(name)")
        }
        if hasRecords {
            add(
                "export", "导出名单,逐条核对", "Export the list", "gridctl exposure \(name) --csv FILE")
            add(
                "notify", "按《个人信息保护法》第五十七条,报告主管部门,通知有关个人",
                "Tell the authority and the persons concerned (Personal Information Protection Law, article 57)"
            )
        }
        if key != engine.author.key {
            add(
                "ask", "向使用人核实:密钥有没有口令,最后一次联网在何时、何处",
                "Ask its holder whether the key had a passphrase, and when and where it was last online"
            )
        }
        return steps
    }
}

extension NotedExposure {
    fileprivate func page(of records: [ExposedRecord]) -> [ExposedRecord] {
        guard request.listsRecords else { return [] }
        let rest = after.map { after in
            records.drop { ExposedPlace($0) <= after }
        }
        return Array((rest ?? records[...]).prefix(request.limit))
    }
}
