// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog

/// What a row of a collection's table shows of a record's state.
struct RecordRow {
    let state: RecordState
    let table: TableSchema

    /// Numbers of the fields in conflict, ascending.
    var conflicts: [UInt32] {
        guard state.hasSiblings else { return [] }
        return table.columns.map(\.field).filter { $0.isConflicting(state[$0.shownKey]) }
            .map(\.number)
    }

    /// Fills `TableSchema.update`, or also the cells that only `TableSchema.insert` has.
    func bind(
        to statement: RowStatement, key: RowKey, merge: [UInt8], seal: FolderSeal,
        conflicts: Int, isNew: Bool
    ) throws {
        statement.bind(key.rawValue, at: 1)
        statement.bind(state.isArchived ? 1 : 0, at: 2)
        statement.bind(Int64(missing), at: 3)
        statement.bind(Int64(conflicts), at: 4)
        statement.bind(Int64(clamping: state.first?.timestamp.milliseconds ?? 0), at: 5)
        statement.bind(Int64(clamping: state.last?.timestamp.milliseconds ?? 0), at: 6)
        try statement.bind(merge, at: 7)
        var place: Int32 = 8
        // Columns and fields both ascend.
        var next = 0
        for column in table.columns {
            while next < state.fields.count, state.fields[next].key < column.key { next += 1 }
            if !column.isSealed, next < state.fields.count, state.fields[next].key == column.key,
                let value = Self.value(of: state.fields[next].state)
            {
                try bind(value, as: column.storage, to: statement, at: place)
            } else {
                statement.bindNull(at: place)
            }
            place += 1
        }
        for column in table.found {
            if let field = state[column.key], case .text(let text)? = Self.value(of: field) {
                let mark = seal.mark(of: text, in: column, of: table.collection.number)
                try statement.bind(mark, at: place)
            } else {
                statement.bindNull(at: place)
            }
            place += 1
        }
        if let folding = table.folding {
            place = try bind(folding.fold(state), of: folding, to: statement, at: place)
        }
        guard isNew else { return }
        try statement.bind(RecordNaming.id(of: state.address).description, at: place)
        try statement.bind(state.domain.area.description, at: place + 1)
    }

    /// - Returns: the place after the last cell.
    private func bind(
        _ fold: RecordFold, of folding: RecordFolding, to statement: RowStatement, at first: Int32
    ) throws -> Int32 {
        var place = first
        try statement.bind(fold.state, at: place)
        for number in [fold.voidCount, fold.sessions, fold.isOpen ? 1 : 0] {
            place += 1
            statement.bind(Int64(number), at: place)
        }
        for time in [fold.warnAt, fold.dueAt] {
            place += 1
            if let time { statement.bind(time, at: place) } else { statement.bindNull(at: place) }
        }
        for field in folding.derived {
            place += 1
            if let value = fold[field.name] {
                try statement.bind(value.plainText, at: place)
            } else {
                statement.bindNull(at: place)
            }
        }
        return place + 1
    }

    private var missing: Int {
        guard table.hasRequirements else { return 0 }
        return table.collection.missing { name in
            table.column(named: name).flatMap { state[$0.key] }.flatMap { Self.value(of: $0) }
        }.count
    }

    /// The value shown; a set is a list of its elements, a timeline of its items.
    static func value(of field: FieldState) -> FieldValue? {
        switch field {
        case .register(let register): register.displayed?.value
        case .fixed(let fixed): fixed.displayed?.value
        case .set(let set): .list(set.elements)
        case .timeline(let timeline): .list(timeline.items.map(\.value))
        case .counter(let counter): .integer(counter.value)
        }
    }

    /// The value as a column of this kind shows it.
    static func cell(_ value: FieldValue, as storage: TableSchema.Storage) -> DatabaseValue {
        switch (storage, value) {
        case (.integer, .integer(let integer)): integer.databaseValue
        case (.boolean, .boolean(let boolean)): (boolean ? 1 : 0).databaseValue
        case (.real, .decimal(let decimal)):
            (Double(value.plainText) ?? Double(decimal.mantissa)).databaseValue
        case (.list, .list(let values)) where values.isEmpty: .null
        case (.text, .text(let text)): text.databaseValue
        case (.text, _), (.list, _): value.plainText.databaseValue
        case (.integer, _), (.boolean, _), (.real, _): .null
        }
    }

    /// What does not fit the column's type is kept in the merge state and leaves the column empty.
    private func bind(
        _ value: FieldValue, as storage: TableSchema.Storage, to statement: RowStatement,
        at place: Int32
    ) throws {
        switch (storage, value) {
        case (.integer, .integer(let integer)): statement.bind(integer, at: place)
        case (.boolean, .boolean(let boolean)): statement.bind(boolean ? 1 : 0, at: place)
        case (.real, .decimal(let decimal)):
            statement.bind(
                real: Double(value.plainText) ?? Double(decimal.mantissa), at: place)
        case (.list, .list(let values)) where values.isEmpty: statement.bindNull(at: place)
        case (.text, .text(let text)): try statement.bind(text, at: place)
        case (.text, _), (.list, _): try statement.bind(value.plainText, at: place)
        case (.integer, _), (.boolean, _), (.real, _): statement.bindNull(at: place)
        }
    }
}
