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
        try read { database in
            let references = try references(database)
            let logs = Dictionary(
                grouping: try logs(database).filter { $0.height > 0 }, by: \.identity.domain.area)
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
        var digests: [Bytes32] = []
        for table in tables.values.sorted(by: { $0.collection.number < $1.collection.number }) {
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(table.stateColumns) FROM "\(table.collection.name)"
                    WHERE _area = ?
                    """, arguments: [area.description])
            while let row = try rows.next() {
                digests.append(
                    try Self.digest(
                        of: try self.state(row, of: table, references: references)))
            }
        }
        let others = try Row.fetchCursor(
            database,
            sql: """
                SELECT collection, _key, id, _area, _lane, _merge FROM other_records
                WHERE _area = ?
                """, arguments: [area.description])
        while let row = try others.next() {
            digests.append(
                try Self.digest(of: try self.otherState(row, references: references)))
        }
        // Where a record is kept differs with the catalogue's edition; what it is does not.
        var input = ByteWriter(reserving: 32 * digests.count)
        for digest in digests.sorted() { input.raw(digest) }
        return (Hashing.digest(input.bytes, personal: .table), digests.count)
    }

    /// BLAKE2b-256 over lane, collection, id and merge state with full log names.
    static func digest(of state: RecordState) throws -> Bytes32 {
        var writer = ByteWriter(reserving: 512)
        writer.byte(state.domain.lane.rawValue)
        writer.unsigned(state.collection)
        writer.recordID(RecordNaming.id(of: state.address))
        writer.raw(try RecordStateWriter.bytes(of: state, coding: .portable))
        return Hashing.digest(writer.bytes, personal: .table)
    }
}
