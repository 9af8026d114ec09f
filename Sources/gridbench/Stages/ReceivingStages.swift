// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// The receiver's part of a catch-up. What one call does in several stages is done more than once:
/// whole, and in parts, each alone.
final class ReceivingStages {
    typealias Times = StageTimes<CatchUpStages.Part>

    /// Entries of a commit, in bytes: what a link has waiting when the writer is the slower part
    /// (`Courier.verifiedBytesMax`).
    private static let commitBytes = 2_097_152

    private let folder: FolderReplica
    private let source: PublicKey
    private(set) var commits = 0

    /// Opens the folder of a replica that has met the sender.
    init(_ township: EnrolledFolder, hearing chain: VerifiedChain) throws {
        folder = try FolderReplica(stages: township.path, knowing: chain.certificates)
        source = chain.leaf.subject
    }

    /// Over all records, by area.
    func digests() throws -> [Bytes32] { try folder.store.digests().map(\.tables) }

    /// Takes everything that came, in commits of some size.
    /// - Returns: how many entries there were.
    func take(_ envelopes: [[UInt8]], _ times: inout Times) throws -> Int {
        var entries = 0
        var waiting: [VerifiedRun] = []
        var bytes = 0
        for envelope in envelopes {
            let run = try verify(envelope, &times)
            entries += run.entries.count
            bytes += run.run.entryBytes.count
            waiting.append(run)
            guard bytes >= Self.commitBytes else { continue }
            try commit(waiting, &times)
            (waiting, bytes) = ([], 0)
        }
        if !waiting.isEmpty { try commit(waiting, &times) }
        return entries
    }

    private func verify(_ envelope: [UInt8], _ times: inout Times) throws -> VerifiedRun {
        let run = try times.time(.open) { try RunEnvelope.open(envelope) }
        let began = Clock.thread
        let read = try RunVerifier.read(run)
        times.add(Clock.seconds(from: began, to: Clock.thread), to: .read)
        let hashing = Self.secondsOfHashing(read)
        times.add(hashing, to: .hash)
        times.add(-hashing, to: .read)
        guard let last = read.hashes.last,
            times.time(
                .verify,
                { Signing.isValid(run.signature, of: .entry, over: last, by: run.identity.key) })
        else { throw BenchFailure("a signature is wrong") }
        return try RunVerifier.verify(envelope: envelope)
    }

    /// What the hashes of a run take by themselves: salt, values and chain of each entry.
    private static func secondsOfHashing(_ run: VerifiedRun) -> Double {
        var salts = SaltDeriver(seed: .random())
        let chained = [UInt8](repeating: 0, count: 104)
        return seconds {
            run.run.entryBytes.withUnsafeBytes { bytes in
                for entry in run.entries {
                    let salt = salts.salt(at: entry.sequence)
                    _ = Hashing.digest(
                        UnsafeRawBufferPointer(rebasing: bytes[entry.values]), personal: .values,
                        salt: salt)
                    _ = Hashing.digest(chained + bytes[entry.head], personal: .entry)
                }
            }
        }
    }

    /// Commits runs twice: first to be timed in parts and undone, and then as the engine does.
    private func commit(_ runs: [VerifiedRun], _ times: inout Times) throws {
        let planning = try secondsOfPlanning(runs)
        let decoding = seconds {
            for run in runs { for entry in run.entries { _ = entry.changes } }
        }
        times.add(planning, to: .plan)
        times.add(decoding, to: .decode)

        var saving = 0.0
        try folder.rehearse { batch, transaction in
            let storage = TimedStorage(transaction.ledger)
            let began = Clock.thread
            let verdicts = try batch.admit(runs, from: source, storage: storage)
            let admitting = Clock.seconds(from: began, to: Clock.thread)
            guard verdicts.allSatisfy({ if case .admitted = $0 { true } else { false } })
            else { throw BenchFailure("not admitted: \(verdicts)") }
            times.add(storage.loading, to: .load)
            times.add(admitting - planning - decoding - storage.loading, to: .apply)
            saving = try seconds { try batch.commit(to: storage) }
            times.add(storage.appending, to: .storeRuns)
            times.add(storage.savingLogs, to: .saveLogs)
            times.add(saving - storage.appending - storage.savingLogs, to: .saveRecords)
        }
        let rest = try folder.commit { batch, transaction in
            _ = try transaction.admit(runs, from: source, in: &batch)
        }
        times.add(rest.busy - saving, to: .commit)
        times.waiting += rest.waiting
        commits += 1
    }

    /// What it takes to find out which entries can be applied, by the calls of `AdmissionPlan`.
    private func secondsOfPlanning(_ runs: [VerifiedRun]) throws -> Double {
        var applied = folder.replica.frontier
        var logs: [LogID: LogState] = [:]
        return try seconds {
            for run in runs {
                let identity = run.run.identity
                var log = logs[identity.log] ?? folder.replica.log(identity)
                for (place, entry) in run.entries.enumerated() {
                    guard log.isCovered(entry, by: applied) else {
                        throw BenchFailure("the runs of a lone writer wait for nobody")
                    }
                    try log.take(entry)
                    try log.check(entry)
                    log.advance(to: run.hashes[place])
                }
                logs[identity.log] = log
                applied.raise(identity.log, to: log.height)
            }
        }
    }
}
