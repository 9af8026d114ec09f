// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
package import GridLog

/// Verified runs that wait for entries they depend on, bounded per peer.
package struct ParkedRuns: Sendable {
    package struct Waiting: Sendable {
        package let run: VerifiedRun
        package let source: PublicKey

        /// About what it takes in memory: a run of one small entry is fifty times its bytes, and a
        /// peer may send nothing else.
        var memoryBytes: Int {
            let changes = run.entries.reduce(0) { $0 + $1.contextChanges.count }
            return 1_024 + 192 * run.entries.count + 64 * changes + run.run.entryBytes.count
        }
    }

    private var waiting: [Domain: [Waiting]] = [:]
    private var bytes: [PublicKey: Int] = [:]

    var count: Int { waiting.values.reduce(0) { $0 + $1.count } }

    /// Takes out everything that waits in a domain.
    mutating func take(_ domain: Domain) -> [Waiting] {
        let taken = waiting.removeValue(forKey: domain) ?? []
        for item in taken { bytes[item.source, default: 0] -= item.memoryBytes }
        return taken
    }

    /// - Returns: whether there was room.
    mutating func park(_ item: Waiting) -> Bool {
        let total = bytes[item.source, default: 0] + item.memoryBytes
        guard total <= ProtocolLimits.parkedBytesMax else { return false }
        bytes[item.source] = total
        waiting[item.run.run.identity.domain, default: []].append(item)
        return true
    }

    mutating func forget(_ source: PublicKey) {
        bytes[source] = nil
        for domain in waiting.keys.sorted() {
            waiting[domain]?.removeAll { $0.source == source }
            if waiting[domain]?.isEmpty == true { waiting[domain] = nil }
        }
    }
}
