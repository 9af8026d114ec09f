// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
package import GridSync

extension Store {
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
            func take(_ row: Row, _ collection: UInt32, _ lane: Lane, isTable: Bool) throws {
                let state = try Self.state(
                    row, lane: lane, collection: collection, references: references)
                let key = RecordKey(
                    domain: state.domain, collection: collection, address: state.address)
                let number = try row.cell("_key", as: Int64.self)
                found[key] = (state, isTable ? conflicts[collection]?[number] ?? [] : [])
            }
            for table in tables.values {
                let cursor = try Row.fetchCursor(
                    database,
                    sql: "SELECT _key, id, _area, _merge FROM \"\(table.collection.name)\"")
                while let row = try cursor.next() {
                    try take(row, table.collection.number, table.collection.lane, isTable: true)
                }
            }
            let others = try Row.fetchCursor(database, sql: "SELECT * FROM other_records")
            while let row = try others.next() {
                try take(row, row.cell("collection"), row.lane(), isTable: false)
            }
            return found
        }
    }
}
