// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Orders that count for nothing, or not yet. Node 2 is the township's, 3 a clerk of it who may only
/// write and read, 11 a village and 12 its neighbour.
struct RedactionAbuseTests {
    private static let secret = "13800138000-beta"

    /// A village with one note, and a township that has it.
    private func county() throws -> (
        village: RedactionNode, township: RedactionNode, address: RecordAddress, entry: NamedEntry
    ) {
        let (village, township) = try (RedactionNode(11), RedactionNode(2))
        let written = try village.write(.note(Self.secret))
        try township.take(from: village)
        let run = try #require(try village.runs([.routine]).first)
        return (
            village, township, written.addresses[0],
            NamedEntry(dot: written.dots[0], hash: run.hashes[0])
        )
    }

    private func order(
        _ entry: NamedEntry, by issuer: UInt8, keeping restatement: Bytes32? = nil
    ) -> Redaction {
        Redaction(
            collection: 16, record: RecordID(high: 1, low: 1), fields: [1], reason: "",
            issuedAt: 1, rows: [Redaction.Row(entry: entry, restatement: restatement)],
            issuedBy: County.author(issuer))
    }

    private func isUntouched(_ node: RedactionNode, _ address: RecordAddress) throws -> Bool {
        node.attend()
        return try node.display(address)["title"]?.value == .text(Self.secret)
            && node.store.verify().findings == []
    }

    @Test(arguments: [3, 11, 12, 77] as [UInt8])
    func anOrderOfOneWithoutTheRightDestroysNothing(issuer: UInt8) throws {
        let county = try county()
        try county.township.publish(order(county.entry, by: issuer))
        #expect(try isUntouched(county.township, county.address))
        let book = county.township.folder.replica.redactions
        #expect(book.redactions.count == 1 && book.treatments.isEmpty)
    }

    @Test func theRightDoesNotReachBeyondItsArea() throws {
        let county = try county()
        let other = Certificate(
            subject: County.author(9).key, name: "9", area: County.neighbour,
            rights: [.redact, .read], validFrom: 0, issuedBy: County.author(2))
        try county.township.write(.certificate(other, County.township))
        try county.township.publish(order(county.entry, by: 9))
        #expect(try isUntouched(county.township, county.address))
    }

    @Test func anOrderCountsAsSoonAsItsIssuersCertificateIsKnown() throws {
        let county = try county()
        try county.township.publish(order(county.entry, by: 9))
        #expect(try isUntouched(county.township, county.address))
        let certificate = Certificate(
            subject: County.author(9).key, name: "9", area: County.village,
            rights: [.redact, .read], validFrom: 0, issuedBy: County.author(2))
        try county.township.write(.certificate(certificate, County.township))
        county.township.attend()
        #expect(try !county.township.holds(Self.secret))
        #expect(try county.township.store.verify().findings == [])
    }

