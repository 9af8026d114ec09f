// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

/// The small local numbers of logs, kept in memory beside their table. A number that has been
/// committed stands for its log for ever, so a copy may lag its table and is never wrong.
struct LogReferences: Sendable {
    /// Local numbers fit 23 bits, so that a record's key fits 63 (RowKey).
    static let referenceMax: Int64 = 1 << 23 - 1

    private var references: [LogID: Int64] = [:]
    private(set) var identities: [Int64: LogIdentity] = [:]
    private var greatest: Int64 = 0

    init() {}

    init(_ database: Database) throws { try complete(from: database) }

    /// Takes in the numbers that the connection can see and this copy does not have yet.
    mutating func complete(from database: Database) throws {
        let last = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT max(ref) FROM logs"))
        guard let last, last > greatest else { return }
        let rows = try Row.fetchCursor(
            database, sql: "SELECT ref, area, lane, key, nonce FROM logs WHERE ref > ?",
            arguments: [greatest])
        while let row = try rows.next() {
            insert(try Self.identity(row), reference: try row.cell("ref"))
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
        greatest = max(greatest, reference)
    }

    private static func identity(_ row: Row) throws -> LogIdentity {
        var nonce = ByteReader(try row.bytes("nonce"))
        guard let key = Bytes32(try row.bytes("key")),
            let lane = Lane(rawValue: UInt8(clamping: try row.cell("lane", as: Int64.self)))
        else {
            throw StoreFailure.damaged(
                what: "table logs, row \(try row.cell("ref", as: Int64.self))")
        }
        return LogIdentity(
            key: PublicKey(key),
            nonce: ReplicaNonce(high: try nonce.fixed64(), low: try nonce.fixed64()),
            domain: Domain(
                area: try AreaCode(parsing: try row.cell("area", as: String.self)), lane: lane))
    }
}

extension LogReferences: LogNumbers {
    func number(of log: LogID) -> Int64? { self[log] }

    func log(numbered number: Int64) throws -> LogID { try identity(number).log }
}
