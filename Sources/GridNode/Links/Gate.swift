// SPDX-License-Identifier: Apache-2.0

import GridLog
import GridSync

/// Brings a peer's envelopes to the engine: unpacked, read and verified outside of its queue, so
/// that the next runs are hashed while the last ones are committed.
struct Gate {
    /// Envelopes that have been verified together.
    struct Lot: Sendable {
        /// What is wrong with an envelope, or the run in it.
        fileprivate let results: [(bytes: Int, run: Result<VerifiedRun, RunViolation>)]
        /// Held until the runs are committed.
        fileprivate let pass: GateRoom.Pass

        /// Bytes of the entries in it.
        let entryBytes: Int
    }

    let engine: ReplicationEngine
    let source: PublicKey

    /// Verifies envelopes, once there is room for what is in them.
    func verify(_ envelopes: [[UInt8]]) async throws -> Lot {
        let pass = try await engine.gateRoom.enter(
            bytes: envelopes.reduce(0) { $0 + RunEnvelope.plainSize($1) })
        var entryBytes = 0
        let results = envelopes.map { envelope in
            do throws(RunViolation) {
                let run = try RunVerifier.verify(envelope: envelope)
                entryBytes += run.run.entryBytes.count
                return (envelope.count, Result<VerifiedRun, RunViolation>.success(run))
            } catch {
                return (envelope.count, Result<VerifiedRun, RunViolation>.failure(error))
            }
        }
        return Lot(results: results, pass: pass, entryBytes: entryBytes)
    }

    /// Has lots judged and committed together; returns when what was admitted is durable.
    func admit(_ lots: [Lot]) async throws -> [SyncSession.Judgement] {
        let results = lots.flatMap(\.results)
        let runs = results.compactMap { try? $0.run.get() }
        var verdicts = try await runs.isEmpty ? [][...] : engine.admit(runs, from: source)[...]
        return results.map { bytes, result in
            switch result {
            case .failure(let violation):
                return SyncSession.Judgement(
                    bytes: bytes, run: nil, verdict: .refused(.violation(violation)))
            case .success(let run):
                let judged = verdicts.removeFirst()
                return SyncSession.Judgement(
                    bytes: bytes, run: (last: run.run.last, held: judged.held),
                    verdict: judged.verdict)
            }
        }
    }
}
