// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import Testing

/// Each bound of values at its edge; `DecodingViolationTests` has what lies one past it.
struct LimitTests {
    private func reading(_ value: FieldValue) throws -> FieldValue {
        var writer = ByteWriter()
        writer.value(value)
        var reader = ByteReader(writer.bytes)
        let read = try reader.value()
        try reader.finish()
        return read
    }

    private static func point(_ latitude: Int32, _ longitude: Int32) throws -> FieldValue {
        .point(try #require(GeoPoint(latitude: latitude, longitude: longitude)))
    }

    @Test func theLongestTextAndBytesAreRead() throws {
        let text = FieldValue.text(String(repeating: "a", count: 65_536))
        let bytes = FieldValue.bytes([UInt8](repeating: 0, count: 65_536))
        #expect(try reading(text) == text)
        #expect(try reading(bytes) == bytes)
    }

    @Test func oneByteMoreIsRefused() {
        for value in [
            FieldValue.text(String(repeating: "a", count: 65_537)),
            .bytes([UInt8](repeating: 0, count: 65_537)),
            .list([FieldValue](repeating: .boolean(true), count: 4_097)),
        ] {
            #expect(throws: DecodingViolation.lengthTooLarge) { try reading(value) }
        }
    }

    @Test func theLongestListIsRead() throws {
        let list = FieldValue.list([FieldValue](repeating: .boolean(true), count: 4_096))
        #expect(try reading(list) == list)
    }

    @Test func fourListsMayStandInEachOtherAndFiveMayNot() throws {
        var value = FieldValue.boolean(true)
        for _ in 0..<4 { value = .list([value]) }
        #expect(try reading(value) == value)
        #expect(throws: DecodingViolation.nestedTooDeep) { try reading(.list([value])) }
        #expect(throws: DecodingViolation.nestedTooDeep) { try reading(.map(of: ["a": value])) }
    }

    @Test func theFirstAndTheLastDayAreRead() throws {
        for days: Int32 in [-719_162, 2_932_896] {
            #expect(try reading(.date(days)) == .date(days))
        }
    }

    @Test func thePolesAndTheDateLineAreRead() throws {
        for value in try [
            Self.point(900_000_000, 1_800_000_000), Self.point(-900_000_000, -1_800_000_000),
        ] {
            #expect(try reading(value) == value)
        }
    }

    @Test func theFinestDecimalIsRead() throws {
        for mantissa in [Int64.min + 1, -1, 1, .max] {
            let decimal = try #require(DecimalNumber(mantissa: mantissa, scale: 9))
            #expect(try reading(.decimal(decimal)) == .decimal(decimal))
        }
    }

    @Test func theFirstAndTheLastSequenceAreRead() throws {
        for sequence in [1, ProtocolLimits.sequenceMax] {
            var writer = ByteWriter()
            writer.unsigned(sequence)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.sequence() == sequence)
        }
    }

    @Test(arguments: AreaLevel.allCases) func theLargestAreaOfEachLevelIsRead(level: AreaLevel)
        throws
    {
        let digits = String(repeating: "9", count: level.digits)
        let area = FieldValue.area(try AreaCode(parsing: digits))
        #expect(try reading(area) == area)
    }

    @Test func aDecimalHasOneForm() throws {
        let decimal = try #require(DecimalNumber(mantissa: 1_500, scale: 3))
        #expect(decimal == DecimalNumber(mantissa: 15, scale: 1))
        #expect(DecimalNumber(mantissa: 0, scale: 9)?.scale == 0)
        #expect(DecimalNumber(mantissa: 1, scale: 10) == nil)
    }
}
