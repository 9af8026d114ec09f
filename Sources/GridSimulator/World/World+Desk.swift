// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// The one writer of a device: what people and peers bring becomes one commit.
extension World {
    /// What a commit has done.
    private struct Work {
        var written: [ReferenceEntry] = []
        var verdicts: [[Verdict]] = []
    }

    private struct Lot {
        let conversation: Conversation
        /// For each envelope its size, and what it holds if it is a run.
        var runs: [(bytes: Int, run: Result<VerifiedRun, RunViolation>)]

        var verified: [VerifiedRun] {
            runs.compactMap { try? $0.run.get() }
        }
    }

    func planDesk(_ device: SimulatedDevice) {
        guard !device.isDeskPlanned, device.replica != nil else { return }
        device.isDeskPlanned = true
        push(.desk(device: device.number, generation: device.generation), in: dice.between(0, 20))
    }

    /// Commits what has come, as the daemon's engine does.
    func workAtDesk(_ device: SimulatedDevice) {
        device.isDeskPlanned = false
        guard let replica = device.replica else { return }
        let writes = device.waitingWrites
        let lots = device.waitingLots.filter { !$0.conversation.isOver }.map { lot in
            Lot(
                conversation: lot.conversation,
                runs: lot.envelopes.map { ($0.count, Self.verify($0)) })
        }
        device.waitingWrites = []
        device.waitingLots = []
        guard !writes.isEmpty || !lots.isEmpty else { return }
        if let crash = device.crashInCommit {
            faulty_disk_set_fault(device.folder.path, 2, crash.after)
        }
        var work = Work()
        do throws(FolderReplica.CommitFailure) {
            let committed = try replica.commit(now: device.wall(now)) { batch, transaction in
                work = Work()
                for write in writes {
                    try carryOut(write, on: device, &batch, transaction, &work)
                }
                for lot in lots {
                    work.verdicts.append(
                        try transaction.admit(
                            lot.verified, from: lot.conversation.peerKey, in: &batch))
                }
                return batch.foundOwnLogAhead
            }
            story.count(.commits)
            look(at: work, lots, on: device)
            for entry in work.written { truth.acknowledge(entry.dot, by: device.number) }
            publish(committed.news, of: device)
            name(committed.ended, of: device)
            lookWhetherItIsShorter(device)
            lookAtCauses(of: work.verdicts, lots.map(\.verified), on: device)
            lookWhetherTheyWait(device)
            answer(lots, work.verdicts, of: device)
        } catch {
            fail(lots, of: device, error)
        }
        countNewReplicas(device)
        if let crash = device.crashInCommit {
            device.crashInCommit = nil
            story.count(.crashesInCommits)
            end(device, .crash(image: crash.image, downFor: crash.downFor))
        } else {
            lookWhetherItStopped(device)
        }
        planUpkeep(device)
    }

    private static func verify(_ envelope: [UInt8]) -> Result<VerifiedRun, RunViolation> {
        do throws(RunViolation) {
            let run: Run
            do {
                run = try RunEnvelope.open(envelope)
            } catch {
                throw RunViolation.malformed(error)
            }
            return .success(try RunVerifier.verify(run))
        } catch {
            return .failure(error)
        }
    }

