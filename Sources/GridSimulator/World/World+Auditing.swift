// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// Audits between devices: asked at random, and over every link in the end. Honest tables are never
/// found to differ, and a record that was damaged is found, alone.
extension World {
    /// One side of a link holds its tables against the other's.
    func audit(over link: Int, _ seed: UInt64) {
        var dice = Dice(seed: seed)
        guard let conversation = talking(over: link, side: dice.below(2)) else { return }
        let areas = sharedAreas(of: conversation)
        guard !areas.isEmpty else { return }
        _ = beginAudit(of: dice.pick(areas), conversation)
    }

    private func talking(over link: Int, side: Int) -> Conversation? {
        guard case .talking(let conversation)? = links[link].connection?.ends[side],
            isLive(conversation), conversation.isProven
        else { return nil }
        return conversation
    }

    private func sharedAreas(of conversation: Conversation) -> [AreaCode] {
        Set(conversation.session.held.rows.map(\.log.domain.area)).sorted()
    }

    /// - Returns: whether there is one now that has begun.
    private func beginAudit(of area: AreaCode, _ conversation: Conversation) -> Bool {
        guard !conversation.session.isAuditing, let snapshot = snapshot(of: area, conversation)
        else { return false }
        story.count(.audits)
        let nonce = AuditWord(high: dice.next(), low: dice.next())
        obey(conversation.session.audit(snapshot, nonce: nonce, now: now), conversation)
        return true
    }

    private func snapshot(of area: AreaCode, _ conversation: Conversation) -> AuditSnapshot? {
        let device = devices[conversation.device]
        guard let replica = device.replica, let basis = replica.auditBasis(of: area)?.basis else {
            return nil
        }
        do {
            guard let leaves = try replica.store.auditLeaves(of: area) else { return nil }
            return AuditSnapshot(area: area, basis: basis, tree: AuditTree(leaves))
        } catch {
            if device.diskFailsUntil == nil, !device.hasFlippedBit {
                violate(.doesNotWork, "\(device.name) cannot read its tables: \(error)")
            }
            lookWhetherItStopped(device)
            return nil
        }
    }

    /// Answers a question as the daemon does, without its rest in between.
    func answer(_ question: AuditQuestion, for conversation: Conversation) {
        guard isLive(conversation), let replica = devices[conversation.device].replica else {
            return
        }
        var refusal = AuditRefusal.busy
        var entries: UInt64 = 0
        if let known = replica.auditBasis(of: question.area) {
            if let difference = known.basis.difference(from: question.basis) {
                (refusal, entries) = (difference, known.entries)
            } else if let snapshot = snapshot(of: question.area, conversation) {
                return obey(
                    conversation.session.supply(snapshot.answer(question), now: now),
                    conversation)
            }
        }
        guard isLive(conversation) else { return }
        let answer = AuditAnswer(
            number: question.number, content: .refused(refusal, number: entries))
        obey(conversation.session.supply(answer, now: now), conversation)
    }

    /// Looks at what an audit has come to.
    func judge(_ outcome: AuditOutcome, of area: AreaCode, _ conversation: Conversation) {
        switch outcome {
        case .equal: story.count(.auditsEqual)
        case .notComparable(let hindrance):
            story.count(.auditsNotComparable)
            story.tell(
                at: now, devices[conversation.device].name,
                "暂不能与\(conversation.peer.leaf.name)核对(\(hindrance.code))", "cannot compare")
        case .differ: story.count(.auditsDiffer)
        }
        if awaitedAudits != nil {
            awaitedAudits?.append((area, outcome))
            return
        }
        guard case .differ(let finding) = outcome, !isHostile(conversation.connection),
            !conversation.connection.ends.contains(where: hasFlippedBit)
        else { return }
        blame(finding, area, conversation)
    }

    private func blame(
        _ finding: AuditFinding, _ area: AreaCode, _ conversation: Conversation
    ) {
        violate(
            .auditBlames,
            "\(devices[conversation.device].name) and \(conversation.peer.leaf.name) in \(area): "
                + "\(finding.here) and \(finding.there) records, \(finding.records)")
    }

    private func hasFlippedBit(_ end: Connection.End) -> Bool {
        guard case .talking(let conversation) = end else { return false }
        return devices[conversation.device].hasFlippedBit
    }

    /// Over every link both sides hold all their tables against each other's, then one record is
    /// damaged somewhere, and found.
    func auditAll() {
        var comparable: [(conversation: Conversation, area: AreaCode)] = []
        for link in links.indices {
            for side in 0...1 {
                guard let conversation = talking(over: link, side: side) else { continue }
                for area in sharedAreas(of: conversation) {
                    switch outcome(of: area, conversation) {
                    case .equal?: comparable.append((conversation, area))
                    case .differ(let finding)?: return blame(finding, area, conversation)
                    case .notComparable?, nil: break
                    }
                    guard !isBroken else { return }
                }
            }
        }
        guard !comparable.isEmpty else { return }
        let place = dice.pick(comparable)
        plantDamage(in: place.area, place.conversation)
    }

