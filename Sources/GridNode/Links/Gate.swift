// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// Brings a peer's envelopes to the engine: unpacked, read and verified outside of its queue, so
/// that the next runs are hashed while the last ones are committed.
struct Gate {
    let engine: ReplicationEngine
    let source: PublicKey

    func judge(_ envelopes: [[UInt8]]) async throws -> [SyncSession.Judgement] {
        var judgements = [SyncSession.Judgement?](repeating: nil, count: envelopes.count)
        var verified: [(index: Int, run: VerifiedRun)] = []
        for (index, envelope) in envelopes.enumerated() {
            do throws(RunViolation) {
                verified.append((index, try Self.verify(envelope)))
            } catch {
                judgements[index] = SyncSession.Judgement(
                    bytes: envelope.count, run: nil, verdict: .refused(.violation(error)))
            }
        }
        if !verified.isEmpty {
            let verdicts = try await engine.admit(verified.map(\.run), from: source)
            for ((index, run), judged) in zip(verified, verdicts) {
                judgements[index] = SyncSession.Judgement(
                    bytes: envelopes[index].count,
                    run: (last: run.run.last, held: judged.held), verdict: judged.verdict)
            }
        }
        return judgements.compactMap { $0 }
    }

    private static func verify(_ envelope: [UInt8]) throws(RunViolation) -> VerifiedRun {
        let run: Run
        do {
            run = try RunEnvelope.open(envelope)
        } catch {
            throw .malformed(error)
        }
        return try RunVerifier.verify(run)
    }
}
