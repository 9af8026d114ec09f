// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore

/// What a record's timelines amount to, as its row has it: nothing is folded to show it.
package struct FoldSummary: Hashable, Sendable {
    package let state: String
    /// Number of acts that do not count.
    package let voids: Int
    /// How often it was mediated.
    package let sessions: Int
    /// Something is still to be done.
    package let isOpen: Bool
    /// Milliseconds since 1970; nil without a limit.
    package let warnAt: Int64?
    package let dueAt: Int64?
    /// Texts of the derived fields that have a value, by name.
    package let derived: [String: String]

    package init(_ fold: RecordFold) {
        state = fold.state
        voids = fold.voidCount
        sessions = fold.sessions
        isOpen = fold.isOpen
        warnAt = fold.warnAt
        dueAt = fold.dueAt
        derived = Dictionary(
            fold.values.map { ($0.name, $0.value.plainText) }, uniquingKeysWith: { $1 })
    }

    /// Nil for tables of records of which nothing is folded.
    init?(_ row: Row, of table: TableSchema) throws {
        guard let folding = table.folding else { return nil }
        state = try row.cell("_state")
        voids = try row.cell("_voids")
        sessions = try row.cell("_sessions")
        isOpen = try row.cell("_open", as: Int.self) != 0
        warnAt = try row.cell("_warn_at", as: Int64?.self)
        dueAt = try row.cell("_due_at", as: Int64?.self)
        var texts: [String: String] = [:]
        for field in folding.derived {
            texts[field.name] = try row.cell(field.name, as: String?.self)
        }
        derived = texts
    }

    /// Nil while nothing runs.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func light(at now: Int64) -> Light? {
        guard isOpen, let dueAt, let warnAt else { return nil }
        return Light(warn: warnAt, due: dueAt, now: now)
    }
}
