// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

@testable import GridSync

/// One conversation in which the peer says anything at all, and in which the shell around the
/// session does what it is told, in any order that it may.
enum SessionsHarness {
    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        var shell = Shell(&choices)
        shell.start(&choices)
        for _ in 0..<64 where !choices.isEmpty { shell.step(&choices) }
        shell.leave()
    }
}

/// The logs and areas that an input can name, few enough to be met again.
struct Names {
    static let areas = [
        County.root, County.township, County.village, County.neighbour, County.elsewhere,
    ]
    static let mine = LogIdentity.replica(
        key: County.author(2).key, nonce: ReplicaNonce(high: 2, low: 1))
    static let theirs = LogIdentity.replica(
        key: County.author(11).key, nonce: ReplicaNonce(high: 11, low: 1))

    static func log(_ choices: inout Choices) -> LogID {
        let replica: ReplicaID =
            switch choices.below(4) {
            case 0: mine
            case 1: theirs
            case 2: ReplicaID(high: 7, low: UInt64(choices.below(4)))
            default: ReplicaID(high: 8, low: UInt64(choices.word()))
            }
        return LogID(
            replica: replica,
            domain: Domain(area: choices.pick(areas), lane: choices.pick(Lane.allCases)))
    }

    static func row(_ choices: inout Choices) -> FrontierRow {
        FrontierRow(
            log: log(&choices), height: max(1, choices.number() % ProtocolLimits.sequenceMax),
            head: UInt64(choices.below(3)))
    }