    /// Makes one audit, and waits for what it comes to.
    private func outcome(of area: AreaCode, _ conversation: Conversation) -> AuditOutcome? {
        awaitedAudits = []
        defer { awaitedAudits = nil }
        guard isLive(conversation), beginAudit(of: area, conversation) else { return nil }
        let deadline = now + 3_600_000
        while awaitedAudits?.isEmpty == true, let time = queue.nextTime, time < deadline,
            let (time, event) = queue.pop()
        {
            take(event, at: time)
        }
        return awaitedAudits?.first?.outcome
    }

    /// Damages a row behind the back of one of two linked devices. Both find it, and nothing else;
    /// and nothing at all once the tables were built anew.
    private func plantDamage(in area: AreaCode, _ conversation: Conversation) {
        let device = devices[conversation.device]
        guard let replica = device.replica, replica.stopped == nil, device.diskFailsUntil == nil,
            !device.hasFlippedBit,
            case .talking(let other) = conversation.connection.ends[1 - conversation.side],
            let damaged = damage(replica, in: area, of: device)
        else { return }
        story.tell(at: now, device.name, "有一条记录被改动:\(damaged)", "a record is damaged")
        let expected = [AuditFinding.Record(name: damaged, kind: .differs)]
        for side in [conversation, other] {
            guard let outcome = outcome(of: area, side) else { continue }
            guard case .differ(let finding) = outcome, finding.isWhole,
                finding.records == expected
            else {
                return violate(
                    .auditIsBlind,
                    "\(devices[side.device].name) finds \(outcome), not \(damaged) in \(area)")
            }
        }
        do {
            _ = try replica.rebuild()
        } catch {
            return violate(.doesNotWork, "\(device.name) cannot rebuild: \(error)")
        }
        if case .differ(let finding)? = outcome(of: area, conversation) {
            blame(finding, area, conversation)
        }
    }

    /// Takes a field out of a record's row, without an entry that says so.
    private func damage(
        _ replica: FolderReplica, in area: AreaCode, of device: SimulatedDevice
    ) -> AuditLeaf.Name? {
        guard let states = try? replica.store.recordStates() else { return nil }
        let candidates = states.filter {
            $0.key.domain.area == area && !$0.value.state.fields.isEmpty
        }
        .keys.sorted { "\($0)" < "\($1)" }
        guard !candidates.isEmpty, let state = states[dice.pick(candidates)]?.state else {
            return nil
        }
        let spoilt = RecordState(
            collection: state.collection, address: state.address, domain: state.domain,
            existence: state.existence, first: state.first, last: state.last,
            fields: state.fields.dropLast())
        let key = AnswerKey(app: "damage", key: "\(now)", request: .zero)
        do throws(FolderReplica.CommitFailure) {
            _ = try replica.commit(now: device.wall(now)) { _, transaction in
                try transaction.ledger.save(TouchedRecord(stored: spoilt))
                // A commit that has written nothing else is none.
                try transaction.remember(.null, to: key, now: device.wall(self.now))
            }
        } catch {
            violate(.doesNotWork, "\(device.name) cannot write: \(error)")
            return nil
        }
        return AuditLeaf.Name(
            lane: state.domain.lane, collection: state.collection,
            id: RecordNaming.id(of: state.address))
    }

    /// What a stranger says about tables.
    func audits(_ impostor: Impostor) -> [[UInt8]] {
        func word() -> AuditWord {
            AuditWord(high: impostor.dice.next(), low: impostor.dice.next())
        }
        let question = AuditQuestion(
            number: impostor.dice.next() >> 32,
            area: impostor.dice.chance(800)
                ? impostor.stolen.area : impostor.dice.pick(devices).area,
            basis: AuditBasis(
                frontier: FrontierDigest(high: impostor.dice.next(), low: impostor.dice.next()),
                rules: Catalogue.simulated[Catalogue.simulated.count - 1].mergeDigest,
                standing: word()),
            nonce: word(), prefixes: impostor.dice.chance(500) ? [] : [.root])
        switch impostor.dice.below(5) {
        case 0: return [SyncMessage.audit(question).encoded]
        case 1:
            // More than anybody has to ask.
            return (0..<impostor.dice.below(200)).map { _ in SyncMessage.audit(question).encoded }
        case 2:
            let answer = AuditAnswer(
                number: UInt64(impostor.dice.below(3)),
                content: .whole(word(), records: impostor.dice.next()))
            return [SyncMessage.audited(answer).encoded]
        case 3:
            let parts = [AuditPart.children(Array(repeating: 1, count: ProtocolLimits.auditFanOut))]
            let answer = AuditAnswer(
                number: UInt64(impostor.dice.below(3)), content: .parts(parts))
            return [SyncMessage.audited(answer).encoded]
        default:
            var bytes = SyncMessage.audit(question).encoded
            bytes[impostor.dice.below(bytes.count)] ^= 1 << UInt8(impostor.dice.below(8))
            return [bytes]
        }
    }
}