    @Test func whoeverMayNotRedactIsTold() throws {
        let county = try county()
        #expect(throws: RedactionRefusal.notEntitled(County.village)) {
            try county.village.redact(county.address)
        }
        #expect(try isUntouched(county.village, county.address))
    }

    @Test func anotherEntryOfThePlaceIsNotMeant() throws {
        let county = try county()
        let wrong = NamedEntry(dot: county.entry.dot, hash: .zero)
        try county.township.publish(order(wrong, by: 2))
        #expect(try isUntouched(county.township, county.address))
        // The right one later does it all the same.
        try county.township.publish(order(county.entry, by: 2))
        county.township.attend()
        #expect(try !county.township.holds(Self.secret))
    }

    @Test func anEntryThatIsNotHereYetIsTakenWithoutItsValues() throws {
        let county = try county()
        let empty = try RedactionNode(2)
        try empty.publish(order(county.entry, by: 2))
        #expect(empty.folder.replica.redactions.treatments.count == 1)
        #expect(try empty.admit(county.village.runs([.routine])) == [.admitted(entries: 1)])
        empty.attend()
        #expect(try !empty.holds(Self.secret))
        #expect(try empty.display(county.address)["title"]?.value == nil)
        #expect(try empty.store.verify().findings == [])
    }

    @Test func authorityAndTheAuditTrailCannotBeDestroyed() throws {
        let township = try RedactionNode(2)
        let extra = Certificate(
            subject: County.author(40).key, name: "forty", area: County.village,
            rights: [.read], validFrom: 0, issuedBy: County.author(2))
        let authority = try township.write(.certificate(extra, County.township))
        let act = AuditEntry(
            act: .plainRead, who: "somebody-who-looked", area: County.township, time: 1)
        let trail = try township.write(
            LocalChange(
                domain: Domain(area: County.township, lane: .routine), draft: act.draft))
        for written in [authority, trail] {
            let run = try #require(
                try township.runs().first { $0.run.identity.log == written.dots[0].log })
            let hash = try #require(run.hash(at: written.dots[0].sequence))
            try township.publish(
                order(NamedEntry(dot: written.dots[0], hash: hash), by: 2), in: County.township)
        }
        township.attend()
        #expect(try township.holds("forty") && township.holds("somebody-who-looked"))
        #expect(try township.store.verify().findings == [])
        let county = try RedactionNode(1)
        try county.take(from: township)
        county.attend()
        #expect(try county.holds("forty") && county.holds("somebody-who-looked"))
        #expect(try county.store.verify().findings == [])
    }

    @Test func aRestatementOfAnotherEntryOrOneThatDoesNotFitSaysNothing() throws {
        let county = try county()
        for writes in [[1, 2, 3], [], [7], [1, 0, 3, 1]] as [[UInt8]] {
            let restatement = Restatement(of: county.entry, writes: writes)
            try county.township.write(
                LocalChange(
                    domain: Domain(area: County.village, lane: .authority),
                    draft: .authority(
                        SystemCollection.restatements, restatement.recordID,
                        field: SystemCollection.restatementBytesField, restatement.encoded)))
            try county.township.publish(
                order(county.entry, by: 2, keeping: restatement.digest))
            county.township.attend()
            #expect(try !county.township.holds(Self.secret))
            #expect(try county.township.display(county.address)["title"]?.value == nil)
            #expect(try county.township.store.verify().findings == [])
        }
    }

    @Test func whatWasDestroyedStaysExplainedWhenTheLogOfTheOrderIsCutOff() throws {
        let county = try county()
        // A clerk of the village's office with every right orders it, and is cut off from before.
        let clerk = Certificate(
            subject: County.author(3).key, name: "3", area: County.township, rights: .all,
            validFrom: 5, issuedBy: County.author(2))
        try county.township.write(.certificate(clerk, County.township))
        let office = try RedactionNode(3)
        try office.take(from: county.township)
        try office.redact(county.address)
        try county.township.take(from: office)
        county.township.attend()
        #expect(try !county.township.holds(Self.secret))
        let cutOff = CutOff(
            subject: County.author(3).key, reason: .lost, issuedAt: 1, rows: [], kept: [],
            issuedBy: County.author(2))
        try county.township.folder.keep(cutOff)
        _ = county.township.folder.publishAuthority(now: RedactionNode.began)
        #expect(county.township.folder.replica.redactions.treatments.count == 1)
        #expect(try county.township.display(county.address)["title"]?.value == nil)
        #expect(try county.township.store.verify().findings == [])
        let history = try county.township.history(of: county.township.state(county.address))
        #expect(history.map(\.change.withheld.count) == [1])
        // Whoever is new learns it from the township, and takes what is left.
        county.township.attend()
        let newcomer = try RedactionNode(1)
        try newcomer.take(from: county.township)
        #expect(try newcomer.display(county.address)["title"]?.value == nil)
        #expect(try newcomer.records() == county.township.records())
        #expect(try newcomer.store.verify().findings == [])
    }

    @Test func whatIsInQuarantineIsDestroyedToo() throws {
        let county = try county()
        try county.village.write(
            .write(
                "notes", .existing(county.address), set: ["title": .assign(.text("later-value"))]))
        let end = try #require(try county.village.runs([.routine]).first)
        try county.township.take(from: county.village)
        let cutOff = CutOff(
            subject: County.author(11).key, reason: .lost, issuedAt: 1,
            rows: [CutOff.Row(log: end.run.identity.log, height: 1, head: end.hashes[0])],
            issuedBy: County.author(2))
        try county.township.folder.keep(cutOff)
        _ = county.township.folder.publishAuthority(now: RedactionNode.began)
        #expect(try county.township.store.quarantine().count == 1)
        #expect(try county.township.holds("later-value"))
        try county.township.redact(county.address)
        #expect(try !county.township.holds("later-value") && !county.township.holds(Self.secret))
        #expect(try county.township.store.verify().findings == [])
        #expect(try county.township.store.quarantine().isEmpty)
    }

    @Test func aSecondOrderAfterAConcurrentOneFindsNothingLeft() throws {
        let (village, township, county) = try (
            RedactionNode(11), RedactionNode(2), RedactionNode(1)
        )
        let address = try village.write(
            .write(
                "notes",
                set: [
                    "title": .assign(.text(Self.secret)), "kind": .assign(.text("gamma-secret")),
                    "is_open": .assign(.text("甲")),
                ])
        ).addresses[0]
        try township.take(from: village)
        try county.take(from: village)
        try township.redact(address, fields: [1])
        try county.redact(address, fields: [2])
        try township.take(from: county)
        try county.take(from: township)
        for node in [township, county] {
            node.attend()
            let shown = try node.display(address)
            #expect(shown["title"]?.value == nil && shown["kind"]?.value == nil)
            #expect(shown["is_open"]?.value == .text("甲"))
            #expect(try node.store.verify().findings == [])
        }
        #expect(try township.records() == county.records())
        #expect(throws: RedactionRefusal.nothingToDestroy) {
            try county.redact(address, fields: [1, 2])
        }
        try township.take(from: county)
        township.attend()
        for node in [township, county] {
            #expect(try !node.holds(Self.secret) && !node.holds("gamma-secret"))
            #expect(try node.display(address)["is_open"]?.value == .text("甲"))
            #expect(try node.store.verify().findings == [])
        }
    }
}
