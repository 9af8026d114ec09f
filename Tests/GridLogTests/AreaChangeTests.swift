// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridTesting
import Testing

/// Changes of area codes, and the rights that follow from them.
struct AreaChangeTests {
    private static let village = Pen.area("522730103211")
    private static let neighbour = Pen.area("522730103212")
    private static let other = Pen.area("522730103299")
    private static let key = Pen(11).author.key

    private func change(
        _ from: AreaCode, _ to: AreaCode, _ kind: AreaMap.Kind = .merge, order: UInt64 = 1,
        by issuer: UInt8 = 2
    ) -> AreaChange {
        AreaChange(
            AreaMap.Step(from: from, to: to, kind: kind), day: 20_000, order: order, issuedAt: 1,
            issuedBy: Pen(issuer).author)
    }

    private func directory(
        _ changes: [AreaChange], cutOffs: [CutOff] = []
    ) -> CertificateDirectory {
        var directory = CertificateDirectory(root: Seal.rootKey)
        directory.add([Seal.root, Seal.township, Seal.village(1), Seal.village(2)], cutOffs)
        for change in changes { directory.add(change) }
        return directory
    }

    private func domain(_ area: AreaCode, _ lane: Lane = .routine) -> Domain {
        Domain(area: area, lane: lane)
    }

    @Test func aCertificateForTheOldCodeIsOneForTheNewAndTheOtherWayRound() {
        let before = directory([])
        #expect(before.level(of: Self.key, in: domain(Self.neighbour)) == nil)
        let known = directory([change(Self.village, Self.neighbour)])
        for area in [Self.village, Self.neighbour] {
            for key in [Self.key, Pen(12).author.key] {
                #expect(known.level(of: key, in: domain(area)) == .village)
            }
        }
        // Lane 0 goes by the digits, and so do villages that have no part in it.
        #expect(known.level(of: Self.key, in: domain(Self.neighbour, .authority)) == nil)
        #expect(known.level(of: Self.key, in: domain(Self.other)) == nil)
        #expect(!known.areas.carries(Self.village, Self.other))
    }

    /// Else the next key of a record would leave out who could read it all along.
    @Test func whoReadsARecordOfNamedDevicesReadsItUnderEitherCode() {
        let before = directory([])
        #expect(!before.mayRead(Self.key, in: Self.neighbour))
        #expect(before.lasting([Self.key], in: Self.neighbour) == [])
        let known = directory([change(Self.village, Self.neighbour)])
        for area in [Self.village, Self.neighbour] {
            #expect(known.mayRead(Self.key, in: area))
            #expect(known.lasting([Self.key], in: area) == [Self.key])
        }
        #expect(!known.mayRead(Self.key, in: Self.other))
    }

    @Test func onlyAnOfficeAboveBothMaySaySo() {
        for (issuer, standing) in [
            (1, .counts), (2, .counts), (11, .withoutWeight), (77, .withoutWeight),
        ] as [(UInt8, CertificateDirectory.AreaChangeStanding)] {
            let word = change(Self.village, Self.neighbour, by: issuer)
            let known = directory([word])
            #expect(known.standing(of: word) == standing)
            #expect(known.areas.isEmpty == (standing != .counts))
        }
        let known = directory([])
        let word = change(Self.village, Self.neighbour)
        var forged = word.encoded
        forged[forged.count - 1] ^= 1
        var tried = known
        if let change = try? AreaChange(decoding: forged) {
            let isGenuine = tried.add(change)
            #expect(!isGenuine)
        }
        #expect(tried.areaChangeCount == 0)
    }