    static func rows(_ choices: inout Choices) -> [FrontierRow] {
        let rows = (0..<choices.below(24)).map { _ in row(&choices) }
        return Dictionary(rows.map { ($0.log, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.log < $1.log }
    }

    static func areas(_ choices: inout Choices) -> [AreaCode] {
        let chosen = choices.byte()
        return areas.enumerated().filter { chosen >> $0.offset & 1 == 1 }.map(\.element).sorted()
    }
}

private struct Shell {
    private var session: SyncSession
    private var now: UInt64 = 1_000_000
    private var announced: [FrontierRow] = []
    private var held: [LogID: FrontierRow] = [:]
    private var gate: [[UInt8]] = []
    private var request: FetchRequest?
    private var mustCount = false
    private var mustSign = false
    private var question: AuditQuestion?
    private var hasEnded = false
    /// Bytes of runs that this side may have on their way, by what the peer has said.
    private var paid: UInt64
    private var sent: UInt64 = 0

    init(_ choices: inout Choices) {
        let (mine, rows) = Self.greeting(of: 2, &choices)
        let (theirs, _) = Self.greeting(of: 11, &choices)
        expect((try? Greeting(decoding: theirs.encoded)) == theirs, "\(theirs) does not read")
        session = SyncSession(
            mine: mine, theirs: theirs,
            keys: (mine: County.author(2).key, theirs: County.author(11).key), now: now)
        paid = theirs.credit
        announced = rows
    }

    private static func greeting(
        of number: UInt8, _ choices: inout Choices
    ) -> (Greeting, [FrontierRow]) {
        let area: AreaCode = number == 2 ? County.township : choices.pick(Names.areas)
        var rows = Names.rows(&choices)
        if number == 2 { rows = rows.filter { Scope(area).contains($0.log.domain.area) } }
        let greeting = Greeting(
            versions: choices.below(8) == 7 ? 2...3 : 1...1,
            features: choices.pick([
                0, Feature.receipts, 3, Feature.forks, Feature.audit, Feature.lanes, .max,
            ]),
            software: "fuzz",
            nonce: ReplicaNonce(high: UInt64(number), low: 1), clock: choices.number(),
            credit: choices.pick([307_200, 400_000, 1_048_576, 1_000, 67_108_864]),
            credential: choices.flag()
                ? .chain(County.chain(of: number))
                : .reference(CertificateReference(high: choices.number(), low: 7)),
            recognized: choices.flag() ? nil : CertificateReference(high: 1, low: 2), area: area,
            holdings: Greeting.Holdings(of: rows, frontierBytesMax: choices.flag() ? 4_096 : -1))
        return (greeting, rows)
    }

    mutating func start(_ choices: inout Choices) {
        for row in announced { held[row.log] = row }
        for row in Names.rows(&choices) where (held[row.log]?.height ?? 0) < row.height {
            held[row.log] = row
        }
        let rows = held.values.sorted { $0.log < $1.log }
        perform(session.start(announced: announced, holding: rows, now: now))
    }

    mutating func leave() {
        perform(session.leave(.leaving))
        expect(hasEnded, "a session goes on that was left")
        for message in [SyncMessage.ping, .bye(code: "leaving")] {
            expect(session.receive(message, now: now).isEmpty, "an order after the end")
        }
    }

    mutating func step(_ choices: inout Choices) {
        now &+= choices.pick([0, 1, 50, 60_000, 299_999, 300_000])
        switch choices.below(9) {
        case 8: perform(session.open(through: choices.pick(Lane.allCases), now: now))
        case 0: perform(session.tick(now: now))
        case 1: commit(&choices)
        case 2: judge(&choices)
        case 3: supply(&choices)
        case 4 where mustCount:
            mustCount = false
            perform(session.supplyTotals([], now: now))
        case 6 where mustSign:
            mustSign = false
            let receipt = Self.receipt(of: 2, for: Names.theirs, session.theirs.area)
            perform(session.supply(choices.flag() ? .receipt(receipt) : .tooEarly, now: now))
        case 5:
            if let message = try? SyncMessage(decoding: choices.block()) { receive(message) }
        default:
            switch choices.below(8) {
            case 0: audit(&choices)
            case 1: answer(&choices)
            default: receive(message(&choices))
            }
        }
    }

    /// This node holds its tables against the peer's.
    private mutating func audit(_ choices: inout Choices) {
        guard !hasEnded, !session.isAuditing else { return }
        let snapshot = AuditSnapshot(
            area: choices.pick(Names.areas), basis: Names.basis(&choices),
            tree: Names.tree(&choices))
        perform(session.audit(snapshot, nonce: AuditWord(high: 1, low: 2), now: now))
    }

    /// It answers the peer's question.
    private mutating func answer(_ choices: inout Choices) {
        guard let question else { return }
        self.question = nil
        guard choices.flag() else {
            return perform(
                session.supply(
                    AuditAnswer(number: question.number, content: .refused(.busy, number: 1)),
                    now: now))
        }
        let snapshot = AuditSnapshot(
            area: question.area, basis: question.basis, tree: Names.tree(&choices))
        perform(session.supply(snapshot.answer(question), now: now))
    }

    /// This node has committed something, of whatever source.
    private mutating func commit(_ choices: inout Choices) {
        let rows = Names.rows(&choices).filter { $0.height > held[$0.log]?.height ?? 0 }
        for row in rows { held[row.log] = row }
        perform(session.heldAdvanced(rows, now: now))
    }

    private mutating func judge(_ choices: inout Choices) {
        guard !gate.isEmpty else { return }
        let lot = gate.prefix(1 + choices.below(4))
        gate.removeFirst(lot.count)
        perform(session.judged(lot.map { judgement($0, &choices) }, now: now))
    }

    private mutating func judgement(
        _ envelope: [UInt8], _ choices: inout Choices
    ) -> SyncSession.Judgement {
        let log = Names.log(&choices)
        let last = max(1, choices.number() % ProtocolLimits.sequenceMax)
        let verdict: Verdict =
            switch choices.below(12) {
            case 0...3: .admitted(entries: 1 + choices.below(9))
            case 4: .known
            case 5, 6: .parked
            case 7: held[log].map { .refused(.forked(at: $0.height)) } ?? .parked
            case 8: .refused(.notEntitled)
            case 9: .refused(.tooMuchParked)
            case 10: .refused(choices.flag() ? .outsideScope : .ownLogAhead)
            default: .refused(.violation(.signatureWrong))
            }
        switch verdict {
        case .admitted, .known:
            if held[log]?.height ?? 0 < last {
                held[log] = FrontierRow(log: log, height: last, head: choices.long())
            }
        case .parked, .setAside, .refused: break
        }
        let row = held[log] ?? FrontierRow(log: log, height: 0, head: 0)
        return SyncSession.Judgement(
            bytes: envelope.count, run: (last: last, held: row), verdict: verdict)
    }

    private mutating func supply(_ choices: inout Choices) {
        guard let request else { return }
        self.request = nil
        var runs: [OutgoingRun] = []
        for range in request.ranges.prefix(choices.below(5)) {
            let height = held[range.log]?.height ?? 0
            expect(range.first <= height, "\(range) is asked for, of \(height)")
            let last = min(range.first + UInt64(choices.below(9)), height)
            let size = Int(choices.word()) * 4
            runs.append(
                OutgoingRun(
                    log: range.log, last: last, envelope: [UInt8](repeating: 0, count: size)))
        }
        perform(session.supply(runs, now: now))
    }

    private mutating func receive(_ message: SyncMessage) {
        if case .ack(_, let credit) = message { paid &+= credit }
        perform(session.receive(message, now: now))
    }

    private static func receipt(
        of number: UInt8, for subject: ReplicaID, _ area: AreaCode
    ) -> Receipt {
        Receipt(for: subject, area: area, time: 1, rows: [], issuedBy: County.author(number))
    }

    private func message(_ choices: inout Choices) -> SyncMessage {
        switch choices.below(9) {
        case 8: return Names.aboutTables(&choices)
        case 0: return .frontier(areas: Names.areas(&choices), rows: Names.rows(&choices))
        case 1, 2:
            return .run([UInt8](repeating: 0, count: Int(choices.word()) * choices.pick([1, 4])))
        case 3, 4:
            let rows = Names.rows(&choices).map {
                SyncMessage.AckRow(log: $0.log, height: $0.height)
            }
            let credit = choices.pick([0, sent, UInt64(choices.word()), 67_108_864])
            return .ack(rows: rows, credit: min(credit, ProtocolLimits.creditBytesMax))
        case 5: return .refusal(log: Names.log(&choices), code: "forked")
        case 6:
            return .totals([
                SyncMessage.LaneTotal(
                    lane: .routine, entries: choices.number(), bytes: choices.number())
            ])
        default:
            switch choices.below(8) {
            case 0: return .bye(code: "leaving")
            case 3: return .lanes(choices.pick(Lane.allCases))
            case 2:
                return .heads(
                    log: Names.log(&choices),
                    rows: [
                        SyncMessage.HeadRow(
                            height: 1 + UInt64(choices.word()), head: choices.long())
                    ])
            case 1:
                return .receipt(
                    Self.receipt(
                        of: choices.pick([11, 2]), for: choices.pick([Names.mine, Names.theirs]),
                        choices.pick(Names.areas)))
            default: return .ping
            }
        }
    }

    private mutating func perform(_ effects: [SyncSession.Effect]) {
        for effect in effects {
            expect(!hasEnded, "an order after the end: \(effect)")
            switch effect {
            case .send(let message): send(message)
            case .fetch(let wanted):
                expect(request == nil, "two reads at a time")
                expect(!wanted.ranges.isEmpty && wanted.bytes > 0, "nothing is wanted: \(wanted)")
                request = wanted
            case .count: mustCount = true
            case .admit(let envelope): gate.append(envelope)
            case .recordHeld(let rows): expect(!rows.isEmpty, "nothing to write down")
            case .issueReceipt: mustSign = true
            case .keepReceipt(let receipt):
                expect(receipt.hasValidSignature, "a receipt that is not genuine")
            case .noteEnded(let logs): expect(!logs.isEmpty, "no log has ended")
            case .learn, .learnWords, .compareHeads, .learnBranch, .proveFork: break
            case .answerAudit(let question):
                expect(self.question == nil, "two questions about tables at a time")
                self.question = question
            case .audited: break
            case .reportFork(let log, _): expect(held[log] != nil, "a fork of what is not here")
            case .wake(let time): expect(time > now, "a wake in the past")
            case .close: hasEnded = true
            }
        }
        checkInvariants()
    }

    /// What is sent must be what the other side can read.
    private mutating func send(_ message: SyncMessage) {
        if case .run(let envelope) = message {
            sent += UInt64(envelope.count)
            expect(sent <= paid, "\(sent) bytes sent under a credit of \(paid)")
            expect(envelope.count < ProtocolLimits.frameBytesMax, "\(envelope.count) bytes")
            return
        }
        let bytes = message.encoded
        expect(bytes.count <= ProtocolLimits.frameBytesMax, "\(bytes.count) bytes in a frame")
        expect((try? SyncMessage(decoding: bytes)) == message, "\(message) is no message")
    }

    private func checkInvariants() {
        let waiting = gate.reduce(0) { $0 + UInt64($1.count) }
        if !hasEnded {
            expect(session.granted <= session.mine.credit, "\(session.granted) bytes granted")
            expect(
                session.granted + waiting == session.mine.credit,
                "\(session.granted) granted and \(waiting) waiting of \(session.mine.credit)")
            expect(session.allowance <= session.theirs.credit, "\(session.allowance) allowed")
            expect(session.runsAtGate == gate.count, "\(session.runsAtGate) runs at the gate")
        }
        let believed = session.acknowledged.rows.count
        expect(believed <= ProtocolLimits.believedLogsMax + held.count, "\(believed) logs believed")
        expect(session.refusedByPeer.count <= held.count, "\(session.refusedByPeer)")
        expect(session.forked.count <= held.count, "\(session.forked)")
        expect(session.held.rows.count <= held.count, "more held than there is")
        _ = (session.isQuiescent, session.unacknowledgedEntries, session.expectedEntries)
    }
}
