// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
import GridLog
package import GridSync

/// Which records of a collection are wanted.
package struct RecordFilter: Sendable {
    /// Fields whose column has this text, as `FieldValue.plainText` or the table shows it. Of
    /// sealed fields only those with marks (`Masking.allowsLookup`).
    package var equals: [(field: FieldDefinition, text: String)]
    /// Only records that lie in this area now.
    package var area: AreaCode?
    /// By which its codes, and those of what lies in it now, are resolved.
    package var areas = AreaMap()
    /// Only records of which the table shows one of these texts in the field.
    package var anyOf: [(field: FieldDefinition, texts: [String])] = []
    package var includesArchived: Bool
    package var onlyConflicting: Bool
    package var order: RecordOrder
    /// Only records after this place.
    package var after: RecordCursor?
    /// 1...1,000.
    package var limit: Int

    package init(
        equals: [(field: FieldDefinition, text: String)] = [], area: AreaCode? = nil,
        includesArchived: Bool = false, onlyConflicting: Bool = false,
        order: RecordOrder = .row, after: RecordCursor? = nil, limit: Int = 100
    ) {
        self.equals = equals
        self.area = area
        self.includesArchived = includesArchived
        self.onlyConflicting = onlyConflicting
        self.order = order
        self.after = after
        self.limit = min(max(limit, 1), 1000)
    }
}

extension Store {
    /// A record by its id; nil when there is none.
    package func record(
        _ id: RecordID, in collection: CollectionDefinition
    ) throws -> RecordDisplay? {
        try read { database in
            guard let table = tables[collection.number] else { return nil }
            return try displays(
                of: id, in: table, from: database, references: references(database)
            ).first
        }
    }

    /// The records that bear an id, the genuine one first. A hash gives each record its own, but
    /// whoever may write in one area may give any id to a record there.
    func displays(
        of id: RecordID, in table: TableSchema, from database: Database,
        references: LogReferences
    ) throws -> [RecordDisplay] {
        let found = try rows(
            database, of: table, sql: "WHERE id = ? ORDER BY _area, _key",
            arguments: [id.description], references: references
        ).map(\.display)
        guard found.count > 1 else { return found }
        return found.filter(\.bearsItsOwnID) + found.filter { !$0.bearsItsOwnID }
    }