    @Test func theMapDoesNotHangOnTheOrderOfArrival() {
        var random = SplitMix64()
        let areas = [Self.village, Self.neighbour, Self.other]
        let changes = (1...12).flatMap { number -> [AreaChange] in
            let from = areas[random.below(3)]
            let to = areas[random.below(3)]
            guard from != to else { return [] }
            return [
                change(
                    from, to, AreaMap.Kind.allCases[random.below(3)],
                    order: UInt64(number / 3 + 1), by: UInt8(1 + random.below(2)))
            ]
        }
        let expected = directory(changes)
        for turn in 0..<20 {
            let shuffled = changes.shuffled(using: &random)
            var known = directory(turn.isMultiple(of: 2) ? shuffled : [])
            // All at once is the same as one after the other.
            known.add(shuffled)
            #expect(known.areas == expected.areas, "ONEGRID_SEED=\(random.seed)")
            for area in areas {
                for key in [Self.key, Pen(12).author.key] {
                    let log = LogIdentity(
                        key: key, nonce: ReplicaNonce(high: 1, low: 1), domain: domain(area))
                    #expect(known.end(of: log) == expected.end(of: log))
                    #expect(
                        known.level(of: key, in: log.domain)
                            == expected.level(of: key, in: log.domain))
                }
            }
        }
    }

    @Test func whatWasWrittenByARightThatIsNoMoreEndsBeforeItsFirstEntry() {
        let late = change(Self.village, Self.neighbour, order: 2)
        let early = change(Self.village, Self.other, order: 1)
        let log = LogIdentity(
            key: Self.key, nonce: ReplicaNonce(high: 1, low: 1), domain: domain(Self.neighbour))
        let own = LogIdentity(
            key: Self.key, nonce: ReplicaNonce(high: 1, low: 1), domain: domain(Self.village))
        #expect(directory([late]).end(of: log) == nil)
        let known = directory([late, early])
        #expect(known.standing(of: late) == .contradicted)
        #expect(known.end(of: log) == LogEnd(height: 0, head: nil))
        #expect(known.end(of: own) == nil)
        #expect(known.hasEnds)
        // Who never had a right by it is refused as before.
        let stranger = LogIdentity(
            key: Self.key, nonce: ReplicaNonce(high: 1, low: 1),
            domain: domain(Pen.area("522730103213")))
        #expect(known.end(of: stranger) == nil)
    }

    @Test func aChangeOfAnOfficeThatWasCutOffStandsAsFarAsItWasKept() {
        let word = change(Self.village, Self.neighbour)
        for kept in [true, false] {
            let cutOff = CutOff(
                subject: Pen(2).author.key, reason: .lost, issuedAt: 5, rows: [],
                kept: [Seal.village(1).reference, Seal.village(2).reference]
                    + (kept ? [word.reference] : []), issuedBy: Pen(1).author)
            let known = directory([word], cutOffs: [cutOff])
            #expect(known.standing(of: word) == (kept ? .counts : .lapsed))
            #expect(
                known.level(of: Self.key, in: domain(Self.neighbour))
                    == (kept ? .village : nil))
        }
    }

    @Test func dayAndOrderAreForReportsAndForTheNext() {
        let known = directory([change(Self.village, Self.neighbour, order: 7)])
        #expect(known.nextAreaOrder == 8)
        #expect(known.areas(on: 19_999).isEmpty)
        #expect(known.areas(on: 20_000) == known.areas)
    }

    @Test func anHeirReadsWritesAndCarriesWhatWasDivided() {
        let known = directory([change(Self.village, Self.neighbour, .split)])
        let heir = Pen(12).author.key
        for lane in [Lane.urgent, .routine] {
            #expect(known.level(of: heir, in: domain(Self.village, lane)) == .village)
            #expect(known.level(of: Self.key, in: domain(Self.neighbour, lane)) == nil)
        }
        #expect(known.level(of: heir, in: domain(Self.village, .authority)) == nil)
        #expect(known.mayRead(heir, in: Self.village))
        #expect(!known.mayRead(Self.key, in: Self.neighbour))
        #expect(known.lasting([heir, Self.key], in: Self.village) == [heir, Self.key])
        #expect(known.lasting([heir, Self.key], in: Self.neighbour) == [heir])
        #expect(known.areas.carries(Self.neighbour, Self.village))
        #expect(!known.areas.carries(Self.village, Self.neighbour))
    }

    /// Before the split or after it: by the order of the changes and not by that of their coming.
    @Test func whatGoesWithAPartIsSaidByTheOrderOfTheChanges() {
        for (order, isCovered) in [(1, true), (3, false)] as [(UInt64, Bool)] {
            let changes = [
                change(Self.village, Self.neighbour, .split, order: 2),
                change(Self.other, Self.village, .merge, order: order),
            ]
            for known in [directory(changes), directory(changes.reversed())] {
                #expect(known.standing(of: changes[1]) == .counts)
                #expect(known.areas.covers(Self.neighbour, Self.other) == isCovered)
                #expect(known.areas.covers(Self.village, Self.other))
                #expect(!known.areas.covers(Self.other, Self.neighbour))
            }
        }
    }

    @Test func whatAnHeirWroteByASplitThatCountsNoMoreEndsAndComesBack() {
        let split = change(Self.village, Self.neighbour, .split, order: 2)
        let early = change(Self.village, Self.other, order: 1)
        func log(_ key: PublicKey, _ area: AreaCode) -> LogIdentity {
            LogIdentity(
                key: key, nonce: ReplicaNonce(high: 1, low: 1), domain: domain(area))
        }
        let heirs = log(Pen(12).author.key, Self.village)
        let others = log(Self.key, Self.neighbour)
        #expect(directory([split]).end(of: heirs) == nil)
        var known = directory([split, early])
        #expect(known.standing(of: split) == .contradicted)
        #expect(known.level(of: Pen(12).author.key, in: domain(Self.village)) == nil)
        #expect(known.end(of: heirs) == LogEnd(height: 0, head: nil))
        #expect(known.end(of: log(Pen(12).author.key, Self.neighbour)) == nil)
        // What no split has ever allowed is refused as before.
        #expect(known.end(of: others) == nil)
        // Whoever said what contradicts it was cut off, and that was not kept.
        known.add(
            CutOff(
                subject: Pen(2).author.key, reason: .lost, issuedAt: 5, rows: [],
                kept: [Seal.village(1).reference, Seal.village(2).reference, split.reference],
                issuedBy: Pen(1).author))
        #expect(known.standing(of: early) == .lapsed)
        #expect(known.standing(of: split) == .counts)
        #expect(known.end(of: heirs) == nil)
        #expect(known.level(of: Pen(12).author.key, in: domain(Self.village)) == .village)
    }

    @Test func aSplitThatComesTooLateIsContradicted() {
        let first = change(Self.village, Self.neighbour, .split, order: 1)
        let again = change(Self.village, Self.neighbour, .split, order: 2)
        let renumbered = change(Self.other, Self.neighbour, .renumber, order: 3)
        let known = directory([again, renumbered, first])
        #expect(known.standing(of: first) == .counts)
        #expect(known.standing(of: again) == .contradicted)
        #expect(known.standing(of: renumbered) == .contradicted)
        #expect(known.areas(on: 19_999).isEmpty)
        #expect(!known.areas(on: 20_000).isEmpty)
    }

    @Test func whatIsNoChangeIsNotRead() throws {
        let encoded = change(Self.village, Self.neighbour).encoded
        func read(_ change: (inout [UInt8]) -> Void) throws {
            var bytes = encoded
            change(&bytes)
            _ = try AreaChange(decoding: bytes)
        }
        #expect(throws: DecodingViolation.unknownVersion) { try read { $0[0] = 2 } }
        for kind in [0, 4] as [UInt8] {
            #expect(throws: DecodingViolation.unknownTag) { try read { $0[1] = kind } }
        }
        var grids = ByteWriter()
        grids.byte(1)
        grids.byte(AreaMap.Kind.split.rawValue)
        grids.area(Pen.area("522730103211001"))
        grids.area(Pen.area("522730103212001"))
        #expect(throws: DecodingViolation.contradiction) {
            _ = try AreaChange(decoding: grids.bytes)
        }
        #expect(throws: DecodingViolation.lengthTooLarge) {
            try read { $0 += [UInt8](repeating: 0, count: ProtocolLimits.certificateBytesMax) }
        }
        var writer = ByteWriter()
        writer.byte(1)
        writer.byte(1)
        writer.area(Self.village)
        writer.area(Pen.area("522730102212"))
        #expect(throws: DecodingViolation.contradiction) {
            _ = try AreaChange(decoding: writer.bytes)
        }
    }
}
