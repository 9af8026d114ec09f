// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import Testing

/// Every violation that values and their parts can show, from bytes made by hand.
struct DecodingViolationTests {
    private static let villageArea: [UInt8] = [12] + leb(522_730_103_201)
    private static let gridArea: [UInt8] = [15] + leb(522_730_103_201_007)

    private static func leb(_ value: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.unsigned(value)
        return writer.bytes
    }

    private static func zigzag(_ value: Int64) -> [UInt8] {
        var writer = ByteWriter()
        writer.signed(value)
        return writer.bytes
    }

    private static let values: [([UInt8], DecodingViolation)] = [
        ([], .truncated),
        ([0], .truncated),
        ([0, 3, 0x61, 0x62], .truncated),
        ([1, 0x80], .truncated),
        ([8, 0, 0, 0, 0, 0, 0, 0, 0, 0], .truncated),
        ([11] + [UInt8](repeating: 0, count: 31), .truncated),
        ([12, 1], .truncated),
        ([13, 1, 1, 0x61], .truncated),
        ([1, 0x80, 0x00], .integerNotShortest),
        ([1, 0xFF, 0x80, 0x00], .integerNotShortest),
        ([0, 0x81, 0x00, 0x61], .integerNotShortest),
        ([1] + [UInt8](repeating: 0xFF, count: 9) + [0x02], .integerTooLarge),
        ([1] + [UInt8](repeating: 0x80, count: 9) + [0x81, 0x00], .integerTooLarge),
        ([0] + leb(65_537), .lengthTooLarge),
        ([0] + leb(.max), .lengthTooLarge),
        ([9] + leb(65_537), .lengthTooLarge),
        ([12] + leb(4_097), .lengthTooLarge),
        ([13] + leb(4_097), .lengthTooLarge),
        ([13, 1] + leb(201), .lengthTooLarge),
        ([11] + [UInt8](repeating: 0, count: 33) + leb(201), .lengthTooLarge),
        ([0, 1, 0x80], .textNotUTF8),
        ([0, 2, 0xC3, 0x28], .textNotUTF8),
        ([0, 2, 0xC0, 0x80], .textNotUTF8),
        ([0, 3, 0xED, 0xA0, 0x80], .textNotUTF8),
        ([0, 4, 0xF4, 0x90, 0x80, 0x80], .textNotUTF8),
        ([0, 2, 0x61, 0], .textHoldsNul),
        ([13, 1, 1, 0, 2], .textHoldsNul),
        ([14], .unknownTag),
        ([255], .unknownTag),
        ([12, 1, 14], .unknownTag),
        ([13, 2, 1, 0x61, 2, 1, 0x61, 2], .notAscending),
        ([13, 2, 1, 0x62, 2, 1, 0x61, 2], .notAscending),
        ([13, 2, 2, 0x61, 0x62, 2, 1, 0x61, 2], .notAscending),
        ([4, 20, 1], .decimalNotNormal),
        ([4, 0, 1], .decimalNotNormal),
        ([4, 2, 10], .decimalNotNormal),
        ([10] + zigzag(900_000_001) + [0], .pointOutOfRange),
        ([10] + zigzag(-900_000_001) + [0], .pointOutOfRange),
        ([10, 0] + zigzag(1_800_000_001), .pointOutOfRange),
        ([10, 0] + zigzag(-1_800_000_001), .pointOutOfRange),
        ([10] + zigzag(1 << 40) + [0], .pointOutOfRange),
        ([5] + zigzag(-719_163), .dateOutOfRange),
        ([5] + zigzag(2_932_897), .dateOutOfRange),
        ([5] + zigzag(.max), .dateOutOfRange),
        ([7, 7, 1], .areaNotValid),
        ([7, 6] + leb(1_000_000), .areaNotValid),
        ([7, 9] + leb(522_730_000), .areaNotValid),
        ([7, 19] + leb(.max), .areaNotValid),
        ([12, 1, 12, 1, 12, 1, 12, 1, 12, 0], .nestedTooDeep),
        ([13, 1, 0, 13, 1, 0, 13, 1, 0, 13, 1, 0, 13, 0], .nestedTooDeep),
    ]

    @Test(arguments: values) func aValueThatIsNoneIsRefusedByName(
        bytes: [UInt8], violation: DecodingViolation
    ) {
        var reader = ByteReader(bytes)
        #expect(throws: violation) { try reader.value() }
    }

    /// A part of an entry that is not a value.
    enum Part: CaseIterable {
        case flag, log, sequence, finish, bounded
    }

    private static let parts: [(Part, [UInt8], DecodingViolation)] = [
        (.flag, [2], .flagNotBinary),
        (.flag, [255], .flagNotBinary),
        (.log, gridArea + [0] + [UInt8](repeating: 0, count: 16), .areaNotHome),
        (.log, [6, 0, 0], .areaNotValid),
        (.log, villageArea + [3] + [UInt8](repeating: 0, count: 16), .unknownTag),
        (.log, villageArea + [2] + [UInt8](repeating: 0, count: 15), .truncated),
        (.sequence, [0], .sequenceOutOfRange),
        (.sequence, leb(1 << 32), .sequenceOutOfRange),
        (.finish, [0], .trailingBytes),
        (.bounded, [101], .integerTooLarge),
    ]

    @Test(arguments: parts) func aPartThatIsNoneIsRefusedByName(
        part: Part, bytes: [UInt8], violation: DecodingViolation
    ) {
        var reader = ByteReader(bytes)
        #expect(throws: violation) {
            switch part {
            case .flag: _ = try reader.flag()
            case .log: _ = try reader.log()
            case .sequence: _ = try reader.sequence()
            case .finish: try reader.finish()
            case .bounded: _ = try reader.unsigned(max: 100)
            }
        }
    }

    /// What only entries, runs, certificates and messages can show is reached by their tests.
    @Test func everyViolationOfThisLevelIsReached() {
        let above: Set<DecodingViolation> = [
            .empty, .unknownVersion, .contradiction, .recordTwice, .valuesLengthWrong,
            .unknownReference, .contextNotForeign, .saltsDoNotCover, .compressionBroken,
        ]
        let reached = Set(Self.values.map(\.1) + Self.parts.map(\.2))
        #expect(reached == Set(DecodingViolation.allCases).subtracting(above))
    }
}
