// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
package import GridCore
import GridLog

extension Store {
    /// When entries were written, by their authors' clocks. An entry says its time against the one
    /// before, so each log is read once, from its end back to the first entry that is asked for.
    ///
    /// - Parameter entriesMax: entries that lie deeper in their log, and those that are not here, are
    ///   left out.
    package func writtenAt(_ dots: Set<Dot>, entriesMax: UInt64) throws -> [Dot: HybridTimestamp] {
        guard !dots.isEmpty else { return [:] }
        return try read { database in
            let references = try references(database)
            let wanted = Dictionary(grouping: dots, by: \.log)
            var found: [Dot: HybridTimestamp] = [:]
            for state in try logs(database) {
                let log = state.identity.log
                let sequences = Set((wanted[log] ?? []).map(\.sequence)).filter {
                    $0 <= state.height && state.height - $0 < entriesMax
                }
                guard let first = sequences.min(), let reference = references[log] else { continue }
                var source = try RunSource(
                    database, log: log, reference: reference, first: first, seal: seal)
                // What each is later than the one before, in the order of the log.
                var changes: [UInt64] = []
                while source.next != nil {
                    let run = try source.take()
                    changes += try RunVerifier.read(RunEnvelope.open(run.envelope)).entries
                        .filter { $0.sequence >= first }
                        .map { UInt64(bitPattern: $0.timestampChange) }
                }
                var timestamp = state.timestamp.rawValue
                for (offset, change) in changes.enumerated().reversed() {
                    let sequence = first + UInt64(offset)
                    if sequences.contains(sequence) {
                        found[Dot(log: log, sequence: sequence)] = HybridTimestamp(
                            rawValue: timestamp)
                    }
                    timestamp = timestamp &- change
                }
            }
            return found
        }
    }
}
