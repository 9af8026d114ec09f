// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// What a mask shows, and that no short value shows itself.
struct MaskingTests {
    @Test(arguments: [
        ("张三", "张*"), ("张小三", "张*三"), ("欧阳小明", "欧**明"), ("张", "*"), ("", "***"),
        ("古丽·阿依木汗", "古****汗"), ("Li", "L*"), ("O'Brien", "O****n"),
        ("👨‍👩‍👧李", "👨‍👩‍👧*"), ("𠮷田", "𠮷*"), ("e\u{301}a", "e\u{301}*"),
    ])
    func namesKeepTheirEnds(name: String, shown: String) {
        #expect(Masking.name(name) == shown)
    }

    @Test(arguments: [
        ("13812341234", "138****1234"), ("0854-5612345", "085****45"), ("08545612345", "085****45"),
        ("010-12345678", "010****78"), ("110", "***"), ("1381234123", "***"), ("", "***"),
        ("138 1234 1234", "***"), ("１３８１２３４１２３４", "***"),
    ])
    func telephoneNumbersKeepTheirEnds(number: String, shown: String) {
        #expect(Masking.phone(number) == shown)
    }

    @Test(arguments: [
        ("522730194912310027", "522730********0027"), ("11010519491231002X", "110105********002X"),
        ("522730491231002", "***"), ("52273019491231002", "***"), ("", "***"),
        ("没有证件", "***"), ("abcdefghijklmnopqr", "***"),
    ])
    func residentNumbersKeepAreaAndEnd(number: String, shown: String) {
        #expect(Masking.idNumber(number) == shown)
    }

    @Test(arguments: [
        ("茶香村3组12号", "茶香村3组***"), ("茶香村三组", "茶香村三组***"), ("十二组王家", "十二组***"),
        ("张组长家", "***"), ("组", "***"), ("翠微路5号", "***"), ("", "***"),
    ])
    func addressesEndAtTheGroup(address: String, shown: String) {
        #expect(Masking.address(address) == shown)
    }

    private func json(_ collection: String, _ field: String, _ value: FieldValue) throws
        -> JSONValue
    {
        let collection = try #require(Catalogue.grid.collection(named: collection))
        let field: FieldDefinition = try #require(collection.field(named: field))
        return Masking.json(value, of: field)
    }

