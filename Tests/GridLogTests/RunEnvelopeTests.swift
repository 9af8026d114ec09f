// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridTesting
import Testing

@testable import GridLog

struct RunEnvelopeTests {
    private let long = String(repeating: "a", count: 10_000)

    /// A run of one entry with a text of so many bytes.
    private func run(_ text: String) throws -> Run {
        var pen = Pen(1)
        return try pen.write([[.note(text)]]).run
    }

    /// Form 1, which says `size` and holds what `plain` packs to.
    private func packed(_ plain: [UInt8], saying size: Int? = nil) throws -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(1)
        writer.count(size ?? plain.count)
        writer.raw(try #require(RunPacking.pack(plain)))
        return writer.bytes
    }

    @Test func whatIsSealedOpens() throws {
        var random = SplitMix64()
        for round in 0..<60 {
            var pen = Pen(1)
            let entries = (0...random.below(round * 4 + 1)).map { _ in random.changes() }
            let run = try pen.write(entries).run
            let sealed = RunEnvelope.seal(run)
            #expect(try RunEnvelope.open(sealed) == run, "ONEGRID_SEED=\(random.seed)")
            #expect(sealed.count <= run.encoded.count + 1)
            #expect(try RunEnvelope.open(try packed(run.encoded)) == run)
            #expect(try RunEnvelope.open([0] + run.encoded) == run)
        }
    }

    @Test func anEnvelopeSaysHowLargeItsRunIs() throws {
        let runs = [try run("dry"), try run("谷脚镇人民政府 reporter 贵州省"), try run(long)]
        #expect(runs.map { RunEnvelope.seal($0).first } == [0, 3, 2])
        for run in runs {
            let size = run.encoded.count
            #expect(RunEnvelope.plainSize([0] + run.encoded) == size + 1)
            #expect(RunEnvelope.plainSize(try packed(run.encoded)) == size)
            let sealed = RunEnvelope.seal(run)
            #expect(RunEnvelope.plainSize(sealed) == (sealed.first == 0 ? size + 1 : size))
            #expect(RunEnvelope.isPacked(sealed) == (sealed.first != 0))
        }
        for broken in [[], [0], [1], [2, 1], [3], [9, 9, 9]] as [[UInt8]] {
            #expect(RunEnvelope.plainSize(broken) == broken.count)
            #expect(!RunEnvelope.isPacked(broken) || [2, 3].contains(broken.first))
        }
    }

    @Test func shortRunsTravelPlain() throws {
        let run = try run("dry")
        #expect(RunEnvelope.seal(run) == [0] + run.encoded)
    }

    /// What villages write is shorter with the dictionary, also where nothing in it is twice.
    @Test func smallRunsTravelByRowWithTheDictionary() throws {
        let run = try run("谷脚镇人民政府 reporter 贵州省")
        let sealed = RunEnvelope.seal(run)
        #expect(sealed.first == 3)
        #expect(sealed.count < run.encoded.count)
        #expect(try RunEnvelope.open(sealed) == run)
    }

    @Test func runsAreLaidOutByColumnFromASizeOn() throws {
        for (length, form) in [(8000, 3), (8200, 2)] as [(Int, UInt8)] {
            let sealed = RunEnvelope.seal(try run(String(repeating: "a", count: length)))
            #expect(sealed.first == form)
        }
    }

