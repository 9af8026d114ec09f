// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Takes in one part of a bundle, through the gate that links use.
struct BundleImport {
    /// What came of it.
    struct Outcome {
        var runs: UInt64 = 0
        /// Entries that were not here.
        var admitted: UInt64 = 0
        /// Runs of which everything was here.
        var known: UInt64 = 0
        /// Runs that wait for entries before them, as of an earlier part.
        var parked: UInt64 = 0
        /// Runs of a branch that does not count now, kept for the case that it will.
        var setAside: UInt64 = 0
        /// Runs that were turned away, by reason.
        var refused: [String: UInt64] = [:]
        /// Entries of this node that the sender acknowledges for the first time.
        var acknowledged: UInt64 = 0
        /// Whether anything came that people wrote.
        var hasRecords = false
        /// Where runs begin of which something before is missing here.
        var gaps: Set<LogID> = []
        var hasMore = false
        /// Why the file was not read to its end.
        var problem: BundleFailure?
    }

    /// What is verified at a time, in bytes of envelopes, or one run.
    private static let lotBytesMax = 65_536

    let engine: ReplicationEngine
    /// This node's key in the form that Noise takes.
    let key: AgreementKey

    /// Judges who has sent a bundle, as a greeting is judged.
    func sender(of reader: borrowing BundleReader) throws -> VerifiedChain {
        let directory = engine.current.directory
        let header = reader.header
        guard header.root == directory.root else { throw Self.refusal("foreign_root") }
        let chain: VerifiedChain
        do throws(ChainRefusal) {
            chain = try .verify(header.chain, root: directory.root)
            try directory.check(chain)
        } catch {
            throw Self.refusal(error.rawValue)
        }
        guard Ed25519.agreementPublicKey(of: chain.leaf.subject.bytes.array) == reader.senderKey
        else { throw Self.refusal("key_mismatch") }
        guard chain.leaf.rights.contains(.read), chain.leaf.area.contains(header.area) else {
            throw Self.refusal("may_not_read")
        }
        return chain
    }

    /// Takes in what a reader gives, to its end or to what is wrong with it.
    func take(_ reader: consuming BundleReader, from chain: VerifiedChain) async throws -> Outcome {
        WorkProgress.current?.begin(of: reader.byteCount, .bytes)
        let header = reader.header
        let isCurrent = await engine.meet(chain, in: header)
        var outcome = Outcome()
        var holds: [FrontierRow] = []
        var lot: [[UInt8]] = []
        do throws(BundleFailure) {
            while let item = try reader.next() {
                switch item {
                case .holds(let rows):
                    let room = ProtocolLimits.believedLogsMax - holds.count
                    let (own, theirs) = scopes(header)
                    holds += rows.filter {
                        own.contains($0.log.domain.area) && theirs.contains($0.log.domain.area)
                    }.prefix(room)
                case .belief: break
                case .ended(let logs):
                    let (own, theirs) = scopes(header)
                    await engine.note(
                        ended: logs.filter {
                            own.contains($0.domain.area) && theirs.contains($0.domain.area)
                        })
                case .receipt(let receipt): await keep(receipt, of: chain)
                case .run(let envelope):
                    lot.append(envelope)
                    WorkProgress.current?.advance(by: UInt64(envelope.count))
                    guard lot.reduce(0, { $0 + $1.count }) >= Self.lotBytesMax else { continue }
                    try await admit(lot, from: chain, in: scopes(header).theirs, &outcome)
                    lot = []
                case .end(_, let hasMore): outcome.hasMore = hasMore
                }
            }
        } catch {
            outcome.problem = error
        }
        do throws(BundleFailure) {
            try await admit(lot, from: chain, in: scopes(header).theirs, &outcome)
        } catch {
            outcome.problem = outcome.problem ?? error
        }
        try await believe(holds, of: chain.leaf.subject, isCurrent: isCurrent, &outcome)
        return outcome
    }

    /// What both carry by what is known now: the file itself may tell of changed area codes.
    private func scopes(_ header: BundleHeader) -> (own: Scope, theirs: Scope) {
        let areas = engine.current.directory.areas
        return (
            Scope(engine.current.chain.leaf.area, areas: areas), Scope(header.area, areas: areas)
        )
    }

