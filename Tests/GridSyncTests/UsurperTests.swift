// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

/// Keys that say what they have no right to, as a replica judges them. Beside the township 2 there is
/// another, 4, with a village 41.
struct UsurperTests {
    private static let otherTownship = County.area("522730104")
    private static let otherVillage = County.area("522730104201")
    private static let second = County.certificate(for: 4, by: 1, otherTownship)
    private static let secondsVillage = County.certificate(
        for: 41, by: 4, otherVillage, County.writeAndRead)

    private static func authority(
        _ collection: UInt32, _ id: RecordID, _ field: UInt32, _ bytes: [UInt8], _ area: AreaCode
    ) -> LocalChange {
        LocalChange(
            domain: Domain(area: area, lane: .authority),
            draft: DraftChange(
                collection: collection, target: .existing(.named(id)), archives: false,
                writes: [FieldWrite(field: field, operation: .assign(.bytes(bytes)))]))
    }

    private static func cutOff(
        _ subject: UInt8, by issuer: UInt8, in area: AreaCode
    ) -> LocalChange {
        let cutOff = CutOff(
            subject: County.author(subject).key, reason: .lost, issuedAt: 0, rows: [],
            issuedBy: County.author(issuer))
        return authority(
            SystemCollection.cutOffs, cutOff.recordID, SystemCollection.cutOffBytesField,
            cutOff.encoded, area)
    }

    /// A node that knows both townships.
    private func node(_ number: UInt8, _ area: AreaCode) throws -> Node {
        let node = Node(number, scope: area)
        let root = County.certificates[1].map { [$0] } ?? []
        for below in [[Self.second], [Self.second, Self.secondsVillage]] {
            try node.learn(CertificateChain(root + below))
        }
        return node
    }

    /// Wider than the issuer, beside it, and at the boundary of a level from where the digits begin
    /// alike: in no order of arrival anybody may write by them.
    @Test(arguments: ["522730", "522730104", "522731", "522730103212", "522730104201"])
    func aCertificateForMoreThanItsIssuerHasGivesNothing(area: String) throws {
        let wide = County.area(area)
        let issuer: UInt8 = area == "522730103212" ? 11 : 2
        let forged = County.certificate(for: 77, by: issuer, wide, .all)
        let certificates = [1, 2, 11].compactMap { County.certificates[$0] }
        for shown in [Array(certificates.prefix(issuer == 2 ? 2 : 3)) + [forged]] {
            #expect(throws: ChainRefusal.self) {
                try VerifiedChain.verify(CertificateChain(shown), root: County.author(1).key)
            }
        }
        // The office says so in its own lane 0, which everybody takes.
        let township = Node(2)
        try township.author(.certificate(forged, County.township))
        let identity = LogIdentity(
            key: County.author(77).key, nonce: ReplicaNonce(high: 77, low: 1),
            domain: Domain(area: wide, lane: .routine))
        var writer = RunWriter(after: LogState(identity: identity))
        _ = try writer.append(
            [LocalChange.note("usurped").draft], applied: VersionVector(),
            timestamp: HybridTimestamp(rawValue: 1_790_000_000_000 << 16))
        let usurped = try RunVerifier.verify(writer.seal(with: County.author(77)).run)
        let inScope = County.root.contains(wide)
        for runs in [township.runs + [usurped], [usurped] + township.runs] {
            let county = try node(1, County.root)
            let verdicts = try county.admit(runs)
            #expect(verdicts.count { $0 == .admitted(entries: 1) } == 1)
            #expect(verdicts.contains(.refused(inScope ? .unknownKey : .outsideScope)))
            #expect(county.replica.directory.chain(of: County.author(77).key) == nil)
        }
    }

    /// Each is an equal of the other: whoever hears of it first, nothing happens.
    @Test func twoTownshipsThatCutEachOtherOffGoOn() throws {
        let (first, second) = try (Node(2), node(4, Self.otherTownship))
        try first.author(.note("before", County.township))
        try second.author(.note("before", Self.otherTownship))
        try first.author(Self.cutOff(4, by: 2, in: County.township))
        try second.author(Self.cutOff(2, by: 4, in: Self.otherTownship))
        // Each one's villages too, which are not the other's to end.
        try first.author(Self.cutOff(41, by: 2, in: County.township))
        try second.author(Self.cutOff(11, by: 4, in: Self.otherTownship))
        let (village, other) = try (Node(11), node(41, Self.otherVillage))
        try village.author(.note("a"))
        try other.author(.note("b", Self.otherVillage))
        try first.author(.note("after", County.township))
        try second.author(.note("after", Self.otherTownship))
        let lots = [first.runs, second.runs, village.runs, other.runs]
        var states: [MemoryStorage.Snapshot] = []
        for order in [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]] {
            let county = try node(1, County.root)
            for place in order {
                for verdict in try county.admit(lots[place]) {
                    #expect(verdict == .admitted(entries: 1))
                }
            }
            for key in [2, 4, 11, 41] as [UInt8] {
                let chain = try #require(
                    county.replica.directory.chain(of: County.author(key).key))
                #expect(!county.replica.directory.isEnded(chain))
            }
            states.append(county.state)
        }
        #expect(Set(states.map { "\($0.logs.keys.count)" }) == ["6"])
        for state in states { #expect(state == states[0]) }
    }

    /// What a peer says in passing of somebody else is not even looked at; of the two at the link it
    /// is weighed like any other.
    @Test func aPeerThatSendsAnothersRevocationIsNotBelieved() throws {
        let world = PairWorld()
        let (village, township) = try PairHistory.friends()
        let link = world.link(village, township)
        try world.settle()
        var session = try #require(link.called.session)
        func word(_ subject: UInt8, by issuer: UInt8) -> CutOff {
            CutOff(
                subject: County.author(subject).key, reason: .lost, issuedAt: 0, rows: [],
                issuedBy: County.author(issuer))
        }
        #expect(session.receive(.cutOff(word(12, by: 2)), now: world.now).isEmpty)
        #expect(session.receive(.cutOff(word(1, by: 2)), now: world.now).isEmpty)
        let about = word(2, by: 11)
        #expect(session.receive(.cutOff(about), now: world.now) == [.learn(about)])
        #expect(session.receive(.cutOff(word(2, by: 1)), now: world.now).isEmpty)
        township.learn(about)
        #expect(!township.replica.directory.counts(about))
        try township.author(.note("goes on", County.township))
    }
}
