// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// A stranger with a stolen key and its genuine certificate, who says what he likes.
final class Impostor {
    let malice: WorldAction.Malice
    /// Whose key he has.
    let stolen: SimulatedDevice
    let victim: Int
    let nonce: ReplicaNonce
    var dice: Dice
    var connection: Connection?
    var turnsLeft: Int
    /// Logs he writes in his own name.
    var logs: [LogIdentity: LogState] = [:]
    /// What he says he has seen, by log.
    var seen: [LogID: [LogID: UInt64]] = [:]
    /// What he shows after what has seen it.
    var late: [[UInt8]] = []

    init(
        _ malice: WorldAction.Malice, stolen: SimulatedDevice, victim: Int, nonce: ReplicaNonce,
        dice: Dice
    ) {
        self.malice = malice
        self.stolen = stolen
        self.victim = victim
        self.nonce = nonce
        self.dice = dice
        turnsLeft = 2 + self.dice.below(10)
    }
}

extension Connection {
    /// The device that a stranger calls.
    var called: Int {
        if case .hostile(let impostor) = ends[0] { return impostor.victim }
        return 0
    }
}

extension World {
    /// Lets a stranger call a victim.
    func beMalicious(_ malice: WorldAction.Malice, victim: Int, _ seed: UInt64) {
        var dice = Dice(seed: seed)
        let stolen = devices[dice.below(plan.devices.count)]
        let area = devices[victim].area
        guard devices[victim].replica != nil, stolen.number != victim,
            malice == .falseOffice
                ? stolen.area.contains(area) && stolen.area != area
                : Scope(area).contains(stolen.area)
        else { return }
        // The same folder, stolen with the key, or a new one.
        let isSameReplica =
            malice == .fork || (malice == .lies || malice == .falseOffice) && dice.chance(500)
        var nonce = ReplicaNonce(high: dice.next(), low: dice.next())
        if isSameReplica {
            guard let replica = stolen.replica else { return }
            nonce = replica.node.nonce
        }
        let impostor = Impostor(
            malice, stolen: stolen, victim: victim, nonce: nonce, dice: dice)
        story.count(.hostilePeers)
        story.tell(
            at: now, devices[victim].name,
            "有人用\(stolen.name)的密钥来捣乱(\(malice.rawValue))", "a stranger with a stolen key")
        let chain = malice == .widened ? widened(impostor) : nil
        let greeting = Greeting(
            features: malice == .audits ? Feature.audit : 0, software: "恶", nonce: nonce,
            clock: impostor.dice.next() >> 16,
            credit: Self.credit,
            credential: chain.map { .chain($0) }
                ?? Greeting.Credential(of: stolen.chain, isKnown: impostor.dice.chance(300)),
            // An area that the last certificate is not for would be reason enough to hang up.
            area: chain?.certificates.last?.area ?? stolen.area,
            holdings: .frontier(rows(impostor)))
        let connection = Connection(number: connections, link: nil, caller: .hostile(impostor))
        connections += 1
        impostor.connection = connection
        send(.greeting(greeting.encoded), on: connection, to: 1)
        push(.malice(impostor, turn: 0), in: impostor.dice.between(100, 30_000))
    }

    /// What he says he holds: nothing, or lies.
    private func rows(_ impostor: Impostor) -> [FrontierRow] {
        guard impostor.malice == .lies || impostor.malice == .falseOffice,
            let known = truth.heights[impostor.victim]
        else {
            return []
        }
        return known.keys.sorted().filter { _ in impostor.dice.chance(500) }.map { log in
            let height = known[log] ?? 1
            return FrontierRow(
                log: log, height: max(1, height + UInt64(impostor.dice.below(5)) &- 2 & 0xFFFF),
                head: impostor.dice.next())
        }
    }

    func hear(_ packet: Connection.Packet, _ impostor: Impostor) {
        switch packet {
        case .answer:
            answer(impostor)
            if let connection = impostor.connection { send(.confirm, on: connection, to: 1) }
        case .end: impostor.turnsLeft = 0
        case .greeting, .confirm, .message: break
        }
    }

    /// His next move.
    func play(_ impostor: Impostor, turn: Int) {
        guard impostor.turnsLeft > 0, let connection = impostor.connection else {
            if let connection = impostor.connection { breakOff(connection) }
            return
        }
        impostor.turnsLeft -= 1
        for bytes in moves(impostor) { send(.message(bytes), on: connection, to: 1) }
        push(.malice(impostor, turn: turn + 1), in: impostor.dice.magnitude(1, 20_000))
    }

