// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// What was done or seen, by its code: lower-case words, joined by `_`. A code is never renamed or
/// reused; one that this program does not know is shown as it is.
package struct AuditAct: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A certificate that this node has issued stands in lane 0 from now on.
    package static let certificate = AuditAct(rawValue: "certificate")
    /// The unmasked values of one record were given out.
    package static let plainRead = AuditAct(rawValue: "plain_read")
    /// The unmasked history of one record was given out.
    package static let plainHistory = AuditAct(rawValue: "plain_history")
    /// A query was run over unmasked tables.
    package static let plainSQL = AuditAct(rawValue: "plain_sql")
    /// Records were looked up by the whole value of a sensitive field.
    package static let lookUp = AuditAct(rawValue: "look_up")
    /// Rows of a sheet were written.
    package static let importing = AuditAct(rawValue: "import")
    /// The records of a collection were given out as a sheet, sensitive values masked.
    package static let exporting = AuditAct(rawValue: "export")
    /// The same with unmasked values.
    package static let plainExport = AuditAct(rawValue: "plain_export")
    /// All tables were built anew from the ledger.
    package static let rebuild = AuditAct(rawValue: "rebuild")
    /// A key was cut off.
    package static let cutOff = AuditAct(rawValue: "cut_off")
    /// It was decided which branch of a forked log counts.
    package static let forkClosing = AuditAct(rawValue: "close_fork")
    /// What a key had in quarantine was written again in this node's name.
    package static let adopting = AuditAct(rawValue: "adopt")
    /// What a key had in quarantine was thrown away.
    package static let discarding = AuditAct(rawValue: "discard")
    /// What is in quarantine was given out in a file.
    package static let quarantineExport = AuditAct(rawValue: "quarantine_export")
    /// What was in quarantine on another machine came in a file.
    package static let quarantineImport = AuditAct(rawValue: "quarantine_import")
    /// Devices came to read what a record holds for named ones, or do no more.
    package static let readers = AuditAct(rawValue: "readers")
    /// A village or grid got another code, or went into another.
    package static let areaChange = AuditAct(rawValue: "area_change")
    /// It was listed whose data a node may have had.
    package static let exposure = AuditAct(rawValue: "exposure")
    /// The same with the names of all as they are.
    package static let plainExposure = AuditAct(rawValue: "plain_exposure")
    package static let pause = AuditAct(rawValue: "pause")
    package static let resume = AuditAct(rawValue: "resume")
}

/// One line of the audit trail: who did or saw what, where and why (Protocol/audit.md). It is
/// written once, as a record of its own, and travels like any other entry.
package struct AuditEntry: Hashable, Sendable {
    package let act: AuditAct
    /// The node and its post by its certificate, and the caller by their own word.
    package let who: String
    /// A record as `COLLECTION/ID`, a certificate's name, a file, a statement; may be empty.
    package let object: String
    /// What the act concerns; the node's own area where it concerns the node.
    package let area: AreaCode
    /// Given by the caller; empty where none is asked for.
    package let reason: String
    /// Milliseconds since 1970, by the node's clock.
    package let time: UInt64
    /// Counts and names beside it.
    package let details: [String: FieldValue]

    /// Longer texts are cut, so that an act always fits an entry. In characters.
    private static let textMax = 500

    package init(
        act: AuditAct, who: String, object: String = "", area: AreaCode, reason: String = "",
        time: UInt64, details: [String: FieldValue] = [:]
    ) {
        self.act = act
        self.who = Self.cut(who)
        self.object = Self.cut(object)
        self.area = area
        self.reason = Self.cut(reason)
        self.time = time
        self.details = details
    }

    private static func cut(_ text: String) -> String {
        let text = text.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(textMax)
        return String(String.UnicodeScalarView(text))
    }
}

extension AuditEntry {
    /// The numbers of the fields. Never reused.
    private enum Number: UInt32 {
        case act = 1, who, object, area, reason, time, details
    }

    /// A new record that holds it.
    package var draft: DraftChange {
        var writes: [FieldWrite] = []
        func assign(_ number: Number, _ value: FieldValue) {
            writes.append(FieldWrite(field: number.rawValue, operation: .assign(value)))
        }
        assign(.act, .text(act.rawValue))
        assign(.who, .text(who))
        assign(.area, .area(area))
        assign(.time, .time(Int64(clamping: time)))
        if !object.isEmpty { assign(.object, .text(object)) }
        if !reason.isEmpty { assign(.reason, .text(reason)) }
        if !details.isEmpty { assign(.details, FieldValue.map(of: details)) }
        return DraftChange(
            collection: SystemCollection.audit, target: .new, archives: false, writes: writes)
    }

    /// Reads what a record shows; nil without an act. What has another type than it should is left
    /// out: whoever may write in an area may write anything there.
    package init?(_ state: RecordState) {
        func value(_ number: Number) -> FieldValue? {
            let key = FieldKey(field: number.rawValue, family: .assigned)
            guard case .register(let register) = state[key] else { return nil }
            return register.displayed?.value
        }
        func text(_ number: Number) -> String {
            if case .text(let text) = value(number) { text } else { "" }
        }
        let act = text(.act)
        guard !act.isEmpty else { return nil }
        var area = state.domain.area
        if case .area(let code) = value(.area) { area = code }
        var time = state.first?.timestamp.milliseconds ?? 0
        if case .time(let milliseconds) = value(.time) { time = UInt64(clamping: milliseconds) }
        var details: [String: FieldValue] = [:]
        if case .map(let parts)? = value(.details) {
            for part in parts { details[part.name] = part.value }
        }
        self.init(
            act: AuditAct(rawValue: act), who: text(.who), object: text(.object), area: area,
            reason: text(.reason), time: time, details: details)
    }
}
