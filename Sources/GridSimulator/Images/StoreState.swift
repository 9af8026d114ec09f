// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore

/// All that a store holds, as its questions answer it. Two stores of one state are equal.
struct StoreState: Hashable, Sendable {
    private let node: String
    /// Digests of all certificates, and of those that wait.
    let certificates: [[Bytes32]]
    private let peers: [PeerRecord]
    private let held: [PublicKey: VersionVector]
    /// Heights, heads, timestamps and contexts.
    let logs: [LogState]
    /// Over the merge states of all records.
    private let digests: [AreaDigests]

    init(_ store: Store) throws {
        if let node = try store.node() {
            let chain = node.chain?.certificates.map { "\($0.digest)" } ?? []
            self.node = "\(node.name) \(node.area) \(node.nonce) \(chain)"
        } else {
            node = ""
        }
        let certificates = try store.certificates()
        self.certificates = [certificates.all, certificates.waiting].map { $0.map(\.digest) }
        peers = try store.peers()
        held = try store.heldByPeers()
        logs = try store.logs()
        digests = try store.digests()
    }

    var entries: Int { logs.reduce(0) { $0 + Int($1.height) } }

    /// Whether every log has what it had in another state, and records differ only with the logs.
    func isAtLeast(_ other: StoreState) -> Bool {
        guard node == other.node, certificates == other.certificates else { return false }
        guard logs != other.logs else { return digests == other.digests }
        return other.logs.allSatisfy { old in
            logs.contains { $0 == old || $0.identity == old.identity && $0.height > old.height }
        }
    }

    /// In what this differs from another, in words.
    func difference(from other: StoreState) -> String {
        var parts: [String] = []
        if node != other.node { parts.append("node \(node) for \(other.node)") }
        if certificates != other.certificates { parts.append("certificates") }
        if peers != other.peers { parts.append("peers") }
        if held != other.held { parts.append("heights of peers") }
        if logs != other.logs {
            let heights = [logs, other.logs].map { $0.map(\.height) }
            parts.append("logs, of heights \(heights[0]) for \(heights[1])")
        }
        if digests != other.digests { parts.append("records") }
        return parts.joined(separator: ", ")
    }
}