    @Test func fieldsAreMaskedByTheirTypes() throws {
        #expect(
            try json("residents", "id_no", .text("522730194912310027"))
                == .text("522730********0027"))
        #expect(try json("residents", "away_since", .date(20_000)) == .text("***"))
        #expect(try json("residents", "away_to", .text("贵阳")) == .text("***"))
        #expect(
            try json("households", "household_class", .list([.text("低保"), .text("监测")]))
                == .list([.text("***")]))
        #expect(try json("disputes", "facts", .text("因\n水")) == .text("***"))
    }

    @Test func partsOfAStructureAreMaskedEachByItsType() throws {
        let parties = FieldValue.list([
            .map(of: [
                "name": .text("张小三"), "phone": .text("13812341234"), "role": .text("申请人"),
            ]),
            .map(of: ["name": .text("李四"), "resident_id": .text("x")]),
        ])
        #expect(
            try json("disputes", "parties", parties)
                == .list([
                    .object([
                        "name": .text("张*三"), "phone": .text("138****1234"),
                        "role": .text("***"),
                    ]),
                    .object(["name": .text("李*"), "resident_id": .text("***")]),
                ]))
        let labels = FieldValue.list([.map(of: ["label": .text("低保")])])
        #expect(try json("residents", "labels", labels) == .list([.text("***")]))
    }

    @Test func aValueOfAnotherTypeThanItsFieldsIsHidden() throws {
        #expect(try json("residents", "id_no", .integer(522_730)) == .text("***"))
        #expect(try json("disputes", "parties", .text("张三")) == .text("***"))
        #expect(
            try json("disputes", "parties", .map(of: ["other": .text("张三")])) == .text("***"))
    }

    @Test func theMostSensitiveClassAndUnknownFieldsShowNothing() throws {
        let every = Catalogue.grid.collection(named: "care_records")?.fields ?? []
        #expect(!every.isEmpty)
        for field in every {
            #expect(Masking.masks(field))
            #expect(
                Masking.json(.list([.text("张小三"), .text("b")]), of: field) == .text("***"))
            #expect(!Masking.allowsLookup(by: field))
        }
        #expect(Masking.masks(nil))
        #expect(Masking.json(.text("张小三"), of: nil) == .text("***"))
    }

    @Test func noMaskedFieldOfTheCatalogueShowsAShortValueWhole() {
        for collection in Catalogue.grid.collections {
            for field in collection.fields where Masking.masks(field) {
                for text in ["张", "张三", "1", "12", "123", "***x", "低保", "3组"] {
                    #expect(Masking.json(.text(text), of: field) != .text(text))
                    #expect(Masking.json(.list([.text(text)]), of: field) != .list([.text(text)]))
                }
            }
        }
    }

    /// On 2026-10-07.
    @Test(arguments: [
        ("2012-10-08", PrivacyClass.p2), ("2012-10-07", .p3), ("2012-11-01", .p2),
        ("2012-09-30", .p3), ("2026-10-07", .p2), ("1949-12-31", .p3),
    ])
    func allOfAChildIsSensitive(born: String, threshold: PrivacyClass) throws {
        let today = try #require(CivilDate(parsing: "2026-10-07")).days
        let birth = FieldValue.date(try #require(CivilDate(parsing: born)).days)
        let residents = try #require(Catalogue.grid.collection(named: "residents"))
        let staff = try #require(Catalogue.grid.collection(named: "staff"))
        let name: FieldDefinition = try #require(residents.field(named: "name"))
        #expect(Masking.threshold(in: residents, today: today) { _ in birth } == threshold)
        #expect(Masking.threshold(in: residents, today: today) { _ in nil } == .p3)
        #expect(Masking.threshold(in: staff, today: today) { _ in birth } == .p3)
        #expect(Masking.masks(name, from: threshold) == (threshold == .p2))
        #expect(Masking.json(.text("张小三"), of: name) == .text("张*三"))
    }

    @Test func onlyWhatMustBeKnownAlreadyIsLookedUp() throws {
        let residents = try #require(Catalogue.grid.collection(named: "residents"))
        func allows(_ name: String) throws -> Bool {
            Masking.allowsLookup(by: try #require(residents.field(named: name)))
        }
        #expect(try allows("id_no"))
        #expect(try allows("name"))
        #expect(try allows("phone"))
        #expect(try !allows("away_to"))
        #expect(try !allows("away_reason"))
        #expect(try !allows("labels"))
    }

    @Test func aMaskThatIsWrittenBackIsKnownAsOne() throws {
        let disputes = try #require(Catalogue.grid.collection(named: "disputes"))
        let parties = try #require(disputes.field(named: "parties"))
        let facts = try #require(disputes.field(named: "facts"))
        func party(_ name: String) -> FieldValue { .map(of: ["name": .text(name)]) }
        let shown = FieldValue.list([party("张小三"), party("王*五")])
        #expect(Masking.isMask(.list([party("张*三")]), of: parties, shown: shown))
        #expect(!Masking.isMask(.list([party("王*五")]), of: parties, shown: shown))
        #expect(!Masking.isMask(.list([party("张小三")]), of: parties, shown: shown))
        #expect(!Masking.isMask(.list([party("李*四")]), of: parties, shown: nil))
        #expect(Masking.isMask(.text("***"), of: facts, shown: nil))
        let people = try #require(disputes.field(named: "people_count"))
        #expect(!Masking.isMask(.text("***"), of: people, shown: nil))
    }
}
