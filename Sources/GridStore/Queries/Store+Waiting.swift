// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
package import GridCore
import GridLog

extension Store {
    /// When the entry after a height of each log was written, by its author's clock. Logs that hold no
    /// such entry, or more than `entriesMax` of them, are left out: entries say their time against
    /// the one before, so that all that come after are read.
    package func writtenAfter(
        _ heights: [LogID: UInt64], entriesMax: UInt64
    ) throws -> [LogID: HybridTimestamp] {
        try read { database in
            let references = try references(database)
            var found: [LogID: HybridTimestamp] = [:]
            for state in try logs(database) {
                let log = state.identity.log
                guard let height = heights[log], height < state.height,
                    state.height - height <= entriesMax, let reference = references[log]
                else { continue }
                // From the last entry's time back over what each is later than the one before.
                var timestamp = state.timestamp.rawValue
                var source = try RunSource(
                    database, log: log, reference: reference, first: height + 1)
                while source.next != nil {
                    let run = try source.take()
                    for entry in try RunVerifier.read(RunEnvelope.open(run.envelope)).entries
                    where entry.sequence > height + 1 {
                        timestamp = timestamp &- UInt64(bitPattern: entry.timestampChange)
                    }
                }
                found[log] = HybridTimestamp(rawValue: timestamp)
            }
            return found
        }
    }
}
