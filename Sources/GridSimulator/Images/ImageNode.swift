// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// A folder's replica as it ships, with its store and head ledger and without a daemon.
final class ImageNode {
    let folder: FolderReplica
    private var now: UInt64

    var store: Store { folder.store }
    var replica: Replica { folder.replica }

    /// Opens a folder whose node is enrolled.
    init(_ number: UInt8, _ store: Store, now: UInt64) throws {
        folder = try FolderReplica(
            store: store, author: ImageCounty.author(number), compaction: .smallWorlds,
            now: now)
        self.now = now
    }

    /// Makes an empty folder the node of this number.
    static func enrol(_ number: UInt8, nonce: UInt64, in store: Store) throws {
        let chain = try ImageCounty.chain(of: number)
        try store.setNode(
            NodeRecord(
                name: "\(number)", area: chain.leaf.area,
                nonce: ReplicaNonce(high: UInt64(number), low: nonce), chain: chain))
    }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        now += 1000
        return try folder.commit(now: now) { try $1.author(changes, in: &$0) }.outcome
    }

    func admit(_ runs: [VerifiedRun], from peer: UInt8) throws {
        now += 1000
        let source = ImageCounty.author(peer).key
        let verdicts = try folder.commit(now: now) {
            try $1.admit(runs, from: source, in: &$0)
        }.outcome
        for case .refused(let refusal) in verdicts {
            preconditionFailure("a run of the workload is refused: \(refusal)")
        }
    }

    /// Everything that a peer lacks, judged by the heights it has.
    func runs(beyond held: VersionVector) throws -> [VerifiedRun] {
        let ranges = try store.logs().map(\.identity.log).map {
            FetchRequest.Range(log: $0, first: held[$0] + 1)
        }
        let request = FetchRequest(lane: .routine, ranges: ranges, bytes: .max)
        return try store.runs(for: request).map {
            try RunVerifier.verify(try RunEnvelope.open($0.envelope))
        }
    }
}
