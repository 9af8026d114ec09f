// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
import GridLog

extension Store {
    /// Whether another record of the collection bears the same number.
    package func sharesNumber(_ display: RecordDisplay) throws -> Bool {
        guard let field = RecordNumber.field(of: display.collection),
            case .text(let number)? = display[field.name]?.value,
            tables[display.collection.number] != nil
        else { return false }
        return try read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM "\(display.collection.name)"
                        WHERE "\(field.name)" = ? AND id <> ?)
                    """, arguments: [number, display.id.description]) ?? false
        }
    }

    /// The points of a village, as far as this node has its entries.
    ///
    /// - Parameter areas: its code, and those of villages that are one with it now.
    package func pointsLedger(of areas: [AreaCode]) throws -> PointsLedger {
        try read { try pointsLedger(of: areas, in: $0, references: references($0)) }
    }

    func pointsLedger(
        of areas: [AreaCode], in database: Database, references: LogReferences
    ) throws -> PointsLedger {
        guard let table = tables.values.first(where: { $0.collection.name == "points_entries" })
        else { return PointsLedger([]) }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(table.stateColumns) FROM main.points_entries
                WHERE _area IN (\(Self.list(areas))) AND _archived = 0
                """)
        var entries: [PointsLedger.Entry] = []
        while let row = try rows.next() {
            let display = RecordDisplay(
                try state(row, of: table, references: references), of: table.collection)
            if let entry = PointsLedger.Entry(display) { entries.append(entry) }
        }
        return PointsLedger(entries, caps: try Self.caps(of: areas, in: database))
    }

    private static func list(_ areas: [AreaCode]) -> String {
        areas.map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func caps(
        of areas: [AreaCode], in database: Database
    ) throws -> [RecordID: Int64] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, yearly_cap FROM main.points_rules
                WHERE _area IN (\(list(areas))) AND _archived = 0 AND yearly_cap IS NOT NULL
                """)
        var caps: [RecordID: Int64] = [:]
        for row in rows {
            guard let id = RecordID(parsing: try row.cell("id", as: String.self)) else { continue }
            caps[id] = try row.cell("yearly_cap", as: Int64.self)
        }
        return caps
    }
}

extension PointsLedger.Entry {
    init?(_ display: RecordDisplay) {
        guard let mark = display.state.first, case .text(let kind)? = display["kind"]?.value else {
            return nil
        }
        func id(_ name: String) -> RecordID? {
            if case .reference(let id)? = display[name]?.value { id } else { nil }
        }
        func integer(_ name: String) -> Int64? {
            if case .integer(let number)? = display[name]?.value { number } else { nil }
        }
        self.init(
            id: display.id, mark: mark, kind: kind, account: id("account"), target: id("target"),
            rule: id("rule_code"), delta: integer("delta") ?? 0, year: integer("year") ?? 0,
            signer: id("signed_by"))
    }
}
