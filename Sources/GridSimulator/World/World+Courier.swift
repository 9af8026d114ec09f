// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// Carries out what sessions order, and looks at each thing that is said.
extension World {
    /// What is at the gate at a time, in bytes of envelopes, or one run.
    private static let lotBytesMax = 65_536

    func receive(_ bytes: [UInt8], _ conversation: Conversation) {
        do throws(DecodingViolation) {
            let message = try SyncMessage(decoding: bytes)
            if case .ack(let rows, _) = message { note(rows, conversation) }
            if case .frontier(let areas, let rows) = message {
                forget(areas, rows, conversation)
            }
            obey(conversation.session.receive(message, now: now), conversation)
        } catch {
            obey(conversation.session.leave(.violation(.malformed(error))), conversation)
        }
    }

    func obey(_ effects: [SyncSession.Effect], _ conversation: Conversation) {
        for effect in effects {
            guard !conversation.isOver else { return }
            switch effect {
            case .send(let message):
                look(at: message, conversation)
                let packet = Connection.Packet.message(message.encoded)
                send(packet, on: conversation.connection, to: 1 - conversation.side)
            case .fetch(let request):
                push(.fetch(conversation, request), in: dice.between(0, 10))
            case .count(let lacking): push(.count(conversation, lacking), in: dice.between(0, 10))
            case .admit(let envelope):
                conversation.waiting.append(envelope)
                lookAtMemory(conversation)
                admitWaiting(conversation)
            case .recordHeld(let rows): recordHeld(rows, conversation)
            case .learn(let cutOff): learn(cutOff, on: devices[conversation.device])
            case .noteEnded(let logs): note(ended: logs, on: devices[conversation.device])
            case .learnWords(let words, let logs):
                learn(words, ending: logs, on: devices[conversation.device])
            case .reportFork(let log, let height): reportFork(log, height, conversation)
            case .compareHeads(let log, let rows): compare(rows, of: log, conversation)
            case .learnBranch(let proofs): learn(proofs, on: devices[conversation.device])
            case .proveFork(let log): proveFork(of: log, conversation)
            case .issueReceipt: sign(conversation)
            case .keepReceipt(let receipt): keep(receipt, conversation)
            case .answerAudit(let question):
                push(.audit(conversation, question), in: dice.between(0, 50))
            case .audited(let area, let outcome): judge(outcome, of: area, conversation)
            case .wake(let time): wake(conversation, at: time)
            case .close(let reason): close(conversation, reason)
            }
        }
    }

    private func recordHeld(_ rows: [SyncMessage.AckRow], _ conversation: Conversation) {
        guard conversation.isProven else {
            conversation.greeted += rows
            return
        }
        let device = devices[conversation.device]
        for row in rows {
            device.heldNews[conversation.peerKey, default: [:]][row.log] = row.height
        }
        planUpkeep(device)
    }

    /// Signs what the peer's area has here.
    private func sign(_ conversation: Conversation) {
        let device = devices[conversation.device]
        guard let replica = device.replica else { return }
        let receipt = replica.receipt(
            for: conversation.session.peerReplica, area: conversation.theirs.area,
            now: device.wall(now))
        obey(conversation.session.supply(.receipt(receipt), now: now), conversation)
    }

    /// Keeps a receipt; an honest township's says what is so.
    private func keep(_ receipt: Receipt, _ conversation: Conversation) {
        let device = devices[conversation.device]
        guard let replica = device.replica else { return }
        let verdict = replica.keep(receipt, now: device.wall(now))
        guard case .contradicts(let log) = verdict, !device.isSuspect,
            !truth.forkedAreas.contains(log.domain.area), !isHostile(conversation.connection),
            // Of what it wrote before its disk was put back a receipt may tell it first.
            !(device.wasRestored && log.replica == replica.replica.id)
        else { return }
        violate(
            .honestPeerBlamed,
            "\(device.name) does not believe the receipt of \(conversation.peer.leaf.name)")
    }

    private func reportFork(_ log: LogID, _ height: UInt64, _ conversation: Conversation) {
        story.count(.forks)
        conversation.forks.insert(log)
        let name = devices[conversation.device].name
        story.tell(
            at: now, name, "发现分叉 \(Self.short(Dot(log: log, sequence: height)))", "a fork")
        if conversation.isProven, log.replica == devices[conversation.device].replica?.replica.id {
            devices[conversation.device].replica?.leaveBehind(log.replica)
            countNewReplicas(devices[conversation.device])
        }
        showHeads(of: log, through: height, conversation)
        // Liars say so of what they like.
        guard !truth.forkedAreas.contains(log.domain.area), !isHostile(conversation.connection)
        else { return }
        violate(.sequenceUsedTwice, "\(name) sees a fork of \(log) at \(height)")
    }

    private func wake(_ conversation: Conversation, at time: UInt64) {
        guard time < conversation.wakesAt else { return }
        conversation.wakesAt = time
        push(.tick(conversation), at: time)
    }

    private func close(_ conversation: Conversation, _ reason: CloseReason) {
        let device = devices[conversation.device]
        story.tell(
            at: now, device.name, "结束与\(conversation.peer.leaf.name)的连接:\(reason.code)",
            "ends the link")
        if case .rolledBack(let log, let height) = reason { conversation.doubt = (log, height) }
        if case .violation = reason, !isHostile(conversation.connection) {
            violate(
                .honestPeerBlamed,
                "\(device.name) ends the link to \(conversation.peer.leaf.name): \(reason.code)")
        }
        settleDoubt(conversation)
        hangUp(conversation)
    }

    func isHostile(_ connection: Connection) -> Bool { connection.link == nil }