    private func moves(_ impostor: Impostor) -> [[UInt8]] {
        switch impostor.malice {
        case .garbage:
            let count = 1 + impostor.dice.below(60)
            return [(0..<count).map { _ in UInt8(impostor.dice.below(256)) }]
        case .replay:
            return (0..<3).compactMap { _ in
                overheard.isEmpty
                    ? nil : SyncMessage.run(impostor.dice.pick(overheard)).encoded
            }
        case .mutation:
            guard !overheard.isEmpty else { return [] }
            var bytes = SyncMessage.run(impostor.dice.pick(overheard)).encoded
            for _ in 0...impostor.dice.below(3) {
                bytes[impostor.dice.below(bytes.count)] ^= 1 << UInt8(impostor.dice.below(8))
            }
            if impostor.dice.chance(200) { bytes.removeLast(impostor.dice.below(bytes.count)) }
            return [bytes]
        case .foreignArea:
            return [impostor.dice.chance(500) ? forge(impostor) : trespass(impostor)]
        case .theft: return steal(impostor)
        case .fork: return fork(impostor)
        case .oversize:
            return [
                SyncMessage.run([UInt8](repeating: 1, count: 299_000)).encoded,
                SyncMessage.run([UInt8](repeating: 0, count: 299_000)).encoded,
            ]
        case .lies, .falseOffice: return [lie(impostor)]
        case .audits: return audits(impostor)
        case .widened: return []
        case .usurpation: return [usurp(impostor)]
        }
    }

    private func foreignDomain(_ impostor: Impostor) -> Domain {
        let areas = Set(devices.map(\.area)).filter { !impostor.stolen.area.contains($0) }.sorted()
        guard !areas.isEmpty, impostor.dice.chance(800) else {
            return Domain(area: impostor.stolen.area, lane: .authority)
        }
        return Domain(
            area: impostor.dice.pick(areas), lane: impostor.dice.pick([.urgent, .routine]))
    }

    /// A run where his key has no right, unless its owner has been promoted since.
    private func trespass(_ impostor: Impostor) -> [UInt8] {
        let domain = foreignDomain(impostor)
        let isAllowed =
            domain.lane != .authority
            && truth.level(of: impostor.stolen.author.key, in: domain) != nil
        return write(impostor, in: domain, isAllowed: isAllowed)
    }

    /// A run in the name of someone whose key he does not have.
    private func forge(_ impostor: Impostor) -> [UInt8] {
        let others = devices.filter {
            $0.author.key != impostor.stolen.author.key
                && truth.carries(devices[impostor.victim].area, $0.area)
        }
        guard !others.isEmpty else { return SyncMessage.ping.encoded }
        let other = impostor.dice.pick(others)
        let domain = Domain(area: other.area, lane: impostor.dice.pick([.urgent, .routine]))
        return write(impostor, in: domain, isAllowed: false, as: other.author.key)
    }

    /// A run in his own name, genuine unless he says that it is another's.
    func write(
        _ impostor: Impostor, in domain: Domain, isAllowed: Bool, as other: PublicKey? = nil,
        nonce: ReplicaNonce? = nil, seeing cause: (log: LogID, height: UInt64)? = nil,
        saying draft: DraftChange? = nil
    ) -> [UInt8] {
        let identity = LogIdentity(
            key: other ?? impostor.stolen.author.key, nonce: nonce ?? impostor.nonce,
            domain: domain)
        var state = impostor.logs[identity] ?? LogState(identity: identity)
        var writer = RunWriter(after: state)
        let last = isAllowed ? impostor.dice.below(2) : 0
        for place in 0...last {
            if isAllowed { look(around: impostor, before: identity.log) }
            if place == last, let cause {
                impostor.seen[identity.log, default: [:]][cause.log] = cause.height
            }
            guard append(to: &writer, &state, for: impostor, isAllowed, draft) else { return [] }
        }
        impostor.logs[identity] = state
        return SyncMessage.run(
            RunEnvelope.seal(writer.seal(with: impostor.stolen.author).run)
        ).encoded
    }

