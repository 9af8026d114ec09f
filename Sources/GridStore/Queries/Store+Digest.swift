// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
package import GridCore
import GridLog
package import GridSync

/// What proves two replicas equal in one area.
package struct AreaDigests: Hashable, Sendable {
    package let area: AreaCode
    /// Over the heights and heads of the area's logs.
    package let frontier: FrontierDigest
    /// Over the merge states of all its records, read from the tables. 32 bytes.
    package let tables: Bytes32
    package let logs: Int
    package let entries: UInt64
    package let records: Int
}

extension Store {
    /// Digests of every area held, ascending, computed from what is on disk now.
    package func digests() throws -> [AreaDigests] {
        try pool.read { database in
            let references = try LogReferences(database)
            let logs = Dictionary(
                grouping: try Self.logs(database).filter { $0.height > 0 },
                by: \.identity.domain.area)
            var digests: [AreaDigests] = []
            for area in logs.keys.sorted() {
                let rows = (logs[area] ?? []).map { FrontierRow($0) }
                let (tables, records) = try tableDigest(
                    of: area, in: database, references: references)
                digests.append(
                    AreaDigests(
                        area: area, frontier: FrontierDigest(of: rows), tables: tables,
                        logs: rows.count, entries: rows.reduce(0) { $0 + $1.height },
                        records: records))
            }
            return digests
        }
    }

    private func tableDigest(
        of area: AreaCode, in database: Database, references: LogReferences
    ) throws -> (Bytes32, Int) {
        var input = ByteWriter()
        var count = 0
        for table in tables.values.sorted(by: { $0.collection.number < $1.collection.number }) {
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT _key, id, _area, _merge FROM "\(table.collection.name)"
                    WHERE _area = ? ORDER BY id
                    """, arguments: [area.description])
            while let row = try rows.next() {
                input.raw(
                    try Self.recordDigest(
                        row, lane: table.collection.lane, collection: table.collection.number,
                        references: references))
                count += 1
            }
        }
        let others = try Row.fetchCursor(
            database,
            sql: """
                SELECT collection, _key, id, _area, _merge FROM other_records
                WHERE _area = ? ORDER BY collection, id
                """, arguments: [area.description])
        while let row = try others.next() {
            let collection: UInt32 = row["collection"]
            let lane: Lane =
                collection == SystemCollection.certificates ? .authority : .routine
            input.raw(
                try Self.recordDigest(
                    row, lane: lane, collection: collection, references: references))
            count += 1
        }
        return (Hashing.digest(input.bytes, personal: .table), count)
    }

    /// BLAKE2b-256 over collection, id and merge state with full log names.
    private static func recordDigest(
        _ row: Row, lane: Lane, collection: UInt32, references: LogReferences
    ) throws -> Bytes32 {
        let state = try state(
            Array(row["_merge"] as Data), key: RowKey(rawValue: row["_key"]), id: row["id"],
            area: row["_area"], lane: lane, collection: collection, references: references)
        var writer = ByteWriter(reserving: 512)
        writer.unsigned(collection)
        writer.recordID(RecordNaming.id(of: state.address))
        writer.raw(try RecordStateWriter.bytes(of: state, coding: .portable))
        return Hashing.digest(writer.bytes, personal: .table)
    }
}