    /// Records in the order asked for, and where to go on; nil at the end. Throws
    /// `SealedFieldFilter`.
    package func records(
        in collection: CollectionDefinition, where filter: RecordFilter
    ) throws -> (records: [RecordDisplay], next: RecordCursor?) {
        var conditions: [String] = []
        var arguments: [DatabaseValue] = []
        if !filter.includesArchived { conditions.append("_archived = 0") }
        if filter.onlyConflicting { conditions.append("_conflicts > 0") }
        if let after = filter.after {
            let rest = filter.order.condition(after: after)
            conditions.append(rest.sql)
            arguments += rest.arguments
        }
        for (field, texts) in filter.anyOf {
            let places = texts.map { _ in "?" }.joined(separator: ", ")
            conditions.append("\"\(field.name)\" IN (\(places))")
            arguments += texts.map(\.databaseValue)
        }
        guard let table = tables[collection.number] else { return ([], nil) }
        let selection = filter.area.map { AreaSelection($0, by: filter.areas) }
        if let selection { conditions.append(selection.condition(on: table, among: tables)) }
        for (field, text) in filter.equals {
            let column = table.column(named: field.name)
            if let column, let name = column.findColumn {
                conditions.append("\"\(name)\" = ?")
                let mark = seal.mark(of: text, in: column, of: collection.number)
                arguments.append(Data(mark).databaseValue)
            } else if column?.isSealed == true {
                throw SealedFieldFilter(field: field.name)
            } else if TableSchema.isReal(field) {
                conditions.append("\"\(field.name)\" = ?")
                arguments.append(Double(text)?.databaseValue ?? .null)
            } else {
                conditions.append("CAST(\"\(field.name)\" AS TEXT) = ?")
                arguments.append(text.databaseValue)
            }
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments.append((filter.limit + 1).databaseValue)
        return try read { database in
            selection?.prepare(database)
            let found = try self.rows(
                database, of: table, sql: "\(condition) \(filter.order.clause) LIMIT ?",
                arguments: StatementArguments(arguments), references: references(database))
            let page = found.prefix(filter.limit)
            guard found.count > filter.limit, let last = page.last else {
                return (page.map(\.display), nil)
            }
            let next = try filter.order.cursor(of: last.key, in: table, database)
            return (page.map(\.display), next)
        }
    }

    /// Records with a field in conflict, by collection, then row.
    package func conflictingRecords(limit: Int) throws -> [RecordDisplay] {
        try read { database in
            var found: [RecordDisplay] = []
            let references = try references(database)
            let keys = try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT collection, record FROM conflicts
                    ORDER BY collection, record LIMIT ?
                    """, arguments: [limit])
            for key in keys {
                guard let table = tables[try key.cell("collection")] else { continue }
                found += try self.rows(
                    database, of: table, sql: "WHERE _key = ?",
                    arguments: [try key.cell("record", as: Int64.self)], references: references
                ).map(\.display)
            }
            return found
        }
    }

    /// Number of records, archived ones and records with missing fields, by collection name, of
    /// collections that have any.
    package func counts() throws -> [(collection: CollectionDefinition, counts: RecordCounts)] {
        try read { database in
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

    /// The state in a row of a collection's table with `TableSchema.stateColumns`.
    func state(
        _ row: Row, of table: TableSchema, references: LogReferences
    ) throws -> RecordState {
        try state(
            row, lane: table.collection.lane, collection: table.collection.number,
            references: references, beside: TextCells(row: row, table: table))
    }

    /// The state in a row of `other_records`.
    func otherState(_ row: Row, references: LogReferences) throws -> RecordState {
        try state(
            row, lane: try row.lane(), collection: try row.cell("collection"),
            references: references, beside: NoTextColumns())
    }

    private func state(
        _ row: Row, lane: Lane, collection: UInt32, references: LogReferences,
        beside texts: some TextColumns
    ) throws -> RecordState {
        let area = try AreaCode(parsing: try row.cell("_area", as: String.self))
        let rowKey = RowKey(rawValue: try row.cell("_key"))
        let address: RecordAddress
        if rowKey.isNamed {
            let text: String = try row.cell("id")
            guard let id = RecordID(parsing: text) else {
                throw StoreFailure.damaged(what: "record id \(text)")
            }
            address = .named(id)
        } else {
            let log = try references.identity(rowKey.log).log
            address = .created(
                dot: Dot(log: log, sequence: rowKey.sequence), index: rowKey.index)
        }
        let key = RecordKey(
            domain: Domain(area: area, lane: lane), collection: collection, address: address)
        return try RecordStateReader.state(
            try seal.merge(in: try row.bytes("_merge"), of: key, row: rowKey),
            collection: collection, address: address, domain: key.domain, numbers: references,
            beside: texts)
    }

    func rows(
        _ database: Database, of table: TableSchema, sql: String,
        arguments: StatementArguments, references: LogReferences
    ) throws -> [(key: Int64, display: RecordDisplay)] {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT \(table.stateColumns) FROM \"\(table.collection.name)\" \(sql)",
            arguments: arguments)
        var found: [(key: Int64, display: RecordDisplay)] = []
        while let row = try rows.next() {
            let state = try state(row, of: table, references: references)
            let summary = try FoldSummary(row, of: table)
            found.append(
                (
                    try row.cell("_key"),
                    RecordDisplay(state, of: table.collection, summary: summary)
                ))
        }
        return found
    }
}

/// The texts in the cells of a row.
private struct TextCells: TextColumns {
    let row: Row
    let table: TableSchema

    func text(of field: UInt32) throws -> String {
        guard let name = table.collection.field(numbered: field)?.name else {
            throw DecodingViolation.unknownTag
        }
        return try row.cell(name)
    }
}

/// A list cannot be narrowed by a field whose values lie sealed and have no marks.
package struct SealedFieldFilter: Error {
    package let field: String
}

/// How many records a collection has, and how many of them want attention.
package struct RecordCounts: Hashable, Sendable {
    package let records: Int
    package let archived: Int
    package let incomplete: Int
    package let conflicts: Int
}

extension StoreTransaction {
    /// A record by its address, as this batch has left it.
    package func record(
        at address: RecordAddress, in domain: Domain, of collection: CollectionDefinition,
        batch: inout ReplicaBatch
    ) throws -> RecordDisplay? {
        let key = RecordKey(domain: domain, collection: collection.number, address: address)
        return try batch.record(key, storage: storage).map { RecordDisplay($0, of: collection) }
    }

    /// A record by its id, with what this batch has already done to it.
    package func record(
        _ id: RecordID, in collection: CollectionDefinition, batch: inout ReplicaBatch
    ) throws -> RecordDisplay? {
        guard let table = tables[collection.number] else { return nil }
        let found = try storage.keys(of: id, in: table).compactMap {
            try batch.record($0, storage: storage).map { RecordDisplay($0, of: collection) }
        }
        if let stored = found.count > 1 ? found.first(where: \.bearsItsOwnID) : nil {
            return stored
        }
        return found.first
            ?? batch.pending(named: id, in: collection.number, lane: collection.lane)
            .map { RecordDisplay($0, of: collection) }
    }
}
