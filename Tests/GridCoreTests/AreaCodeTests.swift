// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct AreaCodeTests {
    private static let lengths: [(text: String, level: AreaLevel)] = [
        ("522730", .county), ("522730103", .township), ("522730103201", .village),
        ("522730103201007", .grid), ("52273010320100700", .group),
        ("5227301032010070003", .unit),
    ]

    @Test(arguments: lengths) func eachLengthIsALevelAndReadsBack(text: String, level: AreaLevel)
        throws
    {
        let area = try AreaCode(parsing: text)
        #expect(area.level == level)
        #expect(area.description == text)
        #expect(try AreaCode(level: level, number: area.number) == area)
    }

    @Test func everyOtherLengthIsRefused() {
        for length in 0...40 where AreaLevel(rawValue: UInt8(length)) == nil {
            let text = String(repeating: "5", count: length)
            #expect(throws: AreaCodeError.wrongLength(length)) { try AreaCode(parsing: text) }
        }
        #expect(throws: AreaCodeError.wrongLength(262)) {
            try AreaCode(parsing: String(repeating: "5", count: 262))
        }
    }

    @Test(arguments: ["52273a", "52273 ", "-22730", "+22730", "５２", "52273\u{0}"])
    func whatIsNotASCIIDigitsIsRefused(text: String) {
        #expect(throws: AreaCodeError.notDigits) { try AreaCode(parsing: text) }
    }

    @Test(arguments: [
        ("522730000000", "522730", AreaLevel.county),
        ("522730103000", "522730103", AreaLevel.township),
    ])
    func paddedFormsOfTwelveDigitsAreTheLevelTheyStandFor(
        padded: String, short: String, level: AreaLevel
    ) throws {
        let area = try AreaCode(parsing: padded)
        #expect(area.level == level)
        #expect(try area == AreaCode(parsing: short))
    }

    @Test(arguments: [
        ("000000", AreaLevel.county), ("000000000000", .county), ("000000103", .county),
        ("522730000", .township), ("522730000201", .township), ("522730000201007", .township),
        ("522730103000007", .village), ("522730103201000", .grid),
        ("5227301032010000000", .grid),
    ])
    func emptyPartsAreRefusedByName(text: String, part: AreaLevel) {
        #expect(throws: AreaCodeError.emptyPart(part)) { try AreaCode(parsing: text) }
    }

    @Test(arguments: ["52273010320100700", "5227301032010070000"])
    func groupAndUnitMayBeEmpty(text: String) throws {
        #expect(try AreaCode(parsing: text).description == text)
    }

    @Test(arguments: AreaLevel.allCases) func aNumberWithMoreDigitsThanItsLevelIsRefused(
        level: AreaLevel
    ) {
        #expect(throws: AreaCodeError.self) { try AreaCode(level: level, number: .max) }
    }

    @Test func leadingZerosAreDigits() throws {
        #expect(try AreaCode(parsing: "010000").description == "010000")
        #expect(try AreaCode(parsing: "010000001").ancestor(at: .county)?.description == "010000")
    }

    @Test func containmentIsThatOfDigitPrefixes() throws {
        let all = try [
            "522730", "522731", "522730103", "522730104", "522730103201", "522730103301",
            "522731103201", "522730103201007", "522730103201008", "52273010320100701",
            "5227301032010070103",
        ].map { try AreaCode(parsing: $0) }
        for outer in all {
            for inner in all {
                let expected = inner.description.hasPrefix(outer.description)
                #expect(outer.contains(inner) == expected, "\(outer) \(inner)")
            }
        }
    }

    @Test func theOrderIsThatOfTheDigitsWithParentsFirst() throws {
        let texts = [
            "522730103201008", "522730", "5227301032010070103", "522730103201", "522730104",
            "52273010320100700", "522730103201007", "522730103", "522731", "5227301032010070000",
        ]
        let areas = try texts.map { try AreaCode(parsing: $0) }.sorted()
        #expect(areas.map(\.description) == texts.sorted())
    }

    @Test func homeIsTheVillageOfWhatLiesInOneAndElseTheCodeItself() throws {
        for (text, _) in Self.lengths {
            let home = try AreaCode(parsing: text).home
            #expect(home.description == String(text.prefix(12)))
        }
    }

    @Test func thereIsNoAncestorBelowTheOwnLevel() throws {
        let township = try AreaCode(parsing: "522730103")
        #expect(township.ancestor(at: .village) == nil)
        #expect(township.ancestor(at: .township) == township)
        #expect(try township.ancestor(at: .county) == AreaCode(parsing: "522730"))
    }
}
