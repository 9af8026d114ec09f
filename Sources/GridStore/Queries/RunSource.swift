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
    private let seal: FolderSeal
    /// The run that `take` gives; nil at the end.
    private(set) var next: StoredRun?

    /// Begins with the entry `first`: of a run that holds earlier ones too, they are cut off.
    init(
        _ database: Database, log: LogID, reference: Int64, first: UInt64, seal: FolderSeal
    ) throws {
        self.log = log
        self.seal = seal
        // A statement of its own: several logs are read side by side.
        rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, first, arrival, envelope FROM runs
                WHERE id >= ? AND id < ? ORDER BY id
                """,
            arguments: [reference << 32 + Int64(first), (reference + 1) << 32])
        try advance(from: first)
    }

    mutating func take() throws -> StoredRun {
        guard let run = next else { preconditionFailure("no run of \(log) is left to take") }
        try advance()
        return run
    }

    private mutating func advance(from first: UInt64 = 0) throws {
        next = try rows.next().map { row in
            let last = UInt64(try row.cell("id", as: Int64.self) & 0xFFFF_FFFF)
            var envelope = try seal.envelope(in: row)
            if try row.cell("first", as: Int64.self) < Int64(clamping: first) {
                do {
                    envelope = RunEnvelope.seal(
                        try RunVerifier.read(RunEnvelope.open(envelope)).rest(after: first - 1))
                } catch {
                    throw StoreFailure.damaged(
                        what: "the run of \(log) that ends at \(last): \(error)")
                }
            }
            return StoredRun(
                log: log, last: last, arrival: try row.cell("arrival"), envelope: envelope)
        }
    }
}
