// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridLog
import GridStore
import GridSync

/// What somebody asks to be destroyed.
package struct RedactRequest: Sendable {
    let collection: String
    let id: String
    /// Names; nil for all fields.
    let fields: [String]?
    let reason: String
    let caller: String

    /// - Parameters:
    ///   - fields: names of fields; none for all.
    ///   - reason: why, without personal numbers: it travels, and stays.
    package init(
        collection: String, id: String, fields: [String], reason: String?, caller: String
    ) throws {
        let given = try PlainRequest.checked(
            reason,
            missing: (
                chinese: "删除内容必须说明理由(reason)。", english: "Values are destroyed for a reason only."
            ))
        guard given.utf8.count <= ProtocolLimits.redactionReasonBytesMax, !given.utf8.contains(0)
        else {
            throw DeskRefusal(
                .malformed, "reason_too_long", chinese: "理由太长。", english: "The reason is too long.")
        }
        self.collection = collection
        self.id = id
        self.fields = fields.isEmpty ? nil : fields
        self.reason = given
        self.caller = caller
    }
}

extension Desk {
    /// Orders a redaction of a record's fields, in this node's name.
    package func redact(_ request: RedactRequest) async throws -> JSONValue {
        let collection = try collection(request.collection)
        let display = try display(request.id, in: collection)
        let fields = try request.fields?.map { name -> UInt32 in
            guard let field = collection.field(named: name), field.kind != .derived else {
                throw DeskRefusal(
                    .malformed, "unknown_field", chinese: "“\(collection.label)”没有 \(name) 这一项。",
                    english: "\(collection.name) has no field \(name).")
            }
            return field.number
        }
        let redactions = try await engine.redact(
            RedactionOrder(
                record: display.state, fields: fields.map { Set($0) }, reason: request.reason),
            caller: request.caller)
        return Self.answer(
            "redact",
            [
                "redactions": .list(redactions.map { .text($0.recordID.description) }),
                "fields": .list(
                    Set(redactions.flatMap(\.fields)).sorted().map {
                        .text(collection.field(numbered: $0)?.name ?? "#\($0)")
                    }),
                "entries": Self.count(redactions.reduce(0) { $0 + $1.rows.count }),
            ])
    }

    /// Every redaction known here, who has carried it out, and who has not said so yet.
    package func redactions() throws -> JSONValue {
        let current = engine.current
        let book = current.redactions
        let carried = Dictionary(
            try engine.store.carriedRedactions().map { ($0.redaction.digest, $0) },
            uniquingKeysWith: { $1 })
        let receipts = try redactionReceipts()
        let met = Dictionary(
            try engine.store.peers().map { ($0.key, $0.lastContact) }, uniquingKeysWith: { $1 })
        let sorted = book.redactions.sorted {
            ($0.value.issuedAt, $0.key) < ($1.value.issuedAt, $1.key)
        }
        return Self.answer(
            "redactions",
            [
                "items": .list(
                    sorted.map { digest, redaction in
                        let done = receipts[redaction.recordID.description] ?? [:]
                        var parts = redactionParts(redaction)
                        parts["counts"] = .boolean(book.counts(redaction))
                        parts["done_here_at"] =
                            carried[digest]?.doneAt.map { Self.time($0) } ?? .null
                        parts["done"] = .list(
                            done.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map {
                                key, time in holder(key, ["at": Self.time(time)])
                            })
                        let holders = book.counts(redaction) ? holders(of: redaction) : []
                        parts["waiting"] = .list(
                            holders.filter { done[$0] == nil }.map { key in
                                holder(
                                    key, ["last_contact": met[key].map { Self.time($0) } ?? .null])
                            })
                        return .object(parts)
                    })
            ])
    }

    /// What an order says, for people.
    func redactionParts(_ redaction: Redaction) -> [String: JSONValue] {
        let collection = catalogue.collection(numbered: redaction.collection)
        let area = redaction.rows.first?.entry.dot.log.domain.area
        return [
            "id": .text(redaction.recordID.description),
            "digest": .text(redaction.digest.description),
            "collection": .text(collection?.name ?? "#\(redaction.collection)"),
            "record": .text(redaction.record.description),
            "area": area.map { .text($0.description) } ?? .null,
            "fields": .list(
                redaction.fields.map { .text(collection?.field(numbered: $0)?.name ?? "#\($0)") }),
            "entries": Self.count(redaction.rows.count), "reason": .text(redaction.reason),
            "by": author(redaction.issuer), "at": Self.time(redaction.issuedAt),
        ]
    }

    /// When each key has said that it has carried out a redaction, by the redaction's short name.
    private func redactionReceipts() throws -> [String: [PublicKey: UInt64]] {
        var receipts: [String: [PublicKey: UInt64]] = [:]
        var filter = AuditFilter()
        filter.act = .redactionDone
        filter.limit = AuditFilter.limitMax
        while true {
            let page = try engine.store.audit(where: filter)
            for item in page.items {
                let known = receipts[item.entry.object]?[item.key] ?? .max
                receipts[item.entry.object, default: [:]][item.key] = min(known, item.stamp)
            }
            guard let next = page.next else { return receipts }
            filter.after = next
        }
    }

    /// Who has what is to be destroyed, as far as certificates tell: those whose scope has the area.
    private func holders(of redaction: Redaction) -> [PublicKey] {
        let directory = engine.current.directory
        guard let area = redaction.rows.first?.entry.dot.log.domain.area else { return [] }
        let keys = Set(
            directory.certificates.filter {
                !$0.isSelfIssued && $0.rights.contains(.read)
                    && directory.areas.carries($0.area, area)
            }.map(\.subject))
        return keys.filter { key in
            directory.chain(of: key).map { !directory.isEnded($0) } ?? false
        }.sorted()
    }

    private func holder(_ key: PublicKey, _ more: [String: JSONValue]) -> JSONValue {
        guard case .object(let parts) = author(key) else { return .null }
        return .object(parts.merging(more) { $1 })
    }
}

extension RecordDisplay {
    /// The fields of which the value that would show was destroyed.
    var redacted: [FieldDefinition] {
        collection.fields.filter { field in
            switch state[field.shownKey] {
            case .register(let register): register.isRedacted
            case .fixed(let fixed): fixed.isRedacted
            case .set, .timeline, .counter, nil: false
            }
        }
    }
}
