// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct RunViolationTests {
    private func rebuilt(
        _ run: Run, backlink: Bytes32? = nil, count: Int? = nil, first: UInt64? = nil,
        salts: [Run.SaltSegment]? = nil, entryBytes: [UInt8]? = nil, signature: [UInt8]? = nil
    ) -> Run {
        Run(
            identity: run.identity, first: first ?? run.first, count: count ?? run.count,
            backlink: backlink ?? run.backlink, salts: salts ?? run.salts,
            entryBytes: entryBytes ?? run.entryBytes, signature: signature ?? run.signature)
    }

    private func run() throws -> Run {
        var pen = Pen(1)
        return try pen.write([[.note("dry")], [.note("wet")]]).run
    }

    @Test func anotherKeysSignatureIsWrong() throws {
        let run = try run()
        let hash = try #require(try RunVerifier.read(run).hashes.last)
        let forged = rebuilt(run, signature: Pen(2).author.sign(.entry, over: hash))
        #expect(throws: RunViolation.signatureWrong) { try RunVerifier.verify(forged) }
    }

    @Test func aSignatureForAnotherPurposeIsWrong() throws {
        let run = try run()
        let hash = try #require(try RunVerifier.read(run).hashes.last)
        let forged = rebuilt(run, signature: Pen(1).author.sign(.certificate, over: hash))
        #expect(throws: RunViolation.signatureWrong) { try RunVerifier.verify(forged) }
    }

    @Test func aFirstEntryHangsOnItsLogsDigest() throws {
        let forged = rebuilt(try run(), backlink: .zero)
        #expect(throws: RunViolation.firstBacklinkWrong) { try RunVerifier.verify(forged) }
    }

    @Test func aRunMovedToAnotherPlaceIsNotGenuine() throws {
        let forged = rebuilt(try run(), first: 2)
        #expect(throws: RunViolation.signatureWrong) { try RunVerifier.verify(forged) }
    }

    @Test func aRunWithoutItsLastEntryIsNotGenuine() throws {
        let run = try run()
        let last = try RunVerifier.read(run).entries[1]
        guard case .seed(let seed, _)? = run.salts.first else {
            Issue.record("a fresh run has a seed")
            return
        }
        let cut = rebuilt(
            run, count: 1, salts: [.seed(seed, entries: 1)],
            entryBytes: Array(run.entryBytes[..<last.head.lowerBound]))
        #expect(try RunVerifier.read(cut).hashes.count == 1)
        #expect(throws: RunViolation.signatureWrong) { try RunVerifier.verify(cut) }
    }

    @Test func bytesAfterTheLastEntryAreMalformed() throws {
        let run = try run()
        let forged = rebuilt(run, entryBytes: run.entryBytes + [0])
        #expect(throws: RunViolation.malformed(.trailingBytes)) { try RunVerifier.verify(forged) }
    }

    @Test func anEntryOverItsLimitIsNamedByItsSequence() throws {
        var writer = ByteWriter()
        writer.signed(0)
        writer.count(0)
        writer.count(ProtocolLimits.entryBytesMax)
        writer.raw([1, 20, 0, 0])
        let forged = rebuilt(
            try run(), backlink: .zero, count: 1, first: 9, salts: [.withheld(entries: 1)],
            entryBytes: writer.bytes + [UInt8](repeating: 0, count: 32))
        #expect(throws: RunViolation.entryTooLarge(sequence: 9)) {
            try RunVerifier.verify(forged)
        }
    }

    /// The head of a run: offset of the byte, what is put there, what it is then.
    private static let heads: [(Int, [UInt8], DecodingViolation)] = [
        (0, [2], .unknownVersion),
        (49, [7], .areaNotValid),
        (56, [3], .unknownTag),
        (57, [0], .sequenceOutOfRange),
        (58, [0], .empty),
        (91, [0], .saltsDoNotCover),
        (91, [3], .lengthTooLarge),
        (92, [3], .unknownTag),
        (93, [0], .empty),
        (93, [1], .saltsDoNotCover),
        (93, [3], .lengthTooLarge),
    ]

    @Test(arguments: heads) func aBrokenHeadIsRefusedByName(
        offset: Int, patch: [UInt8], violation: DecodingViolation
    ) throws {
        var bytes = try run().encoded
        bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
        #expect(throws: violation) { try Run(decoding: bytes) }
    }

    @Test func aLogFinerThanAVillageIsRefused() throws {
        var writer = ByteWriter()
        writer.byte(1)
        writer.raw([UInt8](repeating: 0, count: 48))
        writer.area(Pen.area("522730103201007"))
        writer.raw([UInt8](repeating: 1, count: 200))
        #expect(throws: DecodingViolation.areaNotHome) { try Run(decoding: writer.bytes) }
    }

    @Test func aRunPastTheLastSequenceIsRefused() throws {
        let run = try run()
        let last = rebuilt(run, first: ProtocolLimits.sequenceMax - 1)
        #expect(try Run(decoding: last.encoded).last == ProtocolLimits.sequenceMax)
        let past = rebuilt(run, first: ProtocolLimits.sequenceMax)
        #expect(throws: DecodingViolation.sequenceOutOfRange) { try Run(decoding: past.encoded) }
    }

    @Test func moreBytesThanARunMayHaveAreNotLookedAt() {
        let bytes = [UInt8](repeating: 1, count: ProtocolLimits.runRedactedBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) { try Run(decoding: bytes) }
    }

    @Test func onlyARunOfWhichSomethingWasRedactedMayBeLonger() throws {
        let more = [UInt8](repeating: 1, count: ProtocolLimits.runBytesMax)
        let whole = rebuilt(try run(), entryBytes: more)
        #expect(throws: DecodingViolation.lengthTooLarge) { try Run(decoding: whole.encoded) }
        let salted = rebuilt(
            whole, salts: [.salts((0..<whole.count).map { _ in .random() })])
        #expect(try Run(decoding: salted.encoded) == salted)
    }

    @Test func moreEntriesThanARunMayHaveAreRefused() throws {
        let count = ProtocolLimits.runEntriesMax + 1
        let long = rebuilt(try run(), count: count, salts: [.withheld(entries: count)])
        #expect(throws: DecodingViolation.lengthTooLarge) { try Run(decoding: long.encoded) }
    }
}
