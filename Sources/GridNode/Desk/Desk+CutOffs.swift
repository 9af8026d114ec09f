// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Keys that were cut off, and what they wrote that does not count (Protocol/cutoffs.md).
extension Desk {
    /// Everybody who was cut off, and by whom.
    package func cutOffs() -> JSONValue {
        let directory = engine.current.directory
        return Self.answer(
            "cutoffs",
            [
                "items": .list(
                    directory.allCutOffs.sorted {
                        ($0.issuedAt, $0.digest) < ($1.issuedAt, $1.digest)
                    }
                    .map { cutOff in
                        var parts = holder(cutOff.subject)
                        parts["digest"] = .text(cutOff.digest.description)
                        parts["reason"] = .text(cutOff.reason.word)
                        parts["note"] = .text(cutOff.note)
                        parts["issued_at"] = Self.time(cutOff.issuedAt)
                        parts["issuer"] = author(cutOff.issuer)
                        parts["counts"] = .boolean(directory.counts(cutOff))
                        parts["logs"] = .list(
                            cutOff.rows.map {
                                .object([
                                    "log": .text("\($0.log)"), "height": Self.count($0.height),
                                ])
                            })
                        return .object(parts)
                    })
            ])
    }

    /// What an office would have to sign to cut a peer's key off.
    ///
    /// - Parameter since: entries from this time on are not to count; nil for all that are here.
    package func draftCutOff(peer: String, since: String?) async throws -> JSONValue {
        let key = try cutOffKey(peer)
        var time: UInt64?
        if let since {
            guard let parsed = ChinaTime.milliseconds(parsing: since) else {
                throw DeskRefusal(
                    .malformed, "bad_time",
                    chinese: "时间“\(since)”看不懂,应为 2026-11-24 或 2026-11-24T14:02。",
                    english: "\"\(since)\" is no time; write 2026-11-24 or 2026-11-24T14:02.")
            }
            time = UInt64(clamping: parsed)
        }
        let (rows, kept) = try await engine.draftCutOff(of: key, before: time)
        var parts = holder(key)
        parts["rows"] = .list(
            rows.map {
                .object([
                    "area": .text($0.log.domain.area.description),
                    "lane": Self.count($0.log.domain.lane.rawValue),
                    "replica": .text("\($0.log.replica)"), "height": Self.count($0.height),
                    "head": .text("\($0.head)"),
                ])
            })
        parts["kept"] = .list(
            kept.map { .text(Hexadecimal.text($0.high) + Hexadecimal.text($0.low)) })
        return Self.answer("cutoff_draft", parts)
    }

    /// Takes a cut-off that this node's admin has signed, to be written into lane 0.
    package func addCutOff(_ hexadecimal: String, caller: String) async throws -> JSONValue {
        guard let bytes = Hexadecimal.bytes(hexadecimal),
            let cutOff = try? CutOff(decoding: bytes)
        else {
            throw DeskRefusal(
                .malformed, "bad_cut_off", chinese: "这不是停用决定。", english: "This is no cut-off.")
        }
        let digest = try await engine.publish(cutOff)
        var details: [String: FieldValue] = [
            "reason": .text(cutOff.reason.word), "note": .text(cutOff.note),
        ]
        if !cutOff.reason.endsKey, let row = cutOff.rows.first {
            details["log"] = .text("\(row.log)")
            details["kept"] = .text("\(row.height) \(row.head)")
        }
        await note(
            cutOff.reason.endsKey ? .cutOff : .forkClosing, of: cutOff.subject, caller: caller,
            details: details)
        return Self.answer("cutoff", ["digest": .text(digest)])
    }

    /// What is in quarantine, by who wrote it.
    package func quarantine() throws -> JSONValue {
        Self.answer(
            "quarantine",
            [
                "items": .list(
                    try engine.store.quarantine().map { writing in
                        var parts = holder(writing.key)
                        parts["entries"] = Self.count(writing.entries.count)
                        parts["unreadable"] = Self.count(writing.unreadable)
                        parts["first_at"] = Self.time(writing.entries.first)
                        parts["last_at"] = Self.time(writing.entries.last)
                        parts["carried_by"] = sources(of: writing)
                        return .object(parts)
                    })
            ])
    }

    /// What one key has in quarantine, change by change.
    package func quarantined(by peer: String) throws -> JSONValue {
        let writing = try writing(of: peer)
        var parts = holder(writing.key)
        parts["unreadable"] = Self.count(writing.unreadable)
        parts["carried_by"] = sources(of: writing)
        parts["items"] = .list(try changes(of: writing.entries))
        return Self.answer("quarantined", parts)
    }

    /// Writes what a key has in quarantine as this node's own.
    package func adopt(peer: String, caller: String) async throws -> JSONValue {
        let writing = try writing(of: peer)
        let adoption = try await engine.adopt(writing)
        await note(
            .adopting, of: writing.key, caller: caller,
            details: ["entries": .integer(Int64(adoption.entries))])
        var parts = holder(writing.key)
        parts["entries"] = Self.count(adoption.entries)
        parts["created"] = Self.count(adoption.created)
        parts["changed"] = Self.count(adoption.changed)
        parts["skipped"] = .list(
            adoption.skipped.map { skipped in
                let collection = catalogue.collection(numbered: skipped.collection)
                let field = collection?.field(numbered: skipped.field)
                return .object([
                    "collection": .text(collection?.name ?? "#\(skipped.collection)"),
                    "id": .text(skipped.record.description),
                    "field": .text(field?.name ?? "#\(skipped.field)"),
                ])
            })
        return Self.answer("adopted", parts)
    }

