// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// Logs that have ended, as they are named to a peer (Protocol/cutoffs.md, "Messages"). Whoever never
/// met the certificates by which a key wrote, because an office's word of them was cut off, cannot
/// know that its logs have ended; so they go with the names.
struct EndedLogs {
    /// Ascending by log.
    private let logs: [LogIdentity]
    /// By subject.
    private let orphans: [PublicKey: [Certificate]]

    init(_ logs: [LogIdentity], orphans: [Certificate]) {
        self.logs = logs
        self.orphans = Dictionary(grouping: orphans, by: \.subject)
    }

    /// One message for each key with orphans, and one for the others.
    var messages: [SyncMessage] {
        let others = logs.filter { orphans[$0.key] == nil }
        let keys = Set(logs.map(\.key)).filter { orphans[$0] != nil }.sorted()
        return (others.isEmpty ? [] : [.ended(others)])
            + keys.map { key in .orphans(path(to: key), ending: logs.filter { $0.key == key }) }
    }

    /// The orphans of a key and of those who have issued them, the nearest first.
    private func path(to key: PublicKey) -> [Certificate] {
        var path: [Certificate] = []
        var (next, seen) = ([key], Set([key]))
        while let subject = next.popLast(), path.count < ProtocolLimits.orphansMax {
            for certificate in orphans[subject] ?? [] {
                path.append(certificate)
                if seen.insert(certificate.issuer).inserted { next.append(certificate.issuer) }
            }
        }
        return Array(path.prefix(ProtocolLimits.orphansMax))
    }
}
