// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Rules between two fields, whichever of them is written.
extension WriteProblemsTests {
    @Test func datesKeepTheirOrderWhicheverIsWritten() throws {
        let early = Self.date("2026-01-01")
        let late = Self.date("2026-02-01")
        #expect(
            try refusals("sweeps", [("from_on", late), ("to_on", early)])
                == ["/fields/to_on before_other_field"])
        #expect(
            try refusals("sweeps", [("to_on", early)], shown: ["from_on": late])
                == ["/fields/to_on before_other_field"])
        #expect(
            try refusals("sweeps", [("from_on", late)], shown: ["to_on": early])
                == ["/fields/from_on before_other_field"])
        #expect(try refusals("sweeps", [("from_on", early), ("to_on", early)]) == [])
        #expect(
            try refusals(
                "sweeps", [("from_on", nil), ("to_on", early)], shown: ["from_on": late]) == [])
        #expect(
            try refusals(
                "sweeps", [("name", .text("十月"))], shown: ["from_on": late, "to_on": early]) == [])
        #expect(
            try refusals(
                "hazards", [("due_on", early)], shown: ["found_at": Self.time("2026-01-01 23:59")])
                == [])
        #expect(
            try refusals(
                "hazards", [("due_on", early)], shown: ["found_at": Self.time("2026-01-02 00:00")])
                == ["/fields/due_on before_other_field"])
    }

    @Test func numbersKeepTheirOrder() throws {
        #expect(
            try refusals(
                "organizations",
                [("staff_count", .integer(3)), ("party_member_count", .integer(4))])
                == ["/fields/party_member_count more_than_other_field"])
        #expect(
            try refusals(
                "responsibility_items", [("handle_days", .integer(2))],
                shown: ["accept_days": .integer(3)])
                == ["/fields/handle_days less_than_other_field"])
    }

    @Test func aPatrolEndsWithinADay() throws {
        let start = Self.time("2026-10-01 08:00")
        #expect(
            try refusals(
                "patrols", [("started_at", start), ("ended_at", Self.time("2026-10-02 08:01"))])
                == ["/fields/ended_at too_long_after_other_field"])
        #expect(
            try refusals(
                "patrols", [("started_at", start), ("ended_at", Self.time("2026-10-01 07:59"))])
                == ["/fields/ended_at before_other_field"])
        #expect(
            try refusals(
                "patrols", [("started_at", start), ("ended_at", Self.time("2026-10-02 08:00"))])
                == [])
    }

    @Test func sexAndBirthDateAgreeWithTheNumber() throws {
        let number = FieldValue.text("522730194912310027")
        #expect(
            try refusals("residents", [("id_no", number), ("sex", .text("M"))])
                == ["/fields/sex id_disagrees"])
        #expect(
            try refusals(
                "residents", [("id_no", number), ("birth_date", Self.date("1949-12-30"))])
                == ["/fields/birth_date id_disagrees"])
        let shown = ["id_no": number]
        #expect(try refusals("residents", [("sex", .text("M"))], shown: shown) == [])
        #expect(
            try advice("residents", [("sex", .text("M"))], shown: shown)
                == ["/fields/sex id_disagrees"])
        #expect(
            try advice("residents", [("id_no", number)], shown: ["sex": .text("M")])
                == ["/fields/id_no id_disagrees"])
    }

    @Test func anonymousReportersStayUnnamed() throws {
        #expect(
            try refusals(
                "matters", [("anonymous", .boolean(true)), ("reporter_name", .text("王小明"))])
                == ["/fields/reporter_name must_be_empty"])
        #expect(
            try refusals(
                "matters", [("anonymous", .boolean(true))],
                shown: ["reporter_phone": .text("13800138000")])
                == ["/fields/anonymous must_be_empty"])
        #expect(
            try refusals(
                "matters", [("anonymous", .boolean(true)), ("reporter_name", nil)],
                shown: ["reporter_name": .text("王小明")]) == [])
    }

    @Test func fundingSumsUp() throws {
        let funding = FieldValue.map(of: ["county": .integer(60), "self": .integer(30)])
        #expect(
            try refusals("projects", [("investment_fen", .integer(100)), ("funding", funding)])
                == ["/fields/funding sum_differs"])
        #expect(
            try advice(
                "projects", [("funding", funding)], shown: ["investment_fen": .integer(100)])
                == ["/fields/funding sum_differs"])
        #expect(
            try problems("projects", [("investment_fen", .integer(90)), ("funding", funding)])
                .isEmpty)
    }

    @Test func exchangedCoordinatesAreRefused() throws {
        let point = try #require(GeoPoint(parsing: "26.45,106.98"))
        let exchanged = try #require(GeoPoint(parsing: "73,26.45"))
        #expect(try refusals("houses", [("point", .point(point))]) == [])
        #expect(
            try refusals("houses", [("point", .point(exchanged))])
                == ["/fields/point outside_box"])
    }

    @Test func datesStayBeforeAnotherField() throws {
        let catalogue = try Catalogue(
            parsing: """
                edition 1
                collection 16|a|甲|routine
                1|on|日|date|register quiet|O|P0|at_most due
                2|due|期限|time|register quiet|O|P0
                """)
        let collection = try #require(catalogue.collection(named: "a"))
        let context = WriteContext(area: try AreaCode(parsing: Self.village), now: 0)
        let found = collection.problems(
            in: [("on", .date(1)), ("due", .time(0))], others: { _ in nil }, context: context)
        #expect(found.map(\.code) == [.afterOtherField])
    }
}
