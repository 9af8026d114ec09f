// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
package import GridSync

extension Store {
    /// The envelopes of a log as they were put into the ledger, ascending.
    package func envelopes(of log: LogID) throws -> [(last: UInt64, envelope: [UInt8])] {
        try read { database in
            guard let reference = try references(database)[log] else { return [] }
            return try Row.fetchAll(
                database,
                sql: "SELECT id, first, envelope FROM runs WHERE id > ? AND id < ? ORDER BY id",
                arguments: [reference << 32, (reference + 1) << 32]
            ).map { row in
                (
                    last: UInt64(try row.cell("id", as: Int64.self) & 0xFFFF_FFFF),
                    envelope: try seal.envelope(in: row)
                )
            }
        }
    }

    /// The merge state of every record, and the fields that the table of conflicts names for it.
    package func recordStates() throws -> [RecordKey: (state: RecordState, conflicts: Set<UInt32>)]
    {
        try read { database in
            let references = try references(database)
            var conflicts: [UInt32: [Int64: Set<UInt32>]] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT collection, record, field FROM conflicts")
            while let row = try rows.next() {
                conflicts[try row.cell("collection"), default: [:]][
                    try row.cell("record"), default: []
                ].insert(try row.cell("field"))
            }
            var found: [RecordKey: (state: RecordState, conflicts: Set<UInt32>)] = [:]
            func take(_ state: RecordState, _ conflicts: Set<UInt32>) {
                let key = RecordKey(
                    domain: state.domain, collection: state.collection, address: state.address)
                found[key] = (state, conflicts)
            }
            for table in tables.values {
                let cursor = try Row.fetchCursor(
                    database,
                    sql: "SELECT \(table.stateColumns) FROM \"\(table.collection.name)\"")
                while let row = try cursor.next() {
                    let number = try row.cell("_key", as: Int64.self)
                    take(
                        try self.state(row, of: table, references: references),
                        conflicts[table.collection.number]?[number] ?? [])
                }
            }
            let others = try Row.fetchCursor(database, sql: "SELECT * FROM other_records")
            while let row = try others.next() {
                take(try self.otherState(row, references: references), [])
            }
            return found
        }
    }
}
