// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct SaltTests {
    private func replacing(
        _ run: Run, salts: [Run.SaltSegment], entryBytes: [UInt8]? = nil
    ) -> Run {
        Run(
            identity: run.identity, first: run.first, count: run.count, backlink: run.backlink,
            salts: salts, entryBytes: entryBytes ?? run.entryBytes, signature: run.signature)
    }

    private func explicit(_ run: Run) -> [Run.SaltSegment] {
        var sequence = run.first
        return run.salts.map { segment in
            guard case .seed(let seed, let entries) = segment else { return segment }
            var deriver = SaltDeriver(seed: seed)
            defer { sequence += UInt64(entries) }
            return .salts((0..<UInt64(entries)).map { deriver.salt(at: sequence + $0) })
        }
    }

    /// 600 entries need three seeds; the run begins in the middle of a block of four salts.
    private func longRun() throws -> VerifiedRun {
        var pen = Pen(1)
        _ = try pen.write([[.note("before")], [.note("again")]])
        return try pen.write((0..<600).map { [.note("\($0)")] })
    }

    @Test func derivedSaltsAreWhatTheyWouldBeOneByOne() throws {
        let run = try longRun()
        #expect(run.run.salts.count == 3)
        let plain = replacing(run.run, salts: explicit(run.run))
        let verified = try RunVerifier.verify(Run(decoding: plain.encoded))
        #expect(verified.hashes == run.hashes)
    }

    @Test func saltsDifferFromEntryToEntryAndFromSeedToSeed() throws {
        let salts = explicit(try longRun().run).flatMap { segment -> [Salt] in
            if case .salts(let salts) = segment { salts } else { [] }
        }
        #expect(salts.count == 600)
        #expect(Set(salts).count == 600)
    }

    @Test func equalValuesUnderDifferentSaltsHaveDifferentHashes() throws {
        var pen = Pen(1)
        let run = try pen.write([[.note("13800000000")], [.note("13800000000")]])
        #expect(run.entries[0].valuesHash != run.entries[1].valuesHash)
    }

    @Test(arguments: 0..<3) func aRedactedEntryKeepsItsHashAndTheChain(place: Int) throws {
        var pen = Pen(1)
        let run = try pen.write([[.note("a")], [.note("13800000000")], [.note("c")]])
        guard case .salts(let salts)? = explicit(run.run).first else {
            Issue.record("one seed gives one list of salts")
            return
        }
        var bytes: [UInt8] = []
        var segments: [Run.SaltSegment] = []
        for (index, entry) in run.entries.enumerated() {
            bytes += run.run.entryBytes[entry.head]
            if index == place {
                bytes += entry.valuesHash.array
                segments.append(.withheld(entries: 1))
            } else {
                bytes += run.run.entryBytes[entry.values]
                segments.append(.salts([salts[index]]))
            }
        }
        let redacted = replacing(run.run, salts: segments, entryBytes: bytes)
        let verified = try RunVerifier.verify(Run(decoding: redacted.encoded))
        #expect(verified.hashes == run.hashes)
        #expect(verified.entries[place].changes == nil)
        #expect(verified.entries[place].valuesHash == run.entries[place].valuesHash)
        for other in 0..<3 where other != place {
            #expect(verified.entries[other].changes == run.entries[other].changes)
        }
    }

    @Test func aWrongSaltIsNotGenuine() throws {
        var pen = Pen(1)
        let run = try pen.write([[.note("a")]]).run
        let forged = replacing(run, salts: [.salts([.random()])])
        #expect(throws: RunViolation.signatureWrong) { try RunVerifier.verify(forged) }
    }

    @Test func everyKindOfSegmentReadsBackAsItself() throws {
        let run = try longRun().run
        let segments: [Run.SaltSegment] = [
            .withheld(entries: 7), .salts((0..<90).map { _ in .random() }),
            .seed(.random(), entries: 500), .seed(.random(), entries: 1),
            .withheld(entries: 2),
        ]
        let mixed = replacing(run, salts: segments)
        #expect(try Run(decoding: mixed.encoded) == mixed)
    }
}
