// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct MissingFieldsTests {
    private func missing(
        _ collection: String, _ displayed: [String: FieldValue]
    ) throws -> Set<String> {
        let definition = try #require(Catalogue.grid.collection(named: collection))
        return Set(definition.missing { displayed[$0] }.map(\.name))
    }

    /// Whether this field is missing from a record that shows these values.
    private func isMissing(
        _ field: String, of collection: String, _ displayed: [String: FieldValue]
    ) throws -> Bool {
        try missing(collection, displayed).contains(field)
    }

    @Test func anEmptyRecordMissesWhatIsRequired() throws {
        #expect(
            try missing("sweeps", [:]) == ["name", "from_on", "to_on"])
        #expect(
            try missing("sweeps", ["name": .text("a"), "from_on": .date(1), "to_on": .date(2)])
                == [])
    }

    @Test(arguments: [
        ("staff", "id_no", "full_time", FieldValue.boolean(true), FieldValue.boolean(false)),
        ("staff", "id_no", "roles", .list([.text("联户长")]), .list([.text("网格员")])),
        ("residents", "id_no", "registration", .text("local"), .text("unregistered")),
        ("residents", "away_reason", "residence_status", .text("户在人不在"), .text("人户同在")),
        ("residents", "away_since", "residence_status", .text("户在人不在"), .text("人户同在")),
        ("houses", "rental_use", "is_rental", .boolean(true), .boolean(false)),
        ("households", "monitor_kind", "household_class", .list([.text("监测")]), .list([])),
        ("matters", "responsibility_code", "three_way", .text("public"), .text("own")),
        ("matters", "reporter_name", "anonymous", .boolean(false), .boolean(true)),
        ("admission_requests", "valid_to", "decision", .text("trial"), .text("admit")),
        ("visits", "household_id", "note", .text("x"), .text("x")),
        ("points_entries", "account", "kind", .text("redeem"), .text("approve")),
        ("points_entries", "target", "kind", .text("revoke"), .text("score")),
        ("points_entries", "rule_code", "kind", .text("score"), .text("redeem")),
        ("industries", "area_mu", "year", .integer(2026), .integer(2026)),
    ])
    func conditionalFieldsAreMissingWhenTheirConditionHolds(
        collection: String, field: String, other: String, asks: FieldValue, spares: FieldValue
    ) throws {
        #expect(try isMissing(field, of: collection, [other: asks]))
        if asks != spares { #expect(try !isMissing(field, of: collection, [other: spares])) }
    }

    @Test func eitherOfTwoFieldsIsEnough() throws {
        let id = FieldValue.reference(RecordID(high: 1, low: 1))
        #expect(try !isMissing("household_id", of: "visits", ["resident_id": id]))
        #expect(try !isMissing("resident_id", of: "visits", ["household_id": id]))
        #expect(try !isMissing("head_count", of: "industries", ["area_mu": .integer(3)]))
    }

    @Test func aReportersPhoneIsMissingOnlyAfterACall() throws {
        let call = FieldValue.text("电话")
        #expect(try isMissing("reporter_phone", of: "matters", ["source": call]))
        #expect(
            try !isMissing(
                "reporter_phone", of: "matters", ["source": call, "anonymous": .boolean(true)]))
        #expect(try !isMissing("reporter_phone", of: "matters", ["source": .text("走访")]))
    }

    @Test func setsNeedTheirLeastNumberOfElements() throws {
        let one = FieldValue.list([.map(of: ["name": .text("甲")])])
        let two = FieldValue.list([.map(of: ["name": .text("甲")]), .map(of: ["name": .text("乙")])])
        #expect(try isMissing("parties", of: "disputes", ["parties": one]))
        #expect(try !isMissing("parties", of: "disputes", ["parties": two]))
        let grid = FieldValue.list([.area(try AreaCode(parsing: "522730103210003"))])
        #expect(try !isMissing("grid_codes", of: "party_groups", ["grid_codes": grid]))
        #expect(
            try isMissing(
                "grid_codes", of: "party_groups",
                ["grid_codes": grid, "mode": .text("joint_grids")]))
        #expect(try isMissing("readers", of: "care_records", ["readers": .list([])]))
    }
}
