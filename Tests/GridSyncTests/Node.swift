// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// A replica with its store, and a shell around both that does each thing in one transaction.
final class Node {
    let number: UInt8
    private(set) var replica: Replica
    let storage: MemoryStorage
    var now: UInt64 = 1_790_000_000_000

    init(
        _ number: UInt8, scope: AreaCode? = nil, nonce: UInt64 = 1,
        knowing: [UInt8] = County.everyone
    ) {
        self.number = number
        let area = scope ?? County.certificates[number]?.area ?? County.root
        replica = Replica(
            author: County.author(number), nonce: ReplicaNonce(high: UInt64(number), low: nonce),
            scope: Scope(area), directory: County.directory(knowing: knowing),
            logs: [])
        storage = MemoryStorage()
    }

    private init(_ other: Node) {
        number = other.number
        replica = other.replica
        storage = other.storage.copy()
        now = other.now
    }

    /// The node as it is now, to go on apart from this one: what a cloned disk is.
    func copy() -> Node { Node(self) }

    var batch: ReplicaBatch<County.Rules> { replica.batch(rules: County.Rules(), now: now) }

    func adopt(_ batch: ReplicaBatch<County.Rules>) { replica.adopt(batch) }

    @discardableResult
    func author(_ changes: LocalChange...) throws -> AuthoredWrite { try author(changes) }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        now += 1
        var batch = batch
        let write = try batch.author(changes, storage: storage)
        try batch.commit(to: storage)
        replica.adopt(batch)
        return write
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun], from source: UInt8 = 99) throws -> [Verdict] {
        var batch = batch
        let verdicts = try batch.admit(
            runs, from: County.author(source).key, storage: storage)
        try batch.commit(to: storage)
        replica.adopt(batch)
        return verdicts
    }

    func learn(_ chain: CertificateChain) throws {
        replica.learn(try VerifiedChain.verify(chain, root: replica.directory.root))
    }

    func forgetParked(from source: UInt8) {
        replica.forgetParked(from: County.author(source).key)
    }

    var state: MemoryStorage.Snapshot { storage.snapshot }
    var runs: [VerifiedRun] { storage.runs }

    func log(_ area: AreaCode = County.village, lane: Lane = .routine) -> LogID {
        LogID(replica: replica.id, domain: Domain(area: area, lane: lane))
    }

    var rows: [FrontierRow] {
        replica.logs(where: replica.scope.contains).map { FrontierRow($0) }
    }
}
