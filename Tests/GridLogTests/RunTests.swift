// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridTesting
import Testing

struct RunTests {
    @Test func whatIsWrittenIsReadAndVerified() throws {
        var random = SplitMix64()
        for _ in 0..<150 {
            var pen = Pen(1)
            for _ in 0..<3 {
                let written = try pen.write((0...random.below(4)).map { _ in random.changes() })
                let run = try Run(decoding: written.run.encoded)
                #expect(run == written.run, "ONEGRID_SEED=\(random.seed)")
                let verified = try RunVerifier.verify(run)
                #expect(verified.entries == written.entries, "ONEGRID_SEED=\(random.seed)")
                #expect(verified.hashes == written.hashes, "ONEGRID_SEED=\(random.seed)")
            }
        }
    }

    @Test func resolvedChangesAreTheDraftsWithTheirPlaces() throws {
        var pen = Pen(1)
        let run = try pen.write([[.note("dry"), .note("wet")]])
        var reader = LogState(identity: pen.state.identity)
        let (timestamp, changes) = try reader.resolve(run.entries[0])
        let dot = Dot(log: pen.log, sequence: 1)
        #expect(timestamp == HybridTimestamp(milliseconds: 1_790_000_000_000, counter: 0))
        #expect(changes.map(\.address) == (0..<2).map { .created(dot: dot, index: $0) })
        #expect(changes.map(\.writes) == [DraftChange.note("dry"), .note("wet")].map(\.writes))
    }

    @Test func hashesAreKnownForTheRunAndTheEntryBeforeIt() throws {
        var pen = Pen(1)
        let before = try pen.write([[.note("a")]])
        let run = try pen.write([[.note("b")], [.note("c")]])
        #expect(run.hash(at: 0) == nil)
        #expect(run.hash(at: 1) == before.hashes[0])
        #expect(run.hash(at: 2) == run.hashes[0])
        #expect(run.hash(at: 3) == run.hashes[1])
        #expect(run.hash(at: 4) == nil)
    }

    /// Every single bit: a run is what was signed, or it is nothing.
    @Test func noFlippedBitGoesUnnoticed() throws {
        var pen = Pen(1)
        _ = try pen.write([[.note("before")]])
        let bytes = try pen.write([[.note("dry")], [.note("wet")]]).run.encoded
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let run = try? Run(decoding: damaged) else { continue }
            #expect(throws: RunViolation.self, "bit \(bit)") { try RunVerifier.verify(run) }
        }
    }

    @Test func noCutOrLengthenedRunIsRead() throws {
        var pen = Pen(1)
        let bytes = try pen.write([[.note("dry")], [.note("wet")]]).run.encoded
        for length in 0..<bytes.count {
            #expect(throws: DecodingViolation.self) { try Run(decoding: Array(bytes[..<length])) }
        }
        #expect(throws: DecodingViolation.trailingBytes) { try Run(decoding: bytes + [0]) }
    }

    @Test func joinedRunsVerifyUnderTheSignatureOfTheLater() throws {
        var pen = Pen(1)
        let runs = try (0..<3).map { try pen.write([[.note("a\($0)")], [.note("b\($0)")]]) }
        let joined = try #require(runs[0].run.joined(with: runs[1].run)?.joined(with: runs[2].run))
        #expect(joined.signature == runs[2].run.signature)
        let verified = try RunVerifier.verify(Run(decoding: joined.encoded))
        #expect(verified.hashes == runs.flatMap(\.hashes))
        #expect((joined.first, joined.last) == (1, 6))
    }

    @Test func runsThatDoNotFollowEachOtherAreNotJoined() throws {
        var pen = Pen(1)
        var other = Pen(2)
        let runs = try (0..<3).map { try pen.write([[.note("a\($0)")]]) }
        _ = try other.write([[.note("a")]])
        let foreign = try other.write([[.note("b")]])
        #expect(runs[0].run.joined(with: runs[2].run) == nil)
        #expect(runs[1].run.joined(with: runs[0].run) == nil)
        #expect(runs[0].run.joined(with: runs[0].run) == nil)
        #expect(runs[0].run.joined(with: foreign.run) == nil)
    }

    @Test func joiningStopsBeforeTheLimitOfARun() throws {
        var pen = Pen(1)
        let text = String(repeating: "a", count: 60_000)
        var joined = try pen.write([[.note(text)]]).run
        for _ in 0..<3 {
            joined = try #require(joined.joined(with: try pen.write([[.note(text)]]).run))
        }
        #expect(joined.joined(with: try pen.write([[.note(text)]]).run) == nil)
        #expect(joined.encoded.count <= joined.encodedSize)
        #expect(joined.encodedSize <= ProtocolLimits.runBytesMax)
    }

    @Test func theStatedSizeIsNeverTooSmall() throws {
        var random = SplitMix64()
        for _ in 0..<50 {
            var pen = Pen(3, area: "522730")
            let run = try pen.write((0...random.below(20)).map { _ in random.changes() }).run
            #expect(run.encoded.count <= run.encodedSize, "ONEGRID_SEED=\(random.seed)")
        }
    }
}