    /// Acts on the sign of having been rolled back, once it is no recording that gives it.
    func settleDoubt(_ conversation: Conversation) {
        guard let doubt = conversation.doubt, conversation.isProven else { return }
        conversation.doubt = nil
        let device = devices[conversation.device]
        device.replica?.doubtReplica(doubt.log, height: doubt.height)
        countNewReplicas(device)
        lookWhetherItStopped(device)
    }

    /// Brings what waits to the gate, unless something is there already.
    func admitWaiting(_ conversation: Conversation) {
        guard !conversation.isAdmitting, !conversation.waiting.isEmpty else { return }
        conversation.isAdmitting = true
        var bytes = 0
        let lot = conversation.waiting.prefix { envelope in
            bytes += envelope.count
            return bytes <= Self.lotBytesMax || bytes == envelope.count
        }
        let envelopes = Array(lot)
        conversation.waiting.removeFirst(envelopes.count)
        let device = devices[conversation.device]
        device.waitingLots.append(
            SimulatedDevice.WaitingLot(conversation: conversation, envelopes: envelopes))
        planDesk(device)
    }

    func fetch(_ request: FetchRequest, for conversation: Conversation) {
        guard isLive(conversation), let replica = devices[conversation.device].replica else {
            return
        }
        do {
            let runs = try replica.store.runs(for: request)
            obey(conversation.session.supply(runs, now: now), conversation)
        } catch {
            failToRead(conversation, error)
        }
    }

    func count(_ ranges: [FetchRequest.Range], for conversation: Conversation) {
        guard isLive(conversation), let replica = devices[conversation.device].replica else {
            return
        }
        do {
            let totals = try replica.store.totals(ranges)
            obey(conversation.session.supplyTotals(totals, now: now), conversation)
        } catch {
            failToRead(conversation, error)
        }
    }

    /// A read that failed ends the link, as in the daemon.
    private func failToRead(_ conversation: Conversation, _ error: any Error) {
        let device = devices[conversation.device]
        if device.diskFailsUntil == nil, !device.hasFlippedBit {
            violate(.doesNotWork, "\(device.name) cannot read: \(error)")
        }
        obey(conversation.session.leave(.leaving), conversation)
        lookWhetherItStopped(device)
    }

    // What is looked at.

    private func look(at message: SyncMessage, _ conversation: Conversation) {
        story.count(.messages)
        let device = devices[conversation.device]
        // Who was cut off calls for ever, and learns it each time.
        if message.isNews, !isCutOff(device), !truth.isCutOff(conversation.peerKey) {
            messages += 1
        }
        switch message {
        case .run(let envelope): look(atRun: envelope, conversation)
        case .ack(let rows, _):
            for row in rows where row.height > truth.height(of: row.log, on: device.number) {
                violate(
                    .acknowledgedTooSoon,
                    "\(device.name) acknowledges \(row.log)#\(row.height)")
            }
        case .frontier(_, let rows):
            for row in rows where row.height > truth.height(of: row.log, on: device.number) {
                violate(.acknowledgedTooSoon, "\(device.name) shows \(row.log)#\(row.height)")
            }
        case .receipt(let receipt):
            for row in receipt.rows
            where row.height > truth.height(of: row.log, on: device.number) {
                violate(
                    .acknowledgedTooSoon, "\(device.name) signs for \(row.log)#\(row.height)")
            }
        case .ping, .totals, .refusal, .ended, .words, .cutOff, .heads, .branch, .lanes, .audit,
            .audited,
            .bye:
            break
        }
    }

    private func look(atRun envelope: [UInt8], _ conversation: Conversation) {
        let device = devices[conversation.device]
        guard let run = try? RunEnvelope.open(envelope) else {
            return violate(.writtenByNobody, "\(device.name) sends what is no run")
        }
        let log = run.identity.log
        if !truth.carries(conversation.peer.leaf.area, log.domain.area) {
            violate(.outsideScope, "\(device.name) sends \(log)")
        }
        if log.domain.lane > device.openLane {
            violate(.laneClosed, "\(device.name) sends \(log), which is to wait")
        }
        if run.last <= conversation.acknowledged[log] ?? 0 {
            violate(.sentAgain, "\(device.name) sends \(log)#\(run.last) again")
        }
        // What is new on the road is what others lack the causes of.
        if overheard.count == 64 { overheard.removeFirst() }
        overheard.append(envelope)
    }

    private func note(_ rows: [SyncMessage.AckRow], _ conversation: Conversation) {
        for row in rows {
            conversation.acknowledged[row.log] = max(
                row.height, conversation.acknowledged[row.log] ?? 0)
        }
    }

    /// A peer that shows its rows anew may have lost some, and wants them again.
    private func forget(
        _ areas: [AreaCode], _ rows: [FrontierRow], _ conversation: Conversation
    ) {
        let named = Set(areas)
        conversation.acknowledged = conversation.acknowledged.filter {
            !named.contains($0.key.domain.area)
        }
        note(
            rows.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }, conversation)
    }

    /// What waits for the gate is bounded by what was granted.
    private func lookAtMemory(_ conversation: Conversation) {
        let bytes = conversation.waiting.reduce(0) { $0 + $1.count }
        if bytes > Int(Self.credit) {
            violate(
                .tooMuchMemory, "\(devices[conversation.device].name) holds \(bytes) bytes")
        }
    }
}

extension SyncMessage {
    /// Whether it is more than a sign of life, or a receipt, which is said up to a minute after
    /// everything else.
    fileprivate var isNews: Bool {
        switch self {
        case .ping, .receipt, .audit, .audited: false
        case .frontier, .totals, .run, .ack, .refusal, .bye, .ended, .words, .cutOff, .heads,
            .branch,
            .lanes:
            true
        }
    }
}
