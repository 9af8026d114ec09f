// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
package import GridLog
package import GridSync

/// Which acts are wanted.
package struct AuditFilter: Sendable {
    package static let limitMax = 1000

    /// Milliseconds since 1970; by the stamp of the entry.
    package var since: UInt64?
    package var act: AuditAct?
    /// Acts that concern this area or a part of it, and those of its nodes.
    package var area: AreaCode?
    /// Areas beside it, exactly: those that are one with it, or with a part of it, now.
    package var formerAreas: Set<AreaCode> = []
    /// Only acts before this one, as the list has them.
    package var after: RecordID?
    /// 1...1,000.
    package var limit = 100

    package init() {}
}

/// One act of the audit trail, and what its entry proves.
package struct AuditItem: Sendable {
    package let id: RecordID
    package let entry: AuditEntry
    /// Of the node that signed it.
    package let key: PublicKey
    /// The area in whose logs it stands.
    package let home: AreaCode
    /// Milliseconds since 1970, by the stamp of the entry.
    package let stamp: UInt64
    /// Another entry has written to it since: the log has both, and `entry` is what shows now.
    package let isAltered: Bool
}

extension Store {
    /// The acts of all nodes whose logs are here, newest first, and where to go on; nil at the end.
    ///
    /// Throws `AuditPlaceUnknown` when `after` is none of them.
    package func audit(
        where filter: AuditFilter
    ) throws -> (items: [AuditItem], next: RecordID?) {
        try read { database in
            let references = try references(database)
            let start = try filter.after.map { id in
                guard let mark = try auditMark(of: id, in: database, references: references)
                else { throw AuditPlaceUnknown() }
                return mark
            }
            var sources = references.identities.filter { $0.value.domain.lane == .routine }
                .map { AuditSource(reference: $0.key, identity: $0.value) }
            var items: [AuditItem] = []
            while let place = try newest(&sources, database, references),
                let state = sources[place].take()
            {
                if let since = filter.since, (state.first?.timestamp.milliseconds ?? 0) < since {
                    sources.remove(at: place)
                    continue
                }
                if let start, let mark = state.first, mark >= start { continue }
                guard let item = Self.item(state, of: sources[place].identity, filter) else {
                    continue
                }
                if items.count == filter.limit { return (items, items.last?.id) }
                items.append(item)
            }
            return (items, nil)
        }
    }

    private func auditMark(
        of id: RecordID, in database: Database, references: LogReferences
    ) throws -> RecordState.Mark? {
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM other_records WHERE collection = ? AND id = ?",
            arguments: [SystemCollection.audit, id.description])
        return try row.flatMap { try otherState($0, references: references).first }
    }

    /// The source whose next act is the newest; nil when all have ended.
    private func newest(
        _ sources: inout [AuditSource], _ database: Database, _ references: LogReferences
    ) throws -> Int? {
        for place in sources.indices { try sources[place].fill(database, references, of: self) }
        return sources.indices.filter { sources[$0].mark != nil }.max { left, right in
            guard let left = sources[left].mark, let right = sources[right].mark else {
                return false
            }
            return left < right
        }
    }

    private static func item(
        _ state: RecordState, of identity: LogIdentity, _ filter: AuditFilter
    ) -> AuditItem? {
        guard let entry = AuditEntry(state), filter.act.map({ $0 == entry.act }) ?? true,
            filter.area == nil || filter.wants(entry.area) || filter.wants(state.domain.area)
        else { return nil }
        return AuditItem(
            id: RecordNaming.id(of: state.address), entry: entry, key: identity.key,
            home: state.domain.area, stamp: state.first?.timestamp.milliseconds ?? 0,
            isAltered: state.first != state.last)
    }
}

extension AuditFilter {
    fileprivate func wants(_ area: AreaCode) -> Bool {
        self.area?.contains(area) == true || formerAreas.contains(area)
    }
}

/// `AuditFilter.after` is no act of the trail.
package struct AuditPlaceUnknown: Error {}

/// The acts in one log, newest first, some at a time: stamps of a log only grow.
private struct AuditSource {
    private static let rowsAtOnce = 64

    let reference: Int64
    let identity: LogIdentity
    /// Oldest first.
    private var waiting: [RecordState] = []
    /// The greatest key that is not read yet; nil when all are.
    private var last: Int64?

    init(reference: Int64, identity: LogIdentity) {
        self.reference = reference
        self.identity = identity
        last = RowKey(log: reference, sequence: .max, index: .max).rawValue
    }

    var mark: RecordState.Mark? { waiting.last?.first }

    mutating func take() -> RecordState? { waiting.popLast() }

    mutating func fill(
        _ database: Database, _ references: LogReferences, of store: Store
    ) throws {
        guard waiting.isEmpty, let last else { return }
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT * FROM other_records
                    WHERE collection = ? AND _key BETWEEN ? AND ? AND _lane = ?
                    ORDER BY _key DESC LIMIT ?
                    """),
            arguments: [
                SystemCollection.audit,
                RowKey(log: reference, sequence: 0, index: 0).rawValue, last,
                Lane.routine.rawValue, Self.rowsAtOnce,
            ])
        let least: Int64 = try rows.last?.cell("_key") ?? 0
        self.last = rows.count < Self.rowsAtOnce ? nil : least - 1
        waiting = try rows.map { try store.otherState($0, references: references) }.reversed()
    }
}