    /// Writes what someone typed, row after row.
    private func carryOut(
        _ write: SimulatedDevice.WaitingWrite, on device: SimulatedDevice,
        _ batch: inout ReplicaBatch, _ transaction: StoreTransaction,
        _ work: inout Work
    ) throws {
        guard let replica = device.replica?.replica else { return }
        var dice = Dice(seed: write.dice)
        for _ in 0..<write.rows {
            let changes = Typist(world: self, device: device).changes(&dice)
            let isEntitled = changes.allSatisfy {
                replica.carries($0.domain.area)
                    && replica.directory.level(of: device.author.key, in: $0.domain) != nil
            }
            do {
                let written = try transaction.author(changes, in: &batch)
                if !isEntitled { violate(.withoutRight, "\(device.name) writes past its rights") }
                note(written, changes, of: device, batch, &work)
            } catch WriteRefusal.notEntitled, WriteRefusal.outsideScope {
                if isEntitled { violate(.doesNotWork, "\(device.name) may write, and may not") }
            } catch WriteRefusal.cutOff {
                let mayHaveLapsed = changes.contains { change in
                    truth.mayLapse(
                        LogID(replica: replica.id, domain: change.domain))
                }
                if !isCutOff(device), !mayHaveLapsed {
                    violate(.doesNotWork, "\(device.name) was not cut off")
                }
            }
        }
    }

    /// Puts an entry into the books as it was meant.
    private func note(
        _ written: AuthoredWrite, _ changes: [LocalChange], of device: SimulatedDevice,
        _ batch: ReplicaBatch, _ work: inout Work
    ) {
        for dot in written.dots {
            var context = (truth.heights[device.number] ?? [:]).filter {
                $0.key.domain == dot.log.domain
            }
            context[dot.log] = dot.sequence - 1
            let timestamp =
                batch.changedLogs.first { $0.identity.log == dot.log }?.timestamp
                ?? HybridTimestamp(rawValue: 0)
            let recordChanges = zip(changes, written.addresses).filter {
                $0.0.domain == dot.log.domain
            }.map { change, address in
                RecordChange(
                    collection: change.draft.collection, address: address,
                    archives: change.draft.archives, writes: change.draft.writes)
            }
            let entry = ReferenceEntry(
                dot: dot, key: device.author.key, timestamp: timestamp, context: context,
                changes: recordChanges)
            if device.isRewound, dot.sequence <= truth.greatestHeight(of: dot.log) {
                // Nothing in the folder could tell; from here on the log has two branches.
                truth.fork(dot.log.domain.area)
            }
            truth.propose(entry)
            work.written.append(entry)
            story.count(.entries)
            if truth.ties.isHeir(device.area, of: dot.log.domain.area) {
                story.count(.heirsEntries)
            }
            story.tell(
                at: now, device.name, "写入 \(Self.words(recordChanges, dot))", "writes")
        }
    }

    /// Names an entry in the story.
    static func words(_ changes: [RecordChange], _ dot: Dot) -> String {
        let fields = changes.map { change in
            "\(change.collection)" + (change.archives ? "归档" : "")
                + "[\(change.writes.map { "\($0.field)" }.joined(separator: ","))]"
        }
        return "\(short(dot)) \(fields.joined(separator: " "))"
    }

    static func short(_ dot: Dot) -> String {
        let (log, domain) = (dot.log, dot.log.domain)
        return "\(log.description.prefix(6))/\(domain.area)/\(domain.lane.rawValue)#\(dot.sequence)"
    }

    /// Holds what was admitted against what anyone ever wrote, and was allowed to.
    private func look(at work: Work, _ lots: [Lot], on device: SimulatedDevice) {
        for (lot, verdicts) in zip(lots, work.verdicts) {
            for (run, verdict) in zip(lot.verified, verdicts) {
                let log = run.run.identity.log
                switch verdict {
                case .refused(let refusal):
                    story.count(.refusedRuns)
                    story.tell(
                        at: now, device.name,
                        "拒绝 \(Self.short(Dot(log: log, sequence: run.run.last))):\(refusal.code)",
                        "refuses a run")
                case .parked:
                    story.count(.parkedRuns)
                    device.waitingRuns.append((lot.conversation, run))
                    if !truth.carries(device.area, log.domain.area) {
                        violate(.outsideScope, "\(device.name) keeps \(log) waiting")
                    }
                    story.tell(
                        at: now, device.name,
                        "搁置 \(Self.short(Dot(log: log, sequence: run.run.last)))", "parks a run")
                case .known: break
                case .setAside:
                    story.tell(
                        at: now, device.name,
                        "留存 \(Self.short(Dot(log: log, sequence: run.run.last)))", "sets aside")
                case .admitted(let count):
                    story.tell(
                        at: now, device.name,
                        "收到 \(Self.short(Dot(log: log, sequence: run.run.last))) 共\(count)条",
                        "admits")
                    look(at: run, on: device)
                    lookWhetherItGoesOn(run, on: device)
                }
            }
        }
    }

