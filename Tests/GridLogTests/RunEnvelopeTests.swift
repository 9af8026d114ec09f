// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridLog
import GridTesting
import Testing

struct RunEnvelopeTests {
    private let long = [UInt8](repeating: 0x61, count: 5000)

    /// An envelope that says `size` and holds what `plain` packs to.
    private func envelope(of plain: [UInt8], saying size: Int) throws -> [UInt8] {
        var reader = ByteReader(RunEnvelope.seal(plain))
        #expect(try reader.byte() == 1)
        #expect(try reader.count(max: .max) == plain.count)
        var writer = ByteWriter()
        writer.byte(1)
        writer.count(size)
        writer.raw(try reader.raw(reader.remaining))
        return writer.bytes
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 65_536, 262_144])
    func whatIsSealedOpens(count: Int) throws {
        var random = SplitMix64()
        let flat = [UInt8](repeating: 7, count: count)
        let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for plain in [flat, noise] {
            let sealed = RunEnvelope.seal(plain)
            #expect(try RunEnvelope.open(sealed) == plain, "ONEGRID_SEED=\(random.seed)")
            #expect(sealed.count <= plain.count + 1)
        }
    }

    @Test func shortRunsTravelPlain() {
        let plain = [UInt8](repeating: 0, count: ProtocolLimits.runCompressionBytesMin - 1)
        #expect(RunEnvelope.seal(plain) == [0] + plain)
    }

    @Test func longRunsTravelPacked() throws {
        #expect(RunEnvelope.seal(long).count < 100)
        #expect(try envelope(of: long, saying: long.count) == RunEnvelope.seal(long))
    }

    @Test(arguments: [0, 1, 4999, 5001, 262_144]) func anotherSizeThanStatedIsBroken(
        size: Int
    ) throws {
        let envelope = try envelope(of: long, saying: size)
        #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open(envelope) }
    }

    /// What unpacks to far more than any run may hold is stopped, whatever size it states.
    @Test func aBombDoesNotUnpack() throws {
        let bomb = [UInt8](repeating: 0, count: 50_000_000)
        for size in [10, ProtocolLimits.runBytesMax] {
            let small = try envelope(of: bomb, saying: size)
            #expect(small.count < 10_000)
            #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open(small) }
        }
        let large = try envelope(of: bomb, saying: ProtocolLimits.runBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) { try RunEnvelope.open(large) }
    }

    @Test func plainBytesOverTheLimitAreRefused() throws {
        let most = [0] + [UInt8](repeating: 1, count: ProtocolLimits.runBytesMax)
        #expect(try RunEnvelope.open(most).count == ProtocolLimits.runBytesMax)
        #expect(throws: DecodingViolation.lengthTooLarge) { try RunEnvelope.open(most + [1]) }
    }

    @Test func anUnknownFormOrNoneIsRefused() {
        #expect(throws: DecodingViolation.unknownTag) { try RunEnvelope.open([2, 1, 1]) }
        #expect(throws: DecodingViolation.truncated) { try RunEnvelope.open([]) }
        #expect(throws: DecodingViolation.truncated) { try RunEnvelope.open([1]) }
        #expect(throws: DecodingViolation.compressionBroken) { try RunEnvelope.open([1, 5]) }
    }

    @Test func damagedEnvelopesNeverTrap() {
        var random = SplitMix64()
        let sealed = RunEnvelope.seal((0..<3000).map { UInt8($0 / 30) })
        for bit in 0..<sealed.count * 8 {
            var damaged = sealed
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            if random.below(4) == 0 { damaged.removeLast(random.below(damaged.count)) }
            // Other bytes may come out; the run inside is checked by its signature.
            if let plain = try? RunEnvelope.open(damaged) {
                #expect(plain.count <= ProtocolLimits.runBytesMax)
            }
        }
    }
}
