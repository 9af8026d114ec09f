// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// What becomes of writes to the collections of the catalogue. Today is 2026-10-07.
struct WriteProblemsTests {
    static let village = "522730103210"
    static let midnight: Int64 = 1_791_302_400_000

    func problems(
        _ collection: String, _ writes: [CollectionDefinition.NamedValue],
        shown: [String: FieldValue] = [:]
    ) throws -> [Problem] {
        let definition = try #require(Catalogue.grid.collection(named: collection))
        let context = WriteContext(area: try AreaCode(parsing: Self.village), now: Self.midnight)
        #expect(context.today == 20_733)
        return definition.problems(in: writes, others: { shown[$0] }, context: context)
    }

    func refusals(
        _ collection: String, _ writes: [CollectionDefinition.NamedValue],
        shown: [String: FieldValue] = [:]
    ) throws -> [String] {
        try problems(collection, writes, shown: shown).filter(\.isRefusal)
            .map { "\($0.pointer) \($0.code.rawValue)" }
    }

    func advice(
        _ collection: String, _ writes: [CollectionDefinition.NamedValue],
        shown: [String: FieldValue] = [:]
    ) throws -> [String] {
        try problems(collection, writes, shown: shown).filter { !$0.isRefusal }
            .map { "\($0.pointer) \($0.code.rawValue)" }
    }

    static func date(_ text: String) -> FieldValue {
        .date(CivilDate(parsing: text)?.days ?? 0)
    }

    static func time(_ text: String) -> FieldValue {
        .time(ChinaTime.milliseconds(parsing: text) ?? 0)
    }

    static func area(_ text: String) throws -> FieldValue {
        .area(try AreaCode(parsing: text))
    }

    @Test func rightValuesAreTaken() throws {
        let found = try problems(
            "residents",
            [
                ("name", .text("王小明")), ("id_no", .text("522730194912310027")),
                ("sex", .text("F")), ("birth_date", Self.date("1949-12-31")),
                ("registration", .text("local")), ("phone", .text("13800138000")),
                ("alive", .map(of: ["alive": .boolean(true)])), ("note", .text("家住二组\n靠河")),
                ("household_id", .reference(RecordID(high: 1, low: 2))),
                ("labels", .list([.map(of: ["label": .text("党员")])])), ("nation", nil),
            ])
        #expect(found.isEmpty, "\(found)")
    }

    @Test func missingValuesAreNoProblem() throws {
        #expect(try problems("residents", [("name", .text("王小明"))]).isEmpty)
        #expect(try problems("residents", []).isEmpty)
    }

