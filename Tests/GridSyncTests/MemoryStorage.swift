// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import GridTesting

/// A store in memory. It keeps runs in the order in which they were admitted and serves them so.
final class MemoryStorage: ReplicaStorage {
    /// All that a replica's state is to be judged by.
    struct Snapshot: Equatable {
        var records: [RecordKey: RecordState] = [:]
        var logs: [LogID: LogState] = [:]
    }

    /// What a test tells a store to do wrong.
    struct Broken: Error {}

    private(set) var snapshot = Snapshot()
    private(set) var runs: [VerifiedRun] = []
    private(set) var updates: [ParallelUpdate] = []
    var isBroken = false
    /// Logs whose runs it does not find.
    var withheld: Set<LogID> = []

    func record(_ key: RecordKey) throws -> RecordState? {
        if isBroken { throw Broken() }
        return snapshot.records[key]
    }

    func append(_ run: VerifiedRun) throws {
        if isBroken { throw Broken() }
        runs.append(run)
    }

    func save(_ record: TouchedRecord) throws {
        let state = record.state
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        snapshot.records[key] = state
    }

    func save(_ log: LogState) throws { snapshot.logs[log.identity.log] = log }

    func note(_ update: ParallelUpdate) throws { updates.append(update) }

    func copy() -> MemoryStorage {
        let copy = MemoryStorage()
        copy.snapshot = snapshot
        copy.runs = runs
        copy.updates = updates
        return copy
    }

    /// Runs that the request asks for, area by area in the order of admission, small neighbours
    /// joined, about as many bytes as wanted and at least one.
    func fetch(_ request: FetchRequest) -> [OutgoingRun] {
        let firsts = Dictionary(
            request.ranges.map { ($0.log, $0.first) }, uniquingKeysWith: { first, _ in first })
        var outgoing: [OutgoingRun] = []
        var bytes = 0
        var pending: Run?
        let domains = Dictionary(grouping: runs.map(\.run), by: \.identity.domain)
        for run in domains.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            guard let first = firsts[run.identity.log], run.last >= first,
                !withheld.contains(run.identity.log)
            else { continue }
            let waiting = pending?.entryBytes.count ?? 0
            if bytes + waiting < request.bytes,
                waiting + run.entryBytes.count <= ProtocolLimits.runBytesTarget,
                let joined = pending?.joined(with: run)
            {
                pending = joined
                continue
            }
            if let run = pending { outgoing.append(Self.outgoing(run, &bytes)) }
            pending = nil
            if bytes >= request.bytes { break }
            pending = run
        }
        if let run = pending, outgoing.isEmpty || bytes < request.bytes {
            outgoing.append(Self.outgoing(run, &bytes))
        }
        return outgoing
    }

    /// Entries and bytes above the given heights, by lane.
    func totals(_ ranges: [FetchRequest.Range]) -> [SyncMessage.LaneTotal] {
        let firsts = Dictionary(
            ranges.map { ($0.log, $0.first) }, uniquingKeysWith: { first, _ in first })
        return Lane.allCases.compactMap { lane in
            let wanted = runs.map(\.run).filter {
                $0.identity.domain.lane == lane && $0.last >= firsts[$0.identity.log] ?? .max
            }
            guard !wanted.isEmpty else { return nil }
            return SyncMessage.LaneTotal(
                lane: lane, entries: wanted.reduce(0) { $0 + UInt64($1.count) },
                bytes: wanted.reduce(0) { $0 + UInt64($1.entryBytes.count) })
        }
    }

    private static func outgoing(_ run: Run, _ bytes: inout Int) -> OutgoingRun {
        let envelope = RunEnvelope.seal(run)
        bytes += envelope.count
        return OutgoingRun(log: run.identity.log, last: run.last, envelope: envelope)
    }
}