    @Test func whatDoesNotPackTravelsPlain() throws {
        var random = SplitMix64()
        let noise = (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var pen = Pen(1)
        let write = FieldWrite(field: 1, operation: .assign(.bytes(noise)))
        let run = try pen.write([
            [DraftChange(collection: 20, target: .new, archives: false, writes: [write])]
        ]).run
        #expect(RunEnvelope.seal(run) == [0] + run.encoded, "ONEGRID_SEED=\(random.seed)")
    }

    @Test func longRunsTravelAsColumns() throws {
        let run = try run(long)
        let sealed = RunEnvelope.seal(run)
        #expect(sealed.first == 2)
        #expect(sealed.count < 300)
    }

    /// Without its values an entry is no row that could be split.
    @Test func redactedRunsTravelByRow() throws {
        let run = try run(String(repeating: "a", count: 9000))
        let entry = try RunVerifier.read(run).entries[0]
        let hash = entry.valuesHash.withBytes { Array($0) }
        let heads = Array(run.entryBytes[entry.head]) + hash
        let redacted = Run(
            identity: run.identity, first: 1, count: 400, backlink: run.backlink,
            salts: [.withheld(entries: 400)],
            entryBytes: (0..<400).flatMap { _ in heads }, signature: run.signature)
        #expect(redacted.entryBytes.count > ProtocolLimits.runColumnsBytesMin)
        let sealed = RunEnvelope.seal(redacted)
        #expect(sealed.first == 3)
        #expect(try RunEnvelope.open(sealed) == redacted)
    }

    @Test func entriesThatNobodyCanReadTravelByRow() throws {
        let run = try run("dry")
        let odd = Run(
            identity: run.identity, first: 1, count: 1, backlink: run.backlink, salts: run.salts,
            entryBytes: [UInt8](repeating: 0xFF, count: 9000), signature: run.signature)
        let sealed = RunEnvelope.seal(odd)
        #expect(sealed.first == 3)
        #expect(try RunEnvelope.open(sealed) == odd)
    }

    @Test(arguments: [0, 1, 5195, 5197, 262_144]) func anotherSizeThanStatedIsBroken(
        size: Int
    ) throws {
        let plain = try run(String(repeating: "a", count: 5000)).encoded
        #expect(plain.count == 5196)
        let envelope = try packed(plain, saying: size)
        #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open(envelope) }
    }

    /// What unpacks to far more than any run may hold is stopped, whatever size it states.
    @Test func aBombDoesNotUnpack() throws {
        let bomb = [UInt8](repeating: 0, count: 50_000_000)
        for size in [10, ProtocolLimits.runBytesMax] {
            let small = try packed(bomb, saying: size)
            #expect(small.count < 10_000)
            #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open(small) }
        }
        let large = try packed(bomb, saying: ProtocolLimits.runBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) { try RunEnvelope.open(large) }
    }

    @Test func plainBytesOverTheLimitAreRefused() throws {
        let most = [0] + [UInt8](repeating: 1, count: ProtocolLimits.runRedactedBytesMax)
        #expect(throws: DecodingViolation.areaNotValid) { try RunEnvelope.open(most) }
        #expect(throws: DecodingViolation.lengthTooLarge) { try RunEnvelope.open(most + [1]) }
    }

    @Test func anUnknownFormOrNoneIsRefused() {
        #expect(throws: DecodingViolation.unknownTag) { try RunEnvelope.open([9, 1, 1]) }
        #expect(throws: DecodingViolation.truncated) { try RunEnvelope.open([]) }
        #expect(throws: DecodingViolation.truncated) { try RunEnvelope.open([1]) }
        #expect(throws: DecodingViolation.truncated) { try RunEnvelope.open([2]) }
        #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open([1, 5]) }
    }

    @Test func damagedEnvelopesNeverTrap() throws {
        var random = SplitMix64()
        var pen = Pen(1)
        let run = try pen.write((0..<60).map { _ in random.changes() }).run
        let columns = try pen.write((0..<400).map { _ in random.changes() }).run
        let envelopes = [
            RunEnvelope.seal(run), RunEnvelope.seal(columns), try packed(run.encoded),
        ]
        #expect(envelopes.map(\.first) == [3, 2, 1])
        for sealed in envelopes {
            for _ in 0..<2000 {
                let bit = random.below(sealed.count * 8)
                var damaged = sealed
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                if random.below(4) == 0 { damaged.removeLast(random.below(damaged.count)) }
                // Other entries may come out; they are checked by the signature.
                if let run = try? RunEnvelope.open(damaged) {
                    #expect(run.encoded.count <= ProtocolLimits.runBytesMax)
                }
            }
        }
    }
}
