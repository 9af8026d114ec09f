// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore
import GridLog
package import GridSync

/// Which records of a collection are wanted.
package struct RecordFilter: Sendable {
    /// Fields whose column has this text, as `FieldValue.plainText` or the table shows it.
    package var equals: [(field: FieldDefinition, text: String)]
    /// Only records whose home lies in this area.
    package var area: AreaCode?
    package var includesArchived: Bool
    package var onlyConflicting: Bool
    /// Only records after this one, in the order of the list.
    package var after: Int64?
    /// 1...1,000.
    package var limit: Int

    package init(
        equals: [(field: FieldDefinition, text: String)] = [], area: AreaCode? = nil,
        includesArchived: Bool = false, onlyConflicting: Bool = false, after: Int64? = nil,
        limit: Int = 100
    ) {
        self.equals = equals
        self.area = area
        self.includesArchived = includesArchived
        self.onlyConflicting = onlyConflicting
        self.after = after
        self.limit = min(max(limit, 1), 1000)
    }
}

extension Store {
    /// A record by its id; nil when there is none.
    package func record(
        _ id: RecordID, in collection: CollectionDefinition
    ) throws -> RecordDisplay? {
        try pool.read { database in
            try rows(
                database, of: collection, sql: "WHERE id = ? ORDER BY _key LIMIT 1",
                arguments: [id.description]
            ).first?.display
        }
    }

    /// Records in the order of their rows, and where to go on; nil at the end.
    package func records(
        in collection: CollectionDefinition, where filter: RecordFilter
    ) throws -> (records: [RecordDisplay], next: Int64?) {
        var conditions: [String] = []
        var arguments: [DatabaseValue] = []
        if !filter.includesArchived { conditions.append("_archived = 0") }
        if filter.onlyConflicting { conditions.append("_conflicts > 0") }
        if let after = filter.after {
            conditions.append("_key > ?")
            arguments.append(after.databaseValue)
        }
        if let area = filter.area {
            // A prefix of digits is a prefix at a level boundary when it has a level's length.
            conditions.append("substr(_area, 1, \(area.level.digits)) = ?")
            arguments.append(area.description.databaseValue)
        }
        for (field, text) in filter.equals {
            conditions.append("CAST(\"\(field.name)\" AS TEXT) = ?")
            arguments.append(text.databaseValue)
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments.append((filter.limit + 1).databaseValue)
        let found = try pool.read { database in
            try rows(
                database, of: collection, sql: "\(condition) ORDER BY _key LIMIT ?",
                arguments: StatementArguments(arguments))
        }
        let page = found.prefix(filter.limit)
        return (page.map(\.display), found.count > filter.limit ? page.last?.key : nil)
    }

    /// Records with a field in conflict, by collection, then row.
    package func conflictingRecords(limit: Int) throws -> [RecordDisplay] {
        try pool.read { database in
            var found: [RecordDisplay] = []
            let keys = try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT collection, record FROM conflicts
                    ORDER BY collection, record LIMIT ?
                    """, arguments: [limit])
            for key in keys {
                guard let collection = catalogue.collection(numbered: key["collection"]) else {
                    continue
                }
                found += try rows(
                    database, of: collection, sql: "WHERE _key = ?",
                    arguments: [key["record"] as Int64]
                ).map(\.display)
            }
            return found
        }
    }

    /// Number of records, archived ones and records with missing fields, by collection name, of
    /// collections that have any.
    package func counts() throws -> [(collection: CollectionDefinition, counts: RecordCounts)] {
        try pool.read { database in
            try catalogue.collections.compactMap { collection in
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT count(*), total(_archived), total(_incomplete > 0),
                               total(_conflicts) FROM "\(collection.name)"
                        """)
                guard let row, row[0] as Int > 0 else { return nil }
                return (
                    collection,
                    RecordCounts(
                        records: row[0], archived: Int(row[1] as Double),
                        incomplete: Int(row[2] as Double), conflicts: Int(row[3] as Double))
                )
            }
        }
    }

    /// The state of one row, whatever collection it is of.
    static func state(
        _ bytes: [UInt8], key: RowKey, id: String, area: String, lane: Lane, collection: UInt32,
        references: LogReferences
    ) throws -> RecordState {
        let domain = Domain(area: try AreaCode(parsing: area), lane: lane)
        let address: RecordAddress
        if key.isNamed {
            guard let id = RecordID(parsing: id) else {
                throw StoreFailure.damaged(what: "record id \(id)")
            }
            address = .named(id)
        } else {
            let log = try references.identity(key.log).log
            address = .created(dot: Dot(log: log, sequence: key.sequence), index: key.index)
        }
        return try RecordStateReader.state(
            bytes, collection: collection, address: address, domain: domain,
            coding: .local(references))
    }

    func rows(
        _ database: Database, of collection: CollectionDefinition, sql: String,
        arguments: StatementArguments
    ) throws -> [(key: Int64, display: RecordDisplay)] {
        let references = try LogReferences(database)
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT _key, id, _area, _merge FROM \"\(collection.name)\" \(sql)",
            arguments: arguments)
        var found: [(key: Int64, display: RecordDisplay)] = []
        while let row = try rows.next() {
            let state = try Self.state(
                Array(row["_merge"] as Data), key: RowKey(rawValue: row["_key"]), id: row["id"],
                area: row["_area"], lane: collection.lane, collection: collection.number,
                references: references)
            found.append((row["_key"], RecordDisplay(state, of: collection)))
        }
        return found
    }
}

/// How many records a collection has, and how many of them want attention.
package struct RecordCounts: Hashable, Sendable {
    package let records: Int
    package let archived: Int
    package let incomplete: Int
    package let conflicts: Int
}

extension StoreTransaction {
    /// A record by its id, with what this batch has already done to it.
    package func record<Rules: MergeRules>(
        _ id: RecordID, in collection: CollectionDefinition, batch: ReplicaBatch<Rules>
    ) throws -> RecordDisplay? {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT _key, id, _area, _merge FROM "\(collection.name)"
                    WHERE id = ? ORDER BY _key LIMIT 1
                    """), arguments: [id.description])
        guard let row = rows.first else { return nil }
        let state = try Store.state(
            Array(row["_merge"] as Data), key: RowKey(rawValue: row["_key"]), id: row["id"],
            area: row["_area"], lane: collection.lane, collection: collection.number,
            references: storage.references)
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        return RecordDisplay(batch.pending(key) ?? state, of: collection)
    }
}
