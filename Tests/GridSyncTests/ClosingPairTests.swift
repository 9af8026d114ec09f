// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// Every way in which a session ends, but for those that take long or change who one is.
struct ClosingPairTests {
    private static let otherVillage = County.area("522730104212")

    /// What a peer says that ends the session.
    struct Fault: Sendable, CustomTestStringConvertible {
        let violation: SessionViolation
        let frames: [[UInt8]]

        init(_ violation: SessionViolation, _ messages: SyncMessage...) {
            self.violation = violation
            frames = messages.map(\.encoded)
        }

        init(_ violation: SessionViolation, bytes: [UInt8]) {
            self.violation = violation
            frames = [bytes]
        }

        var testDescription: String { "\(violation.code), \(frames.first?.first ?? 0)" }
    }

    private static func log(_ area: AreaCode) -> LogID {
        LogID(replica: ReplicaID(high: 1, low: 1), domain: Domain(area: area, lane: .routine))
    }

    /// Runs of a village that is not the reader's, and of its own with a signature of nobody.
    private static func runs() throws -> (foreign: [UInt8], forged: [UInt8]) {
        let (foreign, own) = (Node(1, nonce: 5), Node(11, nonce: 3))
        try foreign.author(.note("foreign", otherVillage))
        try own.author(.note("own"))
        let run = own.runs[0].run
        let forged = Run(
            identity: run.identity, first: run.first, count: run.count, backlink: run.backlink,
            salts: run.salts, entryBytes: run.entryBytes,
            signature: County.author(12).sign(.entry, over: own.runs[0].hashes[0]))
        return ([0] + foreign.runs[0].run.encoded, [0] + forged.encoded)
    }

    static func faults() throws -> [Fault] {
        let runs = try runs()
        let row = FrontierRow(log: log(County.village), height: 1, head: 1)
        let bulk = [UInt8](repeating: 9, count: 200_000)
        return [
            Fault(.malformed(.truncated), bytes: []),
            Fault(.malformed(.unknownTag), bytes: [200]),
            Fault(.malformed(.unknownTag), .run([7])),
            Fault(.runNotGenuine, .run(runs.forged)),
            Fault(.creditExceeded, .run(bulk), .run(bulk)),
            Fault(.creditTooLarge, .ack(rows: [], credit: 1)),
            Fault(.areaNotShared, .frontier(areas: [otherVillage], rows: [])),
            Fault(
                .areaNotShared,
                .ack(rows: [.init(log: log(otherVillage), height: 1)], credit: 0)),
            Fault(.areaNotShared, .run(runs.foreign)),
            Fault(.rowOutsideAreas, .frontier(areas: [County.township], rows: [row])),
            Fault(.secondTotals, .totals([]), .totals([])),
        ]
    }

    /// The county hears it on a link with village 11, so that it could take runs of village 12.
    @Test(arguments: try faults())
    func aFaultOfThePeerEndsTheSessionByItsName(_ fault: Fault) throws {
        let (village, county) = (Node(11), Node(1))
        let manner = LinkEnd.Manner(credit: UInt64(ProtocolLimits.frameBytesMax))
        let world = PairWorld()
        let link = world.link(village, county, manners: (manner, manner))
        try world.settle()
        for frame in fault.frames { try link.called.arrive(frame) }
        try world.settle()
        #expect(link.called.closeReason == .violation(fault.violation))
        #expect(link.called.sent.last == .bye(code: fault.violation.code))
        #expect(link.caller.closeReason == .peerLeft(code: fault.violation.code))
        #expect(link.caller.sent.last != .bye(code: "peer_left_\(fault.violation.code)"))
    }

    @Test func aGrantTooSmallForARunEndsTheSession() throws {
        let manner = LinkEnd.Manner(credit: UInt64(ProtocolLimits.frameBytesMax) - 1)
        let world = PairWorld()
        let link = world.link(Node(11), Node(2), manners: (manner, .frontier))
        try world.settle()
        #expect(link.called.closeReason == .violation(.creditTooSmall))
        #expect(link.caller.closeReason == .peerLeft(code: "credit_too_small"))
    }

    @Test func sidesWithoutACommonVersionPart() throws {
        let world = PairWorld()
        let link = world.link(
            Node(11), Node(2), manners: (.frontier, LinkEnd.Manner(versions: 2...3)))
        try world.settle()
        #expect(link.called.closeReason == .noCommonVersion)
        let code = try #require(link.caller.closeReason?.code)
        #expect(code.hasSuffix("no_common_version"))
    }

    @Test func nodesOfTwoCountiesHaveNothingToShare() throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(12, scope: County.area("522731103212")))
        try world.settle()
        #expect(link.called.closeReason == .nothingShared)
    }

    @Test func whoLeavesSaysSoAndThePeerNotesIt() throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(2))
        try world.settle()
        link.caller.leave(.leaving)
        try world.settle()
        #expect(link.caller.closeReason == .leaving)
        #expect(link.called.closeReason == .peerLeft(code: "leaving"))
        #expect(link.called.sent.isEmpty)
    }

    /// Events that were under way when the session ended come to nothing.
    @Test func afterTheEndNothingHasEffects() throws {
        let world = PairWorld()
        let link = world.link(Node(11), Node(2))
        try world.settle()
        var session = try #require(link.caller.session)
        #expect(session.leave(.leaving).count == 2)
        #expect(session.leave(.leaving).isEmpty)
        #expect(session.receive(.ping, now: 0).isEmpty)
        #expect(session.receive(.run([]), now: 0).isEmpty)
        #expect(session.judged([], now: 0).isEmpty)
        #expect(session.supply([], now: 0).isEmpty)
        #expect(session.supplyTotals([], now: 0).isEmpty)
        #expect(session.heldAdvanced([], now: 0).isEmpty)
        #expect(session.tick(now: 0).isEmpty)
        #expect(session.closeReason == .leaving)
    }

    @Test func everyReasonHasItsOwnCode() {
        let violations: [SessionViolation] = [
            .malformed(.truncated), .runNotGenuine, .creditExceeded, .creditTooSmall,
            .creditTooLarge, .areaNotShared, .rowOutsideAreas, .secondTotals,
            .receiptNotOffered, .tooManyReceipts, .receiptNotOurs, .receiptNotGenuine,
        ]
        let reasons: [CloseReason] =
            violations.map { .violation($0) } + [
                .noCommonVersion, .nothingShared, .silent(seconds: 300),
                .rolledBack(log: Self.log(County.village), height: 1),
                .peerLeft(code: "leaving"), .leaving,
            ]
        #expect(Set(reasons.map(\.code)).count == reasons.count)
    }
}
