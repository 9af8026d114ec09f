// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// A store in memory: what a real one is held against.
final class MemoryStorage: ReplicaStorage {
    private(set) var records: [RecordKey: RecordState] = [:]
    private(set) var logs: [LogID: LogState] = [:]
    /// In the order in which they were applied.
    private(set) var runs: [VerifiedRun] = []

    func record(_ key: RecordKey) throws -> RecordState? { records[key] }

    func append(_ run: VerifiedRun) throws { runs.append(run) }

    func save(_ record: TouchedRecord) throws {
        let state = record.state
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        records[key] = state
    }

    func save(_ log: LogState) throws { logs[log.identity.log] = log }

    func note(_ update: ParallelUpdate) throws {}
}

/// A replica in memory, whose runs a store is given.
final class Writer {
    private(set) var replica: Replica
    let storage = MemoryStorage()
    let catalogue: Catalogue
    var now: UInt64 = 1_790_000_000_000

    init(_ number: UInt8, catalogue: Catalogue = .small, nonce: UInt64 = 1) throws {
        self.catalogue = catalogue
        replica = Replica(
            author: County.author(number), nonce: ReplicaNonce(high: UInt64(number), low: nonce),
            scope: Scope(try County.chain(of: number).leaf.area), directory: County.directory,
            logs: [])
    }

    @discardableResult
    func author(_ changes: LocalChange...) throws -> AuthoredWrite { try author(changes) }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        now += 1
        var batch = replica.batch(rules: catalogue, now: now)
        let write = try batch.author(changes, storage: storage)
        try batch.commit(to: storage)
        replica.adopt(batch)
        return write
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun]) throws -> [Verdict] {
        var batch = replica.batch(rules: catalogue, now: now)
        let verdicts = try batch.admit(runs, from: County.author(99).key, storage: storage)
        try batch.commit(to: storage)
        replica.adopt(batch)
        return verdicts
    }

    var runs: [VerifiedRun] { storage.runs }

    /// Some of its runs as one, under the signature of the last.
    func joined(_ places: ClosedRange<Int>) throws -> VerifiedRun {
        guard let run = Run.joined(runs[places].map(\.run)) else {
            preconditionFailure("no runs \(places)")
        }
        return try RunVerifier.verify(run)
    }
}