    /// Throws away what a key has in quarantine.
    package func discard(peer: String, caller: String) async throws -> JSONValue {
        let writing = try writing(of: peer)
        try await engine.discard(quarantined: writing.key)
        await note(
            .discarding, of: writing.key, caller: caller,
            details: ["entries": .integer(Int64(writing.entries.count))])
        var parts = holder(writing.key)
        parts["entries"] = Self.count(writing.entries.count + writing.unreadable)
        return Self.answer("discarded", parts)
    }

    private func note(
        _ act: AuditAct, of key: PublicKey, caller: String, details: [String: FieldValue]
    ) async {
        let leaf = engine.current.directory.chain(of: key)?.leaf
        let details = details.filter { $0.value != .text("") }
        _ = await engine.noteDone(
            AuditNote(
                act, caller: caller, object: leaf?.name ?? key.description, area: leaf?.area,
                details: details))
    }

    private func writing(of peer: String) throws -> QuarantinedWriting {
        let directory = engine.current.directory
        let keys = try engine.store.quarantinedKeys().filter { key in
            let leaf = directory.chain(of: key)?.leaf
            return NodeNames(key: key, name: leaf?.name ?? "", area: leaf?.area).match(peer)
        }
        return try Self.theOne(
            of: engine.store.quarantine(of: Set(keys)), named: peer,
            absent: (
                "nothing_quarantined", "“\(peer)”没有被隔离的内容。",
                "Nothing of \"\(peer)\" is in quarantine."
            ))
    }

    /// The key of whoever has a certificate here, by key, name or area.
    private func cutOffKey(_ text: String) throws -> PublicKey {
        let directory = engine.current.directory
        let keys = Set(
            directory.certificates.filter {
                !$0.isSelfIssued
                    && NodeNames(key: $0.subject, name: $0.name, area: $0.area).match(text)
            }.map(\.subject))
        // Of two with one name, the one that has been cut off is not meant.
        let live = keys.filter { key in
            directory.chain(of: key).map { !directory.isEnded($0) } ?? true
        }
        let key = try Self.theOne(of: live.isEmpty ? keys : live, named: text)
        guard key != engine.author.key else {
            throw DeskRefusal(
                .notAllowed, "cut_off_self", chinese: "这是本节点自己。要停用它,请在上级运行。没有改动。",
                english:
                    "This is the node itself; its office above cuts it off. Nothing was changed.")
        }
        return key
    }

    func holder(_ key: PublicKey) -> [String: JSONValue] {
        let leaf = engine.current.directory.chain(of: key)?.leaf
        return [
            "key": .text(key.description), "name": .text(leaf?.name ?? ""),
            "post": .text(leaf?.post ?? ""),
            "area": leaf.map { .text($0.area.description) } ?? .null,
        ]
    }

    private static func time(_ entry: QuarantinedEntry?) -> JSONValue {
        entry.map { time($0.timestamp.milliseconds) } ?? .null
    }

    /// What entries that do not count did, change by change. More is masked where a record is of a
    /// child, by what it shows here or by what they say themselves.
    func changes(of entries: [QuarantinedEntry]) throws -> [JSONValue] {
        var births: [RecordAddress: FieldValue] = [:]
        for change in entries.flatMap(\.changes) {
            let collection = catalogue.collection(numbered: change.collection)
            guard let field = collection?.field(named: "birth_date") else { continue }
            for case .assign(let value) in change.writes.filter({ $0.field == field.number })
                .map(\.operation)
            { births[change.address] = value }
        }
        return try entries.flatMap { entry in
            try entry.changes.map { change in
                let sight = try Sight.masked.of(change, in: catalogue) { collection, name in
                    if name == "birth_date", let value = births[change.address] { return value }
                    return try engine.store.record(
                        RecordNaming.id(of: change.address), in: collection)?[name]?.value
                }
                return show(change, of: entry, sight)
            }
        }
    }

    private func show(
        _ change: RecordChange, of entry: QuarantinedEntry, _ sight: Sight
    ) -> JSONValue {
        let collection = catalogue.collection(numbered: change.collection)
        let isNew: Bool =
            if case .created(let dot, _) = change.address { dot == entry.dot } else { false }
        return .object([
            "at": Self.time(entry.timestamp.milliseconds),
            "entry": .text("\(entry.dot.log)#\(entry.dot.sequence)"),
            "collection": .text(collection?.name ?? "#\(change.collection)"),
            "label": .text(collection?.label ?? ""),
            "id": .text(RecordNaming.id(of: change.address).description),
            "new": .boolean(isNew), "archives": .boolean(change.archives),
            "writes": .list(
                collection.map { collection in
                    change.writes.flatMap { Self.change($0, of: collection, sight) }
                } ?? []),
        ])
    }
}