    private func admit(
        _ envelopes: [[UInt8]], from chain: VerifiedChain, in theirs: Scope,
        _ outcome: inout Outcome
    ) async throws(BundleFailure) {
        guard !envelopes.isEmpty else { return }
        let lot: Gate.Lot
        let verdicts: [(verdict: Verdict, held: FrontierRow)]
        let runs: [VerifiedRun]
        do {
            lot = try await Gate(engine: engine).verify(envelopes)
            runs = lot.runs.filter { theirs.contains($0.run.identity.domain.area) }
            verdicts =
                runs.isEmpty ? [] : try await engine.admit(runs, from: chain.leaf.subject)
        } catch let refusal as DeskRefusal {
            throw .system(path: engine.store.folder.path, reason: refusal.english)
        } catch {
            throw .system(path: engine.store.folder.path, reason: "\(error)")
        }
        outcome.runs += UInt64(envelopes.count)
        let notGenuine = envelopes.count - lot.runs.count
        if notGenuine > 0 { outcome.refused["run_not_genuine", default: 0] += UInt64(notGenuine) }
        let notShared = lot.runs.count - runs.count
        if notShared > 0 { outcome.refused["area_not_shared", default: 0] += UInt64(notShared) }
        for (run, judged) in zip(runs, verdicts) { await count(run, judged, &outcome) }
    }

    private func count(
        _ run: VerifiedRun, _ judged: (verdict: Verdict, held: FrontierRow),
        _ outcome: inout Outcome
    ) async {
        switch judged.verdict {
        case .admitted(let entries):
            outcome.admitted += UInt64(entries)
            outcome.hasRecords = outcome.hasRecords || Self.hasRecords(run)
        case .known: outcome.known += 1
        case .parked:
            outcome.parked += 1
            outcome.gaps.insert(run.run.identity.log)
            outcome.hasRecords = outcome.hasRecords || Self.hasRecords(run)
        case .setAside: outcome.setAside += 1
        case .refused(let refusal):
            outcome.refused[refusal.code, default: 0] += 1
            switch refusal {
            case .ownLogAhead:
                await engine.doubtReplica(run.run.identity.log, height: run.run.last)
            case .forked: await engine.hearOfFork(of: run.run.identity.log)
            case .violation, .outsideScope, .unknownKey, .notEntitled, .cutOff, .endUnknown,
                .valuesWithheld, .unsealedValue, .tooMuchParked:
                break
            }
        }
    }

    /// What the system writes about itself is not noted as an act, for notes about notes would go
    /// from node to node for ever.
    private static func hasRecords(_ run: VerifiedRun) -> Bool {
        run.entries.contains { entry in
            (entry.changes ?? []).contains { !SystemCollection.all.contains($0.collection) }
        }
    }

    private func keep(_ receipt: Receipt, of chain: VerifiedChain) async {
        let current = engine.current
        let own = current.chain.leaf.area
        guard receipt.issuer == chain.leaf.subject, receipt.subject == current.replica,
            receipt.area == own, chain.leaf.area.contains(own), chain.leaf.area != own,
            receipt.rows.allSatisfy({ own.contains($0.log.domain.area) }),
            receipt.hasValidSignature
        else { return }
        await engine.keep(receipt, of: chain)
    }

    /// Believes what the sender had when it made the bundle. It is the past: heights rise only.
    private func believe(
        _ rows: [FrontierRow], of sender: PublicKey, isCurrent: Bool, _ outcome: inout Outcome
    ) async throws {
        let current = engine.current
        for row in rows where row.log.replica == current.replica {
            guard row.height > current.frontier[row.log] else { continue }
            await engine.doubtReplica(row.log, height: row.height)
        }
        guard isCurrent else { return }
        let known = try engine.heldByPeers()[sender] ?? VersionVector()
        let news = rows.filter { row in
            row.height > known[row.log] && current.frontier[row.log] > 0
        }
        outcome.acknowledged = news.filter { $0.log.replica == current.replica }.reduce(0) {
            $0 + $1.height - known[$1.log]
        }
        engine.recordHeld(
            news.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }, by: sender)
        await engine.writeHeld()
    }

    static func refusal(_ code: String) -> DeskRefusal {
        let words = Reason.of(code)
        return DeskRefusal(
            .notAllowed, code, chinese: "不接受这个数据包:\(words.chinese)。",
            english: "The bundle is not taken: \(words.english).")
    }
}
