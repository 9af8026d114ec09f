// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridTesting
import Testing

/// One form a value: what is read is written again byte for byte.
struct ByteFormTests {
    @Test func everyValueReadsBackAsItself() throws {
        var random = SplitMix64()
        for _ in 0..<3000 {
            let value = random.value()
            var writer = ByteWriter()
            writer.value(value)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.value() == value, "ONEGRID_SEED=\(random.seed)")
            #expect(reader.remaining == 0)
        }
    }

    private static let integers: [UInt64] =
        [0, 1, 127, 128, 16_383, 16_384, .max - 1, .max] + (0..<64).map { 1 << $0 }

    @Test(arguments: integers) func everyIntegerReadsBackAsItself(integer: UInt64) throws {
        var writer = ByteWriter()
        writer.unsigned(integer)
        writer.signed(Int64(bitPattern: integer))
        writer.fixed64(integer)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.unsigned() == integer)
        #expect(try reader.signed() == Int64(bitPattern: integer))
        #expect(try reader.fixed64() == integer)
        try reader.finish()
    }

    @Test func integersHaveTheirKnownForms() {
        var writer = ByteWriter()
        writer.unsigned(UInt64(300))
        writer.signed(-1)
        writer.signed(1)
        writer.unsigned(UInt64.max)
        #expect(
            writer.bytes == [0xAC, 0x02, 0x01, 0x02] + [UInt8](repeating: 0xFF, count: 9) + [1])
    }

    @Test func namesReadBackAsThemselves() throws {
        let area = try AreaCode(parsing: "522730103201")
        let log = LogID(
            replica: ReplicaID(high: .max, low: 1), domain: Domain(area: area, lane: .urgent))
        let record = RecordID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC)
        let digest = Bytes32(words: (1, .max, 3, 1 << 63))
        var writer = ByteWriter()
        writer.log(log)
        writer.recordID(record)
        writer.raw(digest)
        writer.flag(true)
        writer.text("谷脚镇")
        var reader = ByteReader(writer.bytes)
        #expect(try reader.log() == log)
        #expect(try reader.recordID() == record)
        #expect(try reader.bytes32() == digest)
        #expect(try reader.flag())
        #expect(try reader.text(max: 9) == "谷脚镇")
        try reader.finish()
    }

    /// Random bytes, and good bytes with a few of them changed, cut or doubled.
    @Test func bytesOfAnyKindAreRefusedByNameOrReadAsWritten() {
        var random = SplitMix64()
        var accepted = 0
        var refused: Set<DecodingViolation> = []
        for round in 0..<30_000 {
            let bytes = round % 3 == 0 ? random.noise() : random.damaged()
            var reader = ByteReader(bytes)
            do throws(DecodingViolation) {
                let value = try reader.value()
                var writer = ByteWriter()
                writer.value(value)
                #expect(
                    writer.bytes == Array(bytes[..<reader.offset]),
                    "ONEGRID_SEED=\(random.seed) \(bytes)")
                accepted += 1
            } catch {
                refused.insert(error)
            }
        }
        #expect(accepted > 100)
        #expect(refused.count > 5)
    }

    /// The same for a part of the bytes: nothing past its end is read.
    @Test func aReaderOfAPartStopsAtItsEnd() {
        let bytes = [UInt8](repeating: 0x80, count: 40)
        var reader = ByteReader(bytes, in: 10..<14)
        #expect(throws: DecodingViolation.truncated) { try reader.unsigned() }
        #expect(reader.offset == 14)
        #expect(throws: DecodingViolation.truncated) { try reader.byte() }
        #expect(throws: DecodingViolation.truncated) { try reader.skip(1) }
    }
}

extension SplitMix64 {
    fileprivate mutating func noise() -> [UInt8] {
        // The first byte is a tag, most often a known one.
        [UInt8(below(16))] + (0..<below(20)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    fileprivate mutating func damaged() -> [UInt8] {
        var writer = ByteWriter()
        writer.value(value())
        var bytes = writer.bytes
        for _ in 0...below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(5) {
            case 0: bytes.removeLast(bytes.count - place)
            case 1: bytes.insert(bytes[place], at: place)
            case 2: bytes.remove(at: place)
            default: bytes[place] ^= 1 << UInt8(below(8))
            }
        }
        return bytes
    }
}