    /// Runs that his key entitles him to; some have seen what he shows one move later.
    private func steal(_ impostor: Impostor) -> [[UInt8]] {
        guard impostor.late.isEmpty else {
            defer { impostor.late = [] }
            return impostor.late
        }
        let lane = impostor.dice.pick([Lane.urgent, .routine])
        let domain = Domain(area: impostor.stolen.area, lane: lane)
        guard impostor.dice.chance(500) else {
            return [write(impostor, in: domain, isAllowed: true)]
        }
        let sister = ReplicaNonce(high: impostor.nonce.high, low: ~impostor.nonce.low)
        let cause = LogIdentity(key: impostor.stolen.author.key, nonce: sister, domain: domain)
        impostor.late = [write(impostor, in: domain, isAllowed: true, nonce: sister)]
        let height = impostor.logs[cause]?.height ?? 0
        return [write(impostor, in: domain, isAllowed: true, seeing: (cause.log, height))]
    }

    /// What he writes next may have seen what his victim lacks: that is for the victim to wait for.
    private func look(around impostor: Impostor, before log: LogID) {
        guard impostor.dice.chance(400) else { return }
        let witness = impostor.dice.below(plan.devices.count)
        for (other, height) in truth.heights[witness] ?? [:]
        where other.domain == log.domain && other != log {
            let known = impostor.seen[log]?[other] ?? 0
            impostor.seen[log, default: [:]][other] = max(height, known)
        }
    }

    /// Adds an entry to a run of his.
    private func append(
        to writer: inout RunWriter, _ state: inout LogState, for impostor: Impostor,
        _ isAllowed: Bool, _ given: DraftChange?
    ) -> Bool {
        let (identity, domain) = (state.identity, state.identity.domain)
        let seen = impostor.seen[identity.log] ?? [:]
        let text = FieldValue.text("假\(impostor.dice.below(3))")
        let draft =
            given
            ?? DraftChange(
                collection: domain.lane == .authority ? SystemCollection.certificates : 16,
                target: .new, archives: false,
                writes: [FieldWrite(field: 1, operation: .assign(text))])
        let timestamp = HybridTimestamp(rawValue: (Self.epoch + now) << 16)
        guard
            let (entry, hash) = try? writer.append(
                [draft], applied: VersionVector(seen.map { ($0.key, $0.value) }),
                timestamp: timestamp),
            let resolved = try? state.resolve(entry)
        else { return false }
        state.advance(to: hash)
        let dot = Dot(log: identity.log, sequence: entry.sequence)
        if isAllowed, truth.level(of: identity.key, in: domain) != nil {
            truth.propose(
                ReferenceEntry(
                    dot: dot, key: identity.key, timestamp: resolved.timestamp,
                    context: seen.merging([identity.log: dot.sequence - 1]) { $1 },
                    changes: resolved.changes))
        }
        return true
    }

    /// A second version of an entry that the owner of the key has written, or is about to.
    private func fork(_ impostor: Impostor) -> [[UInt8]] {
        guard let replica = impostor.stolen.replica,
            replica.node.nonce == impostor.nonce
        else { return [] }
        let domain = Domain(
            area: impostor.stolen.area, lane: impostor.dice.pick([.urgent, .routine]))
        let identity = LogIdentity(
            key: impostor.stolen.author.key, nonce: impostor.nonce, domain: domain)
        if impostor.logs[identity] == nil, impostor.dice.chance(600) {
            impostor.logs[identity] = replica.replica.log(identity)
        }
        truth.fork(domain.area)
        return [write(impostor, in: domain, isAllowed: false)]
    }

    private func lie(_ impostor: Impostor) -> [UInt8] {
        let known = (truth.heights[impostor.victim] ?? [:]).keys.sorted().filter {
            Scope(impostor.stolen.area).contains($0.domain.area)
        }
        guard !known.isEmpty else { return SyncMessage.ping.encoded }
        let log = impostor.dice.pick(known)
        let height = 1 + UInt64(impostor.dice.below(40))
        switch impostor.dice.below(5) {
        case 0: return SyncMessage.ack(rows: [.init(log: log, height: height)], credit: 0).encoded
        case 1:
            return SyncMessage.ack(rows: [], credit: impostor.dice.next() >> 40).encoded
        case 2:
            return SyncMessage.frontier(
                areas: [log.domain.area],
                rows: [FrontierRow(log: log, height: height, head: impostor.dice.next())]
            ).encoded
        case 3: return SyncMessage.refusal(log: log, code: "谎").encoded
        default:
            return SyncMessage.totals([
                .init(lane: .routine, entries: .max, bytes: impostor.dice.next())
            ]).encoded
        }
    }
}
