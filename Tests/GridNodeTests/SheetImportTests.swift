// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// Rows find the records they speak of, whatever of them is sealed, and the audit trail knows it.
struct SheetImportTests {
    private static let numbers = ["522730194912310027", "522730194912310035"]

    private func withVillage(_ body: (Desk) async throws -> Void) async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage("522730103210", name: "茶香村")
        let engine = try openEngine(folder)
        try await running(engine) { engine in
            try await body(Desk(engine: engine, board: LinkBoard(), version: "0"))
        }
    }

    private func take(
        _ desk: Desk, _ collection: String, _ rows: [[String: String]], applies: Bool = true,
        key: [String] = [], digest: String? = "0123456789abcdef", file: String = "花名册.csv"
    ) async throws -> JSONValue {
        try await desk.importRows(
            ImportRequest(
                collection: collection,
                rows: rows.map { $0.mapValues { .text($0) } }, numbers: Array(1...rows.count),
                applies: applies, area: nil, file: file, key: key,
                sheet: digest.map {
                    ImportRequest.Sheet(digest: $0, rows: rows.count, isLast: true)
                }),
            caller: "李")
    }

    private func counts(_ answer: JSONValue) -> [Int] {
        ["new", "changed", "same", "wrong"].map { name in
            if case .integer(let count)? = answer.at(name) { Int(count) } else { -1 }
        }
    }

    private func lookUps(_ desk: Desk) throws -> [JSONValue] {
        var request = AuditRequest()
        request.act = "look_up"
        return try desk.audit(request).at("items")?.items ?? []
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? DeskRefusal)?.code ?? "\(error)" }
    }

    /// Each index makes every write slower, and a token to write may name any fields.
    @Test func whoeverNamesKeysMakesNoMoreThanSomeIndices() async throws {
        try await withVillage { desk in
            func indices() throws -> Int {
                try desk.sql(
                    """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'index' AND tbl_name = 'households'
                    """
                ).at("rows")?.items.count ?? 0
            }
            let before = try indices()
            let row = ["household_no": "1", "address": "村口", "grid_code": "522730103210003"]
            let names = row.keys.sorted()
            for first in names {
                _ = try await take(desk, "households", [row], applies: false, key: [first])
                for second in names where second != first {
                    let key = [first, second]
                    _ = try await take(desk, "households", [row], applies: false, key: key)
                    for third in names where !key.contains(third) {
                        _ = try await take(
                            desk, "households", [row], applies: false, key: key + [third])
                    }
                }
            }
            #expect(try indices() == before + 8)
            // Asked for again it is there again.
            _ = try await take(desk, "households", [row], key: [names[0]])
            #expect(
                counts(try await take(desk, "households", [row], key: [names[0]])) == [0, 0, 1, 0])
            #expect(
                await code {
                    _ = try await take(
                        desk, "households", [row], key: [names[0], names[0]])
                } == "bad_row_key")
        }
    }

    @Test func recordsAreFoundByTheMarksOfSealedNumbers() async throws {
        try await withVillage { desk in
            var rows = Self.numbers.map { ["name": "钱雷", "id_no": $0, "away_to": "贵阳"] }
            #expect(counts(try await take(desk, "residents", rows)) == [2, 0, 0, 0])
            #expect(counts(try await take(desk, "residents", rows)) == [0, 0, 2, 0])
            rows[1]["away_to"] = "遵义"
            let answer = try await take(desk, "residents", rows)
            #expect(counts(answer) == [0, 1, 1, 0])
            #expect(answer.at("changed_fields", "away_to") == .integer(1))
        }
    }

    @Test func recordsAreFoundByAFieldBesideASealedNumber() async throws {
        try await withVillage { desk in
            let rows = Self.numbers.map { ["name": "钱雷", "id_no": $0] }
            for wanted in [[2, 0, 0, 0], [0, 0, 2, 0]] {
                let answer = try await take(desk, "residents", rows, key: ["name", "id_no"])
                #expect(counts(answer) == wanted)
            }
        }
    }

    @Test func sealedFieldsWithoutMarksAreNoKeys() async throws {
        try await withVillage { desk in
            for field in ["away_to", "labels", "none"] {
                #expect(
                    await code {
                        _ = try await take(
                            desk, "residents", [["name": "钱雷", "away_to": "贵阳"]], key: [field])
                    } == "bad_row_key")
            }
        }
    }

    @Test func aReferenceIsWrittenAsTheSealedNumberOfWhomItNames() async throws {
        try await withVillage { desk in
            let put = try await take(
                desk, "residents", [["name": "钱雷", "id_no": Self.numbers[0]]])
            let answer = try await take(
                desk, "households", [["household_no": "001", "head_resident_id": Self.numbers[0]]])
            #expect(counts(answer) == [1, 0, 0, 0])
            let id = try #require(answer.at("ids")?.items.first?.text)
            #expect(
                try desk.get("households", id).at("fields", "head_resident_id")
                    == put.at("ids")?.items.first)
            #expect(
                try lookUps(desk).map { $0.at("object") }
                    == [.text("households?head_resident_id"), .text("residents?id_no")])
        }
    }

    @Test func rowsWithSensitiveValuesAreNotedOnceASheet() async throws {
        try await withVillage { desk in
            let rows = [["name": "钱雷", "id_no": Self.numbers[0]]]
            for _ in 0..<3 { _ = try await take(desk, "residents", rows, applies: false) }
            #expect(try lookUps(desk).count == 1)
            #expect(try lookUps(desk)[0].at("object") == .text("residents?id_no"))
            #expect(try lookUps(desk)[0].at("details", "file") == .text("花名册.csv"))
            _ = try await take(
                desk, "residents", rows, applies: false, digest: "fedcba9876543210")
            #expect(try lookUps(desk).count == 2)
            for _ in 0..<2 {
                _ = try await take(desk, "residents", rows, applies: false, digest: nil)
            }
            #expect(try lookUps(desk).count == 4)
            _ = try await take(desk, "residents", [["name": "孙二"]], applies: false)
            #expect(try lookUps(desk).count == 4)
        }
    }

    @Test func anAppThatMayNotSeePlainValuesTriesNoNumbersByThousands() async throws {
        try await withVillage { desk in
            let rows = (0..<40).map { _ in ["name": "钱雷", "id_no": Self.numbers[0]] }
            for (name, isPlain) in [("forms", false), ("office", true)] {
                let request = TokenRequest(
                    name: name, collections: ["residents"],
                    uses: isPlain ? [.read, .write, .readPlain] : [.read, .write], days: nil)
                let secret = try #require(try await desk.makeToken(request).at("token")?.text)
                let access = try desk.access(with: secret)
                let found = await AppAccess.$current.withValue(access) {
                    await code {
                        for _ in 0..<2 {
                            _ = try await take(desk, "residents", rows, applies: false)
                        }
                    }
                }
                #expect(found == (isPlain ? nil : "too_many_look_ups"))
            }
            // Of the first each call that came through, of the second its sheet.
            #expect(try lookUps(desk).count == 2)
        }
    }

    @Test func rowsWithoutAKeyAreKnownAgainByWhatTheySay() async throws {
        try await withVillage { desk in
            // Two that say the same are two.
            let rows = [["name": "钱雷", "away_to": "贵阳"], ["name": "钱雷", "away_to": "贵阳"]]
            #expect(counts(try await take(desk, "residents", rows)) == [2, 0, 0, 0])
            #expect(counts(try await take(desk, "residents", rows)) == [0, 0, 2, 0])
            // In a corrected file of the same name, too.
            let more = rows + [["name": "孙二"]]
            let answer = try await take(desk, "residents", more, digest: "fedcba9876543210")
            #expect(counts(answer) == [1, 0, 2, 0])
            // Another file is another sheet.
            let other = try await take(desk, "residents", rows, file: "别的.csv")
            #expect(counts(other) == [2, 0, 0, 0])
        }
    }

    @Test func aCheckSaysWhatWritingDoesAndWritesNothing() async throws {
        try await withVillage { desk in
            let rows = [["name": "钱雷"], ["name": "孙二", "birth_date": "昨天"]]
            let checked = try await take(desk, "residents", rows, applies: false)
            #expect(counts(checked) == [1, 0, 0, 1])
            #expect(checked.at("ids")?.items.isEmpty == true)
            #expect(
                try desk.list("residents", ListRequest()).at("items")?.items.isEmpty == true)
            #expect(counts(try await take(desk, "residents", rows)) == [1, 0, 0, 1])
        }
    }

    @Test func twoRowsOfOneCallSpeakOfTwoRecords() async throws {
        try await withVillage { desk in
            let rows = [
                ["name": "钱雷", "id_no": Self.numbers[0]], ["name": "钱雷", "id_no": Self.numbers[0]],
            ]
            let answer = try await take(desk, "residents", rows)
            #expect(counts(answer) == [1, 0, 0, 1])
            #expect(answer.at("errors")?.items.first?.at("code") == .text("repeated_key"))
        }
    }

    @Test func aRowNamesOneLivingRecordOrIsWrong() async throws {
        try await withVillage { desk in
            for _ in 0..<2 {
                _ = try await desk.write(
                    WriteRequest(
                        collection: "households", fields: ["household_no": .text("001")]))
            }
            let row = ["household_no": "001", "address": "四组"]
            var answer = try await take(desk, "households", [row])
            #expect(answer.at("errors")?.items.first?.at("code") == .text("key_not_unique"))
            let items = try desk.list("households", ListRequest()).at("items")?.items ?? []
            let ids = items.compactMap { $0.at("id")?.text }
            // Named by its id, it is one of them; once.
            answer = try await take(
                desk, "households", [row.merging(["id": ids[0]]) { $1 }, ["id": ids[0]]])
            #expect(counts(answer) == [0, 1, 0, 1])
            for id in ids {
                _ = try await desk.write(
                    WriteRequest(collection: "households", id: id, archives: true))
            }
            answer = try await take(desk, "households", [row])
            #expect(answer.at("errors")?.items.first?.at("code") == .text("archived_record"))
        }
    }
}
