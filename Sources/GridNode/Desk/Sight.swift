// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// How values are shown: sensitive ones masked, or all as they are. Plain sight is made by the desk
/// alone, after the audit trail has it.
package struct Sight: Sendable {
    package let isPlain: Bool
    /// From this class on fields are masked.
    private var threshold = PrivacyClass.p3

    package static let masked = Sight(isPlain: false)

    init(isPlain: Bool) { self.isPlain = isPlain }

    /// The same for one record: more of a child's is masked.
    func of(_ display: RecordDisplay) -> Sight {
        var sight = self
        sight.threshold = display.maskThreshold(at: WallClock.now)
        return sight
    }

    /// The same for one change of a record.
    ///
    /// - Parameter value: what the record shows in a field of its collection.
    func of(
        _ change: RecordChange, in catalogue: Catalogue,
        _ value: (CollectionDefinition, String) throws -> FieldValue?
    ) rethrows -> Sight {
        guard let collection = catalogue.collection(numbered: change.collection) else {
            return self
        }
        var sight = self
        sight.threshold = try Masking.threshold(
            in: collection, today: ChinaTime.day(of: Int64(clamping: WallClock.now))
        ) { try value(collection, $0) }
        return sight
    }

    func masks(_ field: FieldDefinition?) -> Bool {
        !isPlain && Masking.masks(field, from: threshold)
    }

    /// Null for nothing.
    func json(_ value: FieldValue?, of field: FieldDefinition?) -> JSONValue {
        guard let value else { return .null }
        if (field?.privacy ?? .p4) == .p4, let shown = sealed(value) { return shown }
        return masks(field) ? Masking.json(value, of: field) : value.json
    }

    /// What stands for values that are sealed for others; nil where none is.
    private func sealed(_ value: FieldValue) -> JSONValue? {
        switch value {
        case .list(let items):
            guard items.contains(where: SealedValue.isSealed) else { return nil }
            guard isPlain else { return .text(Masking.sealed) }
            return .list(items.map { sealed($0) ?? $0.json })
        default: return SealedValue.isSealed(value) ? .text(Masking.sealed) : nil
        }
    }
}

extension RecordDisplay {
    /// - Parameter now: milliseconds since 1970.
    func maskThreshold(at now: UInt64) -> PrivacyClass {
        Masking.threshold(in: collection, today: ChinaTime.day(of: Int64(clamping: now))) { name in
            self[name]?.value
        }
    }
}

/// What somebody who asks for plain values gives for it.
package struct PlainRequest: Sendable {
    /// In characters.
    package static let reasonMax = 200

    let reason: String
    let caller: String

    /// - Parameters:
    ///   - reason: why, without personal numbers: it travels to the nodes above.
    ///   - caller: who, by their own word; may be empty.
    package init(reason: String?, caller: String) throws {
        self.reason = try Self.checked(
            reason,
            missing: (
                chinese: "查看原值必须说明理由(reason)。",
                english: "Plain values are given for a reason only."
            ))
        self.caller = caller
    }

    /// A reason that may stand where others read it.
    ///
    /// - Parameter missing: what is said where there is none.
    static func checked(
        _ reason: String?, missing: (chinese: String, english: String)
    ) throws -> String {
        let reason = TextFolding.trimmed(reason ?? "")
        guard !reason.isEmpty else {
            throw DeskRefusal(
                .malformed, "reason_missing", chinese: missing.chinese, english: missing.english)
        }
        guard reason.count <= Self.reasonMax else {
            throw DeskRefusal(
                .malformed, "reason_too_long", chinese: "理由最多 \(Self.reasonMax) 个字。",
                english: "A reason has at most \(Self.reasonMax) characters.")
        }
        guard PersonalNumbers(in: reason) == PersonalNumbers(in: "") else {
            throw DeskRefusal(
                .malformed, "reason_personal", chinese: "理由里不要写身份证号和电话,它会随日志上报。",
                english: "A reason holds no personal numbers: it travels to the nodes above.")
        }
        return reason
    }
}

extension Desk {
    /// Plain sight of one record. It is in the audit trail when this returns, and there is none when
    /// it cannot be written there.
    package func plainSight(
        of name: String, _ id: String, history: Bool, _ request: PlainRequest
    ) async throws -> Sight {
        let collection = try collection(name)
        let display = try display(id, in: collection)
        try await engine.note(
            AuditNote(
                history ? .plainHistory : .plainRead, caller: request.caller,
                object: "\(name)/\(display.id)", area: display.state.domain.area,
                reason: request.reason))
        return Sight(isPlain: true)
    }

    /// Plain sight of what a statement reads, noted as that of one record is.
    package func plainSight(
        ofQuery statement: String, _ request: PlainRequest
    ) async throws -> Sight {
        try await engine.note(
            AuditNote(
                .plainSQL, caller: request.caller, object: Self.withoutLiterals(statement),
                reason: request.reason))
        return Sight(isPlain: true)
    }

    /// A statement without what stands in quotes and without long numbers: names of persons and
    /// their numbers are not for the trail.
    static func withoutLiterals(_ statement: String) -> String {
        var result = ""
        var digits = ""
        var quote: Character?
        func take(_ digits: inout String, into result: inout String) {
            result += digits.count < 6 ? digits : "…"
            digits = ""
        }
        for character in statement {
            if let open = quote {
                if character == open { quote = nil; result += "…\(character)" }
            } else if character.isWholeNumber {
                digits.append(character)
            } else {
                take(&digits, into: &result)
                if character == "'" || character == "\"" { quote = character }
                result.append(character.isNewline ? " " : character)
            }
        }
        take(&digits, into: &result)
        return result
    }
}
