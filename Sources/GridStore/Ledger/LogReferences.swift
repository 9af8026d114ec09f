// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

/// The small local numbers of logs, kept in memory beside their table.
struct LogReferences: Sendable {
    /// Local numbers fit 23 bits, so that a record's key fits 63 (RowKey).
    static let referenceMax: Int64 = 1 << 23 - 1

    private var references: [LogID: Int64] = [:]
    private(set) var identities: [Int64: LogIdentity] = [:]

    init() {}

    init(_ database: Database) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT ref, area, lane, key, nonce FROM logs")
        while let row = try rows.next() {
            insert(try Self.identity(row), reference: row["ref"])
        }
    }

    subscript(log: LogID) -> Int64? { references[log] }

    func identity(_ reference: Int64) throws -> LogIdentity {
        guard let identity = identities[reference] else {
            throw StoreFailure.damaged(what: "no log has the number \(reference)")
        }
        return identity
    }

    mutating func insert(_ identity: LogIdentity, reference: Int64) {
        references[identity.log] = reference
        identities[reference] = identity
    }

    private static func identity(_ row: Row) throws -> LogIdentity {
        let key: [UInt8] = Array(row["key"] as Data)
        var reader = ByteReader(Array(row["nonce"] as Data))
        guard let keyBytes = Bytes32(key), let high = try? reader.fixed64(),
            let low = try? reader.fixed64(), let lane = Lane(rawValue: row["lane"]),
            let area = try? AreaCode(parsing: row["area"] as String)
        else { throw StoreFailure.damaged(what: "table logs, row \(row["ref"] as Int64)") }
        return LogIdentity(
            key: PublicKey(keyBytes), nonce: ReplicaNonce(high: high, low: low),
            domain: Domain(area: area, lane: lane))
    }
}
