// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Where the time of W1 goes: what sender, channel and receiver do, one after the other in this
/// process.
struct CatchUpStages: Work {
    static let name = "stages-w1"
    static let title = "stages of a catch-up, one after the other in one process"

    enum Part: String, Stage {
        case readLedger = "read_ledger"
        case openOwn = "open_own_runs"
        case join = "join_runs"
        case seal = "seal_runs"
        case encrypt
        case decrypt
        case open = "open_envelopes"
        case read = "read_entries"
        case hash
        case verify = "verify_signatures"
        case plan
        case decode = "decode_entries"
        case load = "load_records"
        case apply
        case storeRuns = "store_runs"
        case saveRecords = "save_records"
        case saveLogs = "save_logs"
        case commit

        /// What the receiver does; the rest is the sender's.
        static let received = allCases.drop { $0 != .decrypt }
    }

    /// What a session reads at a time (`SyncSession.fetchBytes`).
    private static let fetchBytes = 32_768

    private let bench: Bench
    private let village: EnrolledFolder

    init(_ bench: Bench) throws {
        self.bench = bench
        village = try bench.writtenVillage(work: CatchUp<PlainCatchUp>.name)
    }

    func measure() throws -> [Figure] {
        var times = StageTimes<Part>()
        let sender = try Store(ofBench: village.path)
        guard let chain = try sender.node()?.chain else { throw BenchFailure("not enrolled") }
        let sent = try carry(sending(from: sender, &times), &times)
        let receiver = try ReceivingStages(
            bench.emptyTownship("stages-township"), hearing: chain)
        let entries = try receiver.take(sent, &times)
        guard try sender.digests().map(\.tables) == receiver.digests() else {
            throw BenchFailure("\(Self.name): the digests differ")
        }
        return times.figures(entries: entries) + [
            Figure("receiver_seconds", times.sum(Part.received), .seconds),
            Figure("commits", receiver.commits),
        ]
    }

    /// All envelopes that a session would send to a peer without anything.
    ///
    /// Opening, joining and sealing are part of each read, and timed once more alone.
    private func sending(
        from store: Store, _ times: inout StageTimes<Part>
    ) throws -> [[UInt8]] {
        let logs = try store.logs()
        guard logs.count == 1, let log = logs.first else {
            throw BenchFailure("\(Self.name): \(logs.count) logs instead of one")
        }
        var runs: [OutgoingRun] = []
        while (runs.last?.last ?? 0) < log.height {
            let range = FetchRequest.Range(
                log: log.identity.log, first: (runs.last?.last ?? 0) + 1)
            let request = FetchRequest(
                lane: log.identity.domain.lane, ranges: [range], bytes: Self.fetchBytes)
            runs += try times.time(.readLedger) { try store.runs(for: request) }
        }
        var stored = try store.envelopes(of: log.identity.log)[...]
        for run in runs {
            let parts = stored.prefix { $0.last <= run.last }
            stored = stored.dropFirst(parts.count)
            // What is large enough goes as it lies there.
            guard parts.count > 1 || parts.first?.envelope != run.envelope else { continue }
            let began = Clock.thread
            let opened = try times.time(.openOwn) {
                try parts.map { try RunEnvelope.open($0.envelope) }
            }
            guard let joined = times.time(.join, { Run.joined(opened) }) else { continue }
            _ = times.time(.seal) { RunEnvelope.seal(joined) }
            times.add(Clock.seconds(from: Clock.thread, to: began), to: .readLedger)
        }
        return runs.map(\.envelope)
    }

    /// What comes out of an encrypted channel at the other end.
    private func carry(
        _ envelopes: [[UInt8]], _ times: inout StageTimes<Part>
    ) throws -> [[UInt8]] {
        let key = Random.bytes(32)
        var sending = CipherState(key: key)
        var receiving = CipherState(key: key)
        return try envelopes.map { envelope in
            let sealed = try times.time(.encrypt) {
                let frame = SyncMessage.run(envelope).encoded
                return try stride(from: 0, to: frame.count, by: NoiseLimits.plaintextBytesMax).map {
                    try sending.encrypt(
                        Array(frame[$0...].prefix(NoiseLimits.plaintextBytesMax)))
                }
            }
            let message = try times.time(.decrypt) {
                try SyncMessage(decoding: sealed.flatMap { try receiving.decrypt($0) })
            }
            guard case .run(let arrived) = message else { throw BenchFailure("no run arrived") }
            return arrived
        }
    }
}
