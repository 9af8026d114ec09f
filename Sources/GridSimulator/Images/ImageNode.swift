// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// A replica with the store that ships, each thing done in one transaction and without a daemon.
final class ImageNode {
    let number: UInt8
    let store: Store
    private(set) var replica: Replica
    private var now: UInt64

    /// Opens a folder whose node is enrolled.
    init(_ number: UInt8, _ store: Store, now: UInt64) throws {
        self.number = number
        self.store = store
        self.now = now
        replica = try Self.replica(number, store)
    }

    /// Makes an empty folder the node of this number.
    static func enrol(_ number: UInt8, nonce: UInt64, in store: Store) throws {
        let chain = try ImageCounty.chain(of: number)
        try store.setNode(
            NodeRecord(
                name: "\(number)", area: chain.leaf.area,
                nonce: ReplicaNonce(high: UInt64(number), low: nonce), chain: chain))
    }

    /// What the node has written, as rows of the head ledger.
    var ownHeads: [HeadLedger.Row] {
        replica.logs { _ in true }
            .filter { $0.identity.log.replica == replica.id && $0.height > 0 }
            .map { HeadLedger.Row(log: $0.identity.log, height: $0.height, head: $0.head) }
    }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        try work { try $1.author(changes, in: &$0) }
    }

    func admit(_ runs: [VerifiedRun], from peer: UInt8) throws {
        let source = ImageCounty.author(peer).key
        _ = try work { try $1.admit(runs, from: source, in: &$0) }
    }

    /// Everything that a peer lacks, judged by the heights it has.
    func runs(beyond held: VersionVector) throws -> [VerifiedRun] {
        let ranges = try store.logs().map(\.identity.log).map {
            FetchRequest.Range(log: $0, first: held[$0] + 1)
        }
        let request = FetchRequest(lane: .routine, ranges: ranges, bytes: .max)
        return try store.runs(for: request).map {
            try RunVerifier.verify(try Run(decoding: RunEnvelope.open($0.envelope)))
        }
    }

    /// Goes on as a new replica, as after an older image.
    func become(nonce: UInt64) throws {
        try Self.enrol(number, nonce: nonce, in: store)
        replica = try Self.replica(number, store)
    }

    private static func replica(_ number: UInt8, _ store: Store) throws -> Replica {
        guard let node = try store.node() else {
            preconditionFailure("the folder of node \(number) has no node")
        }
        return Replica(
            author: ImageCounty.author(number), nonce: node.nonce, scope: Scope(node.area),
            directory: try ImageCounty.directory(), logs: try store.logs())
    }

    private func work<Result>(
        _ body: (inout ReplicaBatch<Catalogue>, StoreTransaction) throws -> Result
    ) throws -> Result {
        now += 1000
        var batch = replica.batch(rules: store.catalogue, now: now)
        let result = try store.commit(&batch) { batch, transaction in
            let result = try body(&batch, transaction)
            if batch.changesLevels { try transaction.markStale() }
            return result
        }
        replica.adopt(batch)
        return result
    }
}
