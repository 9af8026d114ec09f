// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridLog

/// A run as it lies in the ledger.
struct StoredRun {
    let log: LogID
    let last: UInt64
    /// Its place in the order in which runs were applied here.
    let arrival: Int64
    let envelope: [UInt8]
}

/// The runs of one log from a sequence on, read one at a time.
struct RunSource {
    private let log: LogID
    private let rows: RowCursor
    /// The run that `take` gives; nil at the end.
    private(set) var next: StoredRun?

    /// Begins with the run that holds the entry `first`.
    init(_ database: Database, log: LogID, reference: Int64, first: UInt64) throws {
        self.log = log
        // A statement of its own: several logs are read side by side.
        rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, arrival, envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id",
            arguments: [reference << 32 + Int64(first), (reference + 1) << 32])
        try advance()
    }

    mutating func take() throws -> StoredRun {
        guard let run = next else { preconditionFailure("no run of \(log) is left to take") }
        try advance()
        return run
    }

    private mutating func advance() throws {
        next = try rows.next().map { row in
            StoredRun(
                log: log, last: UInt64(try row.cell("id", as: Int64.self) & 0xFFFF_FFFF),
                arrival: try row.cell("arrival"), envelope: try row.bytes("envelope"))
        }
    }
}