    private func look(at run: VerifiedRun, on device: SimulatedDevice) {
        let (identity, domain) = (run.run.identity, run.run.identity.domain)
        if truth.level(of: identity.key, in: domain) == nil {
            violate(.withoutRight, "\(device.name) admits \(identity.log)")
        }
        guard domain.lane != .authority, !truth.forkedAreas.contains(domain.area) else { return }
        for sequence in run.run.first...run.run.last {
            let dot = Dot(log: identity.log, sequence: sequence)
            if truth.entries[dot] == nil {
                violate(.writtenByNobody, "\(device.name) admits \(Self.short(dot))")
                return
            }
        }
    }

    /// Answers whoever brought runs, a moment after the commit.
    private func answer(_ lots: [Lot], _ verdicts: [[Verdict]], of device: SimulatedDevice) {
        guard let replica = device.replica?.replica else { return }
        for (lot, verdicts) in zip(lots, verdicts) {
            var next = verdicts.makeIterator()
            let judgements = lot.runs.map { bytes, result in
                switch result {
                case .failure(let violation):
                    return SyncSession.Judgement(
                        bytes: bytes, run: nil, verdict: .refused(.violation(violation)))
                case .success(let run):
                    guard let verdict = next.next() else {
                        preconditionFailure("a run without a verdict")
                    }
                    return SyncSession.Judgement(
                        bytes: bytes,
                        run: (last: run.run.last, FrontierRow(replica.log(run.run.identity))),
                        verdict: verdict)
                }
            }
            push(.judged(lot.conversation, judgements), in: dice.between(0, 5))
        }
    }

    /// A commit that failed ends the links that brought runs for it; people try again.
    private func fail(
        _ lots: [Lot], of device: SimulatedDevice, _ failure: FolderReplica.CommitFailure
    ) {
        story.tell(at: now, device.name, "没有保存:\(told(failure))", "nothing is saved")
        for lot in lots where !lot.conversation.isOver {
            obey(lot.conversation.session.leave(.leaving), lot.conversation)
        }
        if case .refused(let refusal) = failure {
            violate(.doesNotWork, "\(device.name): \(refusal)")
        }
    }

    /// Lets sessions and books know of logs that grew.
    func publish(_ news: [FrontierRow], of device: SimulatedDevice) {
        for row in news {
            if device.isRewound, row.log.replica == device.replica?.replica.id,
                row.height <= truth.greatestHeight(of: row.log)
            {
                // Its whole disk was put back, and it has not met anybody since.
                truth.fork(row.log.domain.area)
            }
            truth.commit(row, on: device.number, at: now)
            if !truth.carries(device.area, row.log.domain.area) {
                violate(.outsideScope, "\(device.name) holds \(row.log)")
            }
        }
        guard !news.isEmpty else { return }
        for conversation in device.conversations where !conversation.isOver {
            for row in news { conversation.news[row.log] = row }
            guard !conversation.isBellPlanned else { continue }
            conversation.isBellPlanned = true
            push(.bell(conversation), in: dice.between(0, 3))
        }
    }

    func countNewReplicas(_ device: SimulatedDevice) {
        for word in device.takeNotices() where word == "rolled_back" {
            device.isRewound = false
            device.waitingRuns = []
            story.count(.newReplicas)
            story.tell(
                at: now, device.name, "对方有更多本机数据,换新身份", "rolled back; a new replica")
        }
    }
}
