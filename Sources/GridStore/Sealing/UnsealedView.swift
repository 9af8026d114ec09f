// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Synchronization

/// Shows the tables of one reading connection with their sealed columns: a temporary view of the
/// same name stands before each table that has any, and opens the merge state of a row when a
/// sealed column of it is read.
///
/// What such a query sorts stays in memory: SQLite would write it to a temporary file.
final class UnsealedView: Sendable {
    private static let function = "onegrid_unsealed"
    /// The code that stands for another.
    private static let areaFunction = "onegrid_area"

    /// The fields of a row that were opened last: a row's columns are read one after the other.
    private struct Opened {
        let collection: UInt32
        let row: Int64
        let sealed: Data
        let state: RecordState
    }

    private let seal: FolderSeal
    private let tables: [UInt32: TableSchema]
    private let references: LogReferences
    private let opened = Mutex<Opened?>(nil)
    private let broken = Mutex<StoreFailure?>(nil)

    /// What is wrong with a row that could not be opened: SQLite hands on its words alone.
    var failure: StoreFailure? { broken.withLock { $0 } }

    private init(_ database: Database, _ store: Store) throws {
        seal = store.seal
        tables = store.tables
        references = try store.references(database)
    }

    /// Makes the views on a connection, for as long as it lives.
    ///
    /// - Parameter areas: with these, all views show area codes as they are now.
    @discardableResult
    static func prepare(
        _ database: Database, _ store: Store, areas: AreaMap? = nil
    ) throws -> UnsealedView {
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        let view = try UnsealedView(database, store)
        if let areas {
            add(areas, to: database)
            PlaceColumn.prepare(database, by: areas)
        }
        database.add(
            function: DatabaseFunction(function, argumentCount: 6, pure: true) {
                do {
                    return try view.value($0)
                } catch let failure as StoreFailure {
                    view.broken.withLock { $0 = failure }
                    throw failure
                }
            })
        for table in store.tables.values.sorted(by: { $0.collection.number < $1.collection.number })
        where table.columns.contains(where: \.isSealed) || areas?.isEmpty == false {
            try database.execute(
                sql: definition(
                    of: table, in: database,
                    place: areas.flatMap {
                        $0.isEmpty ? nil : place(in: table, among: store.tables, by: $0)
                    }))
        }
        return view
    }

    private static func add(_ areas: AreaMap, to database: Database) {
        database.add(
            function: DatabaseFunction(areaFunction, argumentCount: 1, pure: true) { values in
                guard let text = String.fromDatabaseValue(values[0]) else { return values[0] }
                guard let code = try? AreaCode(parsing: text) else { return text }
                return areas.current(code).description
            })
    }

    /// The code of now of the area in which a row lies, on a connection prepared with the same map.
    static func place(
        in table: TableSchema, among tables: [UInt32: TableSchema], by areas: AreaMap
    ) -> String {
        let home = "\(areaFunction)(_area)"
        guard let column = PlaceColumn(of: table, among: tables, by: areas) else { return home }
        return "CASE WHEN \(column.isDivided) THEN \(column.place) ELSE \(home) END"
    }

    private static func definition(
        of table: TableSchema, in database: Database, place: String?
    ) throws -> String {
        let name = table.collection.name
        let columns = try database.columns(in: name).map { column in
            if let place, column.name == "_area" { return "\(place) AS _area" }
            if place != nil, holdsArea(column.name, table) {
                return "\(areaFunction)(\"\(column.name)\") AS \"\(column.name)\""
            }
            guard let sealed = table.column(named: column.name), sealed.isSealed else {
                return "\"\(column.name)\""
            }
            return """
                \(function)(\(table.collection.number), \(sealed.field.number), _key, _area, id, _merge)
                AS "\(column.name)"
                """
        }
        return """
            CREATE TEMP VIEW "\(name)" AS SELECT \(columns.joined(separator: ", "))
            FROM main."\(name)"
            """
    }

    private static func holdsArea(_ column: String, _ table: TableSchema) -> Bool {
        guard let column = table.column(named: column), !column.isSealed,
            case .areaCode = column.field.type
        else { return false }
        return column.storage == .text
    }

    /// - Parameter arguments: collection, field, key, area, id and merge state of a row.
    private func value(_ arguments: [DatabaseValue]) throws -> DatabaseValue {
        guard arguments.count == 6, let number = UInt32.fromDatabaseValue(arguments[0]),
            let table = tables[number], let field = UInt32.fromDatabaseValue(arguments[1]),
            let column = table.columns.first(where: { $0.field.number == field }),
            let row = Int64.fromDatabaseValue(arguments[2]),
            let sealed = Data.fromDatabaseValue(arguments[5])
        else { return .null }
        let state = try opened.withLock { opened in
            if let opened, opened.collection == number, opened.row == row, opened.sealed == sealed {
                return opened.state
            }
            let state = try self.state(arguments, of: table, row: row, sealed: sealed)
            opened = Opened(collection: number, row: row, sealed: sealed, state: state)
            return state
        }
        guard let value = state[column.key].flatMap({ RecordRow.value(of: $0) }) else {
            return .null
        }
        // Its plain form is given for one record at a time, and never to a query.
        if let sealing = table.collection.sealing,
            field == sealing.keys || sealing.sealed.contains(field)
        {
            return Masking.sealed.databaseValue
        }
        return RecordRow.cell(value, as: column.storage)
    }

    private func state(
        _ arguments: [DatabaseValue], of table: TableSchema, row: Int64, sealed: Data
    ) throws -> RecordState {
        let rowKey = RowKey(rawValue: row)
        let address: RecordAddress
        if rowKey.isNamed {
            guard
                let id = String.fromDatabaseValue(arguments[4]).flatMap({ RecordID(parsing: $0) })
            else { throw StoreFailure.damaged(what: "\(table.collection.name), row \(row): id") }
            address = .named(id)
        } else {
            let log = try references.identity(rowKey.log).log
            address = .created(
                dot: Dot(log: log, sequence: rowKey.sequence), index: rowKey.index)
        }
        let area = try AreaCode(parsing: String.fromDatabaseValue(arguments[3]) ?? "")
        let key = RecordKey(
            domain: Domain(area: area, lane: table.collection.lane),
            collection: table.collection.number, address: address)
        return try RecordStateReader.state(
            try seal.merge(in: Array(sealed), of: key, row: rowKey), collection: key.collection,
            address: address, domain: key.domain, numbers: references, beside: UnreadTexts())
    }
}

/// Texts of columns that lie open, which nobody asks this state for.
private struct UnreadTexts: TextColumns {
    func text(of field: UInt32) throws -> String { "" }
}
