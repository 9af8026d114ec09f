// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
import GridLog

/// What a batch of rows is checked against: one state of the store, opened once for all of them.
package struct StoreReading {
    private let store: Store
    private let database: Database
    private let references: LogReferences

    fileprivate init(_ store: Store, _ database: Database) throws {
        self.store = store
        self.database = database
        references = try store.references(database)
    }

    /// As `Store.record(_:in:)`.
    package func record(
        _ id: RecordID, in collection: CollectionDefinition
    ) throws -> RecordDisplay? {
        guard let table = store.tables[collection.number] else { return nil }
        return try store.displays(of: id, in: table, from: database, references: references).first
    }

    /// The ids of records that show some values, archived ones last; two of them are enough.
    ///
    /// - Precondition: `resolve(by:)` was called with this map.
    package func ids(
        by lookup: RecordLookup, showing values: [FieldValue], in area: AreaCode,
        areas: AreaMap
    ) throws -> [RecordID] {
        guard let table = store.tables[lookup.collection.number] else { return [] }
        return try lookup.ids(
            showing: values, in: AreaSelection(area, by: areas), table: table,
            among: store.tables, seal: store.seal, from: database)
    }

    /// Lets the connection tell where the rows of divided villages lie.
    package func resolve(by areas: AreaMap) { PlaceColumn.prepare(database, by: areas) }

    /// What tells rows with one text from others, within this folder: 32 hexadecimal digits.
    package func mark(ofRow text: String) -> String {
        Hexadecimal.text(store.seal.mark(ofRow: text))
    }

    /// The record of a row without a key that was taken in before; nil for a row not seen yet.
    package func record(ofRow row: SheetRowText, of source: SheetSource) throws -> RecordID? {
        try row.record(of: source, seal: store.seal, in: database)
    }
}

extension Store {
    /// Hands over one state of the store.
    package func reading<Result>(_ work: (StoreReading) throws -> Result) throws -> Result {
        try read { try work(StoreReading(self, $0)) }
    }
}

extension StoreTransaction {
    /// As `StoreReading.ids(by:showing:in:areas:)`, of what was committed.
    package func ids(
        by lookup: RecordLookup, showing values: [FieldValue], in area: AreaCode,
        areas: AreaMap
    ) throws -> [RecordID] {
        guard let table = tables[lookup.collection.number] else { return [] }
        return try lookup.ids(
            showing: values, in: AreaSelection(area, by: areas), table: table, among: tables,
            seal: storage.seal, from: database)
    }

    /// As `StoreReading.resolve(by:)`.
    package func resolve(by areas: AreaMap) { PlaceColumn.prepare(database, by: areas) }

    /// As `StoreReading.record(ofRow:of:)`.
    package func record(ofRow row: SheetRowText, of source: SheetSource) throws -> RecordID? {
        try row.record(of: source, seal: storage.seal, in: database)
    }
}