    @Test func unknownAndDerivedFieldsAreRefused() throws {
        #expect(
            try refusals("residents", [("po/em~", .text("x")), ("under_14", .boolean(true))]) == [
                "/fields/po~1em~0 unknown_field", "/fields/under_14 derived_field",
            ])
    }

    @Test(arguments: [
        ("name", FieldValue.integer(1)), ("birth_date", .text("1949-12-31")),
        ("household_id", .text("x")), ("labels", .text("党员")), ("alive", .boolean(true)),
        ("sex", .boolean(true)), ("id_no", .integer(5)), ("phone", .integer(13_800_138_000)),
    ])
    func valuesOfAnotherTypeAreRefused(field: String, value: FieldValue) throws {
        let found = try refusals("residents", [(field, value)])
        #expect(found.map { $0.split(separator: " ").last } == ["wrong_type"])
    }

    @Test(arguments: [
        ("residents", "name", FieldValue.text("王"), "too_short"),
        ("residents", "name", .text(String(repeating: "王", count: 21)), "too_long"),
        ("residents", "note", .text(String(repeating: "好", count: 501)), "too_long"),
        ("residents", "name", .text("王\n明"), "control_character"),
        ("residents", "note", .text("a\u{0}"), "control_character"),
        ("residents", "sex", .text("X"), "not_in_list"),
        ("residents", "marital", .text(""), "too_short"),
        ("residents", "id_no", .text("52273019491231002"), "id_format"),
        ("residents", "id_no", .text("52273019491231002x"), "id_format"),
        ("residents", "id_no", .text("522730194912310028"), "id_check_digit"),
        ("residents", "id_no", .text("522730201002290015"), "id_date"),
        ("residents", "id_no", .text("110105202610080019"), "id_future"),
        ("residents", "birth_date", .date(20_734), "in_future"),
        ("residents", "phone", .text("12345"), "bad_phone"),
        ("organizations", "credit_code", .text("91350100M000100Y4"), "organisation_code_format"),
        ("organizations", "credit_code", .text("91350100M000100Y44"), "organisation_code_check"),
        ("houses", "floors", .integer(0), "out_of_range"),
        ("houses", "floors", .integer(61), "out_of_range"),
        ("houses", "area_m2", .integer(0), "out_of_range"),
        ("houses", "built_year", .integer(1899), "out_of_range"),
        ("houses", "built_year", .integer(2027), "out_of_range"),
        ("points_rules", "score", .integer(0), "out_of_range"),
        ("fund_entries", "amount_fen", .integer(0), "out_of_range"),
        ("assessments", "period", .text("2026-13"), "bad_period"),
        ("assessments", "period", .text("十月"), "bad_period"),
        ("attachments", "sha256", .bytes([1]), "wrong_size"),
        ("grids", "boundary", .list([]), "ring_not_closed"),
        ("matters", "occurred_at", .time(1_791_302_400_000 + 86_400_001), "in_future"),
        ("notices", "body", .text("详询13800138000"), "personal_number"),
        ("notices", "body", .text("名单：522730194912310027"), "personal_number"),
    ])
    func wrongValuesAreRefused(
        collection: String, field: String, value: FieldValue, code: String
    ) throws {
        #expect(try refusals(collection, [(field, value)]) == ["/fields/\(field) \(code)"])
    }

    @Test(arguments: [
        ("houses", "floors", FieldValue.integer(60)), ("houses", "built_year", .integer(2026)),
        ("points_rules", "score", .integer(-100)), ("assessments", "period", .text("2026-12")),
        ("assessments", "period", .text("2026")), ("residents", "birth_date", .date(20_733)),
        ("matters", "occurred_at", .time(1_791_302_400_000 + 86_400_000)),
        ("residents", "phone", .text("0854-5631234")),
        ("organizations", "credit_code", .text("91350100M000100Y43")),
    ])
    func valuesAtTheBoundsAreTaken(collection: String, field: String, value: FieldValue) throws {
        #expect(try problems(collection, [(field, value)]).isEmpty)
    }

    @Test func areaCodesAreOfTheirLevelAndInsideTheRecordsArea() throws {
        let field = "grid_code"
        #expect(try refusals("households", [(field, try Self.area("522730103210003"))]).isEmpty)
        #expect(
            try refusals("households", [(field, try Self.area("522730103211003"))])
                == ["/fields/grid_code outside_area"])
        #expect(
            try refusals("households", [(field, try Self.area("522730103210"))])
                == ["/fields/grid_code bad_area_level"])
    }

    @Test func reservedGridNumbersAreForDedicatedGrids() throws {
        let code = try Self.area("522730103210900")
        #expect(
            try refusals("grids", [("grid_code", code), ("kind", .text("rural"))])
                == ["/fields/grid_code reserved_grid_number"])
        #expect(try refusals("grids", [("grid_code", code), ("kind", .text("dedicated"))]) == [])
        #expect(try refusals("grids", [("grid_code", code)]) == [])
        #expect(
            try refusals("grids", [("kind", .text("rural"))], shown: ["grid_code": code])
                == ["/fields/kind reserved_grid_number"])
    }

    @Test func elementsOfSetsAndPartsOfItemsAreChecked() throws {
        #expect(
            try refusals("staff", [("scopes", .list([try Self.area("52273010321000302")]))])
                == ["/fields/scopes/0 bad_area_level"])
        #expect(
            try refusals("households", [("household_class", .text("富"))])
                == ["/fields/household_class not_in_list"])
        let party = FieldValue.map(of: ["name": .text("甲"), "phone": .text("1"), "x": .text("y")])
        #expect(
            try refusals("disputes", [("parties", .list([party]))]) == [
                "/fields/parties/0/phone bad_phone", "/fields/parties/0/x unknown_part",
            ])
        #expect(
            try refusals("assessments", [("items", .map(of: ["delta": .integer(-5)]))])
                == ["/fields/items/reason missing_part"])
        #expect(
            try refusals(
                "visits", [("purpose", .list([.text("信息核实"), .text("信息核实")]))])
                == ["/fields/purpose repeated_element"])
        #expect(
            try refusals(
                "hazards",
                [
                    (
                        "measures",
                        .list([
                            .map(of: ["action": .text("fix")]),
                            .map(of: ["action": .text("fix"), "at": Self.time("2026-10-09")]),
                        ])
                    )
                ])
                == ["/fields/measures/1/at in_future"])
    }

    @Test func filesHaveAGreatestSize() throws {
        let file = AttachmentReference(
            hash: Array(repeating: 1, count: 32), size: 2_097_153, mediaType: "image/jpeg")
        #expect(
            try refusals("hazards", [("photos", .list([.attachment(file)]))])
                == ["/fields/photos/0 too_large"])
    }

    @Test func unusualValuesAreTakenWithAdvice() throws {
        let few = FieldValue.list((1...9).map { .reference(RecordID(high: $0, low: 0)) })
        #expect(
            try advice("household_units", [("household_ids", few)])
                == ["/fields/household_ids unusual_count"])
        let more = FieldValue.reference(RecordID(high: 10, low: 0))
        #expect(
            try problems(
                "household_units", [("household_ids", more)], shown: ["household_ids": few]
            ).isEmpty)
        #expect(
            try advice("grids", [("household_limit", .integer(501))])
                == ["/fields/household_limit unusual"])
        #expect(
            try advice("staff", [("roles", .list([.text("护林员")]))])
                == ["/fields/roles/0 unlisted_value"])
        #expect(
            try advice("residents", [("note", .text("儿子13800138000"))])
                == ["/fields/note personal_number"])
        #expect(
            try advice("notices", [("body", .text("详询0854-5631234"))])
                == ["/fields/body personal_number"])
    }

    @Test func messagesSayWhereAndWhatInBothLanguages() throws {
        let found = try problems("residents", [("id_no", .text("522730194912310028"))])
        let problem = try #require(found.first)
        #expect(problem.chinese == "身份证号：校验码不符，至少有一位录错。请对照证件逐位核对。")
        #expect(
            problem.english
                == "id_no fails its check digit: a digit is wrong. Compare it with the card.")
        #expect(!problem.chinese.contains("522730"))
        #expect(problem.moved(below: "/rows/2").pointer == "/rows/2/fields/id_no")
    }

    @Test func countersTakeIntegers() throws {
        let catalogue = try Catalogue(
            parsing: "edition 1\ncollection 16|a|甲|routine\n1|n|数|integer|counter|O|P0")
        let collection = try #require(catalogue.collection(named: "a"))
        let context = WriteContext(area: try AreaCode(parsing: Self.village), now: 0)
        let right = collection.problems(
            in: [("n", .integer(-3))], others: { _ in nil }, context: context)
        let wrong = collection.problems(
            in: [("n", .text("3"))], others: { _ in nil }, context: context)
        #expect(right.isEmpty)
        #expect(wrong.map(\.code) == [.wrongType])
    }
}
