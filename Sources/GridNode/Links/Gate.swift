// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// Unpacks, reads and verifies a peer's envelopes outside of the engine's queue, so that the next
/// runs are hashed while the last ones are applied.
struct Gate {
    /// Envelopes that have been verified together.
    struct Lot: Sendable {
        /// What is wrong with an envelope, or the run in it.
        private let results: [(bytes: Int, run: Result<VerifiedRun, RunViolation>)]
        /// Held until the runs are committed.
        private let pass: GateRoom.Pass?

        /// Bytes of the entries in it.
        let entryBytes: Int

        fileprivate init(
            _ results: [(bytes: Int, run: Result<VerifiedRun, RunViolation>)], entryBytes: Int,
            pass: GateRoom.Pass
        ) {
            self.results = results
            self.entryBytes = entryBytes
            self.pass = pass
        }

        /// Runs that came in no envelope.
        init(_ runs: [VerifiedRun]) {
            results = runs.map { (0, .success($0)) }
            entryBytes = runs.reduce(0) { $0 + $1.run.entryBytes.count }
            pass = nil
        }

        /// Those that are genuine.
        var runs: [VerifiedRun] { results.compactMap { try? $0.run.get() } }

        /// What a session is told of them all.
        ///
        /// - Parameters:
        ///   - verdicts: on `runs`.
        ///   - held: what of a log is here after the commit.
        func judgements(
            _ verdicts: [Verdict], held: (LogIdentity) -> FrontierRow
        ) -> [SyncSession.Judgement] {
            var verdicts = verdicts[...]
            return results.map { bytes, result in
                switch result {
                case .failure(let violation):
                    return SyncSession.Judgement(
                        bytes: bytes, run: nil, verdict: .refused(.violation(violation)))
                case .success(let run):
                    return SyncSession.Judgement(
                        bytes: bytes, run: (last: run.run.last, held: held(run.run.identity)),
                        verdict: verdicts.removeFirst())
                }
            }
        }
    }

    /// Who delivers lots to the engine, and hears what became of them: of all that one commit has
    /// taken at once, in their order.
    final class Inlet: Sendable {
        struct Settlement: Sendable {
            let judgements: [SyncSession.Judgement]
            /// Of the lots.
            let entryBytes: Int
            /// The number of the commit.
            let commit: UInt64
        }

        let source: PublicKey
        let settle: @Sendable (Result<Settlement, any Error>) -> Void

        init(
            source: PublicKey,
            settle: @escaping @Sendable (Result<Settlement, any Error>) -> Void
        ) {
            self.source = source
            self.settle = settle
        }
    }

    let engine: ReplicationEngine

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
        return Lot(results, entryBytes: entryBytes, pass: pass)
    }
}
