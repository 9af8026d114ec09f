// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Takes in what lay in quarantine on another machine. Nothing of it counts by itself.
struct QuarantineImport {
    /// What came of it.
    struct Outcome {
        /// Entries that were not here.
        var entries: UInt64 = 0
        /// Runs of which everything is here or was settled here.
        var known: UInt64 = 0
        /// Runs that were turned away, by reason.
        var refused: [String: UInt64] = [:]
        /// Whose work came.
        var writers: Set<PublicKey> = []
        /// Why the file was not read to its end.
        var problem: BundleFailure?
    }

    /// What is verified at a time, in bytes of envelopes, or one run.
    private static let lotBytesMax = 65_536
    /// What is brought in with one commit, in bytes of entries.
    private static let commitBytesMax = 4_194_304

    let engine: ReplicationEngine

    /// Who has sealed a file. It may well be cut off: what it brings has signatures of its own.
    func sender(of reader: borrowing BundleReader) throws -> VerifiedChain {
        let root = engine.current.directory.root
        guard reader.header.root == root else { throw Self.refusal("foreign_root") }
        let chain: VerifiedChain
        do throws(ChainRefusal) {
            chain = try .verify(reader.header.chain, root: root)
        } catch {
            throw Self.refusal(error.rawValue)
        }
        guard Ed25519.agreementPublicKey(of: chain.leaf.subject.bytes.array) == reader.senderKey
        else { throw Self.refusal("key_mismatch") }
        guard chain.leaf.area.contains(reader.header.area) else {
            throw Self.refusal("may_not_read")
        }
        return chain
    }

    /// Takes in what a reader gives, to its end or to what is wrong with it.
    func take(_ reader: consuming BundleReader, from chain: VerifiedChain) async throws -> Outcome {
        let theirs = Scope(reader.header.area, areas: engine.current.directory.areas)
        var outcome = Outcome()
        var brought = CarriedRuns()
        var lot: [[UInt8]] = []
        var runs: [VerifiedRun] = []
        do throws(BundleFailure) {
            while let item = try reader.next() {
                switch item {
                case .run(let envelope): lot.append(envelope)
                case .end: continue
                case .holds, .belief, .ended, .receipt: throw .malformed(code: "unknown_tag")
                }
                guard lot.reduce(0, { $0 + $1.count }) >= Self.lotBytesMax else { continue }
                try await verify(&lot, in: theirs, &runs, &outcome)
                guard runs.reduce(0, { $0 + $1.run.entryBytes.count }) >= Self.commitBytesMax
                else { continue }
                try await bring(&runs, from: chain, &brought, &outcome)
            }
        } catch {
            outcome.problem = error
        }
        do throws(BundleFailure) {
            try await verify(&lot, in: theirs, &runs, &outcome)
            try await bring(&runs, from: chain, &brought, &outcome)
        } catch {
            outcome.problem = outcome.problem ?? error
        }
        return outcome
    }

    private func verify(
        _ lot: inout [[UInt8]], in theirs: Scope, _ runs: inout [VerifiedRun],
        _ outcome: inout Outcome
    ) async throws(BundleFailure) {
        guard !lot.isEmpty else { return }
        let genuine: [VerifiedRun]
        do {
            genuine = try await Gate(engine: engine).verify(lot).runs
        } catch {
            throw .system(path: engine.store.folder.path, reason: "\(error)")
        }
        let notGenuine = lot.count - genuine.count
        if notGenuine > 0 { outcome.refused["run_not_genuine", default: 0] += UInt64(notGenuine) }
        for run in genuine {
            guard let code = refusal(of: run, in: theirs) else {
                runs.append(run)
                continue
            }
            outcome.refused[code, default: 0] += 1
        }
        lot = []
    }

    /// Why a genuine run has no place in a quarantine here.
    private func refusal(of run: VerifiedRun, in theirs: Scope) -> String? {
        let directory = engine.current.directory
        let identity = run.run.identity
        let own = Scope(engine.current.chain.leaf.area, areas: directory.areas)
        guard own.contains(identity.domain.area),
            theirs.contains(identity.domain.area)
        else { return "area_not_shared" }
        guard identity.domain.lane != .authority else { return "no_work" }
        guard directory.level(of: identity.key, in: identity.domain) != nil else {
            return directory.chain(of: identity.key) == nil ? "unknown_key" : "not_entitled"
        }
        guard directory.end(of: identity) != nil else { return "log_not_ended" }
        guard run.run.isSigned || directory.names(run) else { return "end_unknown" }
        return nil
    }

    private func bring(
        _ runs: inout [VerifiedRun], from chain: VerifiedChain, _ brought: inout CarriedRuns,
        _ outcome: inout Outcome
    ) async throws(BundleFailure) {
        guard !runs.isEmpty else { return }
        do {
            brought = try await engine.bring(runs, from: chain.leaf.subject, after: brought)
        } catch let refusal as DeskRefusal {
            throw .system(path: engine.store.folder.path, reason: refusal.english)
        } catch {
            throw .system(path: engine.store.folder.path, reason: "\(error)")
        }
        for (run, verdict) in zip(runs, brought.verdicts) {
            switch verdict {
            case .taken(let entries):
                outcome.entries += UInt64(entries)
                outcome.writers.insert(run.run.identity.key)
            case .known: outcome.known += 1
            case .refused(let code): outcome.refused[code, default: 0] += 1
            }
        }
        runs = []
    }

    private static func refusal(_ code: String) -> DeskRefusal {
        let words = Reason.of(code)
        return DeskRefusal(
            .notAllowed, code, chinese: "不接受这份隔离内容:\(words.chinese)。",
            english: "The quarantine is not taken: \(words.english).")
    }
}

extension CertificateDirectory {
    /// Whether an office that may has named the last entry of a run, or its key has signed what follows.
    fileprivate func names(_ run: VerifiedRun) -> Bool {
        guard let last = run.hashes.last else { return false }
        let (log, height) = (run.run.identity.log, run.run.last)
        return proves(log, height, last)
            || allCutOffs.contains { cutOff in
                counts(cutOff)
                    && cutOff.rows.contains {
                        $0.log == log && $0.height == height && $0.head == last
                    }
            }
    }
}
