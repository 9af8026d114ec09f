// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog

/// Holds the tables of a database against those built anew from its ledger.
///
/// Both sides are read in the order of a key that does not hang on the local keys of named records,
/// and walked side by side, so that a row too many or too few is told by its own name.
struct TableComparison {
    /// Findings of one table. Whoever damages a table damages many rows.
    private static let findingsMax = 5

    let source: Database
    let target: Database

    func records(of table: TableSchema) throws -> [String] {
        let name = table.collection.name
        return try compare(
            "SELECT id, _area, _key < 0, max(_key, 0), * FROM \"\(name)\" ORDER BY 1, 2, 3, 4",
            keys: 4, ignoring: "_key"
        ) { "\(name) \(Self.text($0, 0))" }
    }

    func otherRecords() throws -> [String] {
        try compare(
            """
            SELECT collection, id, _area, _lane, _key < 0, max(_key, 0), _merge
            FROM other_records ORDER BY 1, 2, 3, 4, 5, 6
            """, keys: 6
        ) { "other_records \(Self.text($0, 0)) \(Self.text($0, 1))" }
    }

    func conflicts(of table: TableSchema) throws -> [String] {
        let name = table.collection.name
        return try compare(
            """
            SELECT records.id, records._area, conflicts.field FROM conflicts
            JOIN "\(name)" AS records ON records._key = conflicts.record
            WHERE conflicts.collection = \(table.collection.number) ORDER BY 1, 2, 3
            """, keys: 3
        ) { "conflicts \(name) \(Self.text($0, 0)) #\(Self.text($0, 2))" }
    }

    /// Conflicts that stand beside no record.
    func conflictsOfNoRecord(_ tables: [UInt32: TableSchema]) throws -> [String] {
        var rest = try Int.fetchOne(source, sql: "SELECT count(*) FROM conflicts") ?? 0
        for table in tables.values {
            rest -=
                try Int.fetchOne(
                    source,
                    sql: """
                        SELECT count(*) FROM conflicts
                        JOIN "\(table.collection.name)" AS records
                            ON records._key = conflicts.record
                        WHERE conflicts.collection = \(table.collection.number)
                        """) ?? 0
        }
        return rest == 0 ? [] : ["conflicts: \(rest) 行无对应记录 / rows of no record"]
    }

    /// Which updates are noted as parallel hangs on the order of arrival; only that they speak of
    /// records and entries that are here can be checked.
    func parallelUpdates(of table: TableSchema) throws -> [String] {
        let strays =
            try Int.fetchOne(
                source,
                sql: """
                    SELECT count(*) FROM parallel_updates
                    WHERE collection = \(table.collection.number) AND NOT EXISTS (
                        SELECT 1 FROM "\(table.collection.name)" AS records
                        WHERE records._key = parallel_updates.record)
                    """) ?? 0
        guard strays > 0 else { return [] }
        return ["parallel_updates \(table.collection.name): \(strays) 行无对应记录 / rows of no record"]
    }

    func logs(_ references: LogReferences) throws -> [String] {
        try compare("SELECT ref, height, state FROM logs ORDER BY 1", keys: 1) { row in
            let reference = row.first.flatMap(Int64.fromDatabaseValue) ?? 0
            let log = references.identities[reference].map { "\($0.log)" }
            return "logs \(log ?? "\(reference)")"
        }
    }

    /// - Parameter sql: rows ascending by their first `keys` columns.
    /// - Parameter name: what a row is called by its keys.
    private func compare(
        _ sql: String, keys: Int, ignoring ignored: String? = nil,
        name: ([DatabaseValue]) -> String
    ) throws -> [String] {
        let stored = try Row.fetchCursor(source, sql: sql)
        let replayed = try Row.fetchCursor(target, sql: sql)
        var findings: [String] = []
        var (left, right) = (try stored.next()?.copy(), try replayed.next()?.copy())
        while findings.count < Self.findingsMax, left != nil || right != nil {
            switch Self.order(left, right, keys: keys) {
            case .same:
                if let left, let right {
                    let columns = zip(left, right).filter { $0.0 != ignored && $0.1 != $1.1 }
                    if !columns.isEmpty {
                        let names = columns.map(\.0.0).joined(separator: ", ")
                        findings.append(
                            name(Self.key(left, keys))
                                + ": \(names) 与日志不符 / differ from the ledger")
                    }
                }
                (left, right) = (try stored.next()?.copy(), try replayed.next()?.copy())
            case .onlyLeft:
                findings.append(name(Self.key(left, keys)) + ": 多出 / unexpected")
                left = try stored.next()?.copy()
            case .onlyRight:
                findings.append(name(Self.key(right, keys)) + ": 缺失 / missing")
                right = try replayed.next()?.copy()
            }
        }
        return findings
    }

    private enum Order {
        case same, onlyLeft, onlyRight
    }

    private static func order(_ left: Row?, _ right: Row?, keys: Int) -> Order {
        guard left != nil else { return .onlyRight }
        guard right != nil else { return .onlyLeft }
        for (one, other) in zip(key(left, keys), key(right, keys)) where one != other {
            return precedes(one, other) ? .onlyLeft : .onlyRight
        }
        return .same
    }

    private static func key(_ row: Row?, _ keys: Int) -> [DatabaseValue] {
        row.map { Array($0.databaseValues.prefix(keys)) } ?? []
    }

    private static func text(_ key: [DatabaseValue], _ index: Int) -> String {
        key[index].storage.value.map { "\($0)" } ?? "NULL"
    }

    /// SQLite's order of integers and of texts; keys are nothing else.
    private static func precedes(_ left: DatabaseValue, _ right: DatabaseValue) -> Bool {
        switch (left.storage, right.storage) {
        case (.int64(let one), .int64(let other)): one < other
        case (.string(let one), .string(let other)):
            one.utf8.lexicographicallyPrecedes(other.utf8)
        case (.int64, _): true
        case (.null, _), (.double, _), (.string, _), (.blob, _): false
        }
    }
}
