// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// Sensitive values are shown masked; plain ones go out after the audit trail has it, or not at all.
struct PlainSightTests {
    private static let number = "522730194912310027"

    private func withVillage(
        _ body: (Desk, ReplicationEngine, NodeFolder) async throws -> Void
    ) async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage("522730103210", name: "茶香村")
        let engine = try openEngine(folder)
        try await running(engine) { engine in
            try await body(Desk(engine: engine, board: LinkBoard(), version: "0"), engine, folder)
        }
    }

    private func resident(_ desk: Desk) async throws -> String {
        let put = try await desk.write(
            WriteRequest(
                collection: "residents",
                fields: [
                    "name": .text("钱雷"), "id_no": .text(Self.number), "away_to": .text("贵阳"),
                ]))
        return try #require(put.at("id")?.text)
    }

    private func acts(_ desk: Desk) throws -> [JSONValue] {
        try desk.audit(AuditRequest()).at("items")?.items ?? []
    }

    private func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? DeskRefusal)?.code ?? "\(error)"
        }
    }

    @Test func everyOrdinaryAnswerIsMasked() async throws {
        try await withVillage { desk, _, _ in
            let id = try await resident(desk)
            for fields in [
                try desk.get("residents", id).at("fields"),
                try desk.list("residents", ListRequest()).at("items")?.items.first?.at("fields"),
            ] {
                #expect(fields?.at("name") == .text("钱雷"))
                #expect(fields?.at("id_no") == .text("522730********0027"))
                #expect(fields?.at("away_to") == .text("***"))
            }
            for answer in [
                try desk.get("residents", id), try desk.list("residents", ListRequest()),
                try desk.history("residents", id), try desk.sql("SELECT * FROM residents"),
            ] {
                #expect(!answer.description.contains(Self.number))
                #expect(!answer.description.contains("贵阳"))
            }
            #expect(try acts(desk).isEmpty)
        }
    }

    @Test func plainValuesAreNotedWithTheirReason() async throws {
        try await withVillage { desk, _, _ in
            let id = try await resident(desk)
            let request = try PlainRequest(reason: " 核对低保 ", caller: "gridctl 李")
            let sight = try await desk.plainSight(of: "residents", id, history: false, request)
            #expect(try desk.get("residents", id, sight).at("fields", "away_to") == .text("贵阳"))
            let history = try await desk.plainSight(of: "residents", id, history: true, request)
            #expect(try desk.history("residents", id, history).description.contains(Self.number))
            let query = try await desk.plainSight(
                ofQuery: "SELECT name FROM residents\nWHERE id_no = '\(Self.number)' OR 1234567",
                request)
            #expect(
                try desk.sql("SELECT id_no FROM residents", query).description
                    .contains(Self.number))
            let acts = try acts(desk)
            #expect(
                acts.map { $0.at("act") } == [
                    .text("plain_sql"), .text("plain_history"), .text("plain_read"),
                ])
            #expect(
                acts.map { $0.at("object")?.text } == [
                    "SELECT name FROM residents WHERE id_no = '…' OR …", "residents/\(id)",
                    "residents/\(id)",
                ])
            for act in acts {
                #expect(act.at("reason") == .text("核对低保"))
                #expect(act.at("who") == .text("茶香村·gridctl 李"))
                #expect(act.at("area") == .text("522730103210"))
                #expect(act.at("author", "name") == .text("茶香村"))
            }
        }
    }

    @Test func withoutANoteThereIsNoPlainSight() async throws {
        try await withVillage { desk, _, folder in
            let id = try await resident(desk)
            try Process.run(
                URL(filePath: "/usr/bin/sqlite3"),
                arguments: [
                    folder.databasePath,
                    """
                    CREATE TRIGGER no_more BEFORE INSERT ON other_records
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """,
                ]
            ).waitUntilExit()
            let request = try PlainRequest(reason: "核对", caller: "")
            #expect(
                await refusal {
                    _ = try await desk.plainSight(of: "residents", id, history: false, request)
                } == "store_failed")
            #expect(
                await refusal {
                    _ = try await desk.plainSight(ofQuery: "SELECT 1", request)
                } == "store_failed")
            // Acts that are done stay done, and say so.
            let link = try await desk.setPaused(true, peer: nil)
            #expect(link.at("noted") == .boolean(false))
        }
    }

    @Test(arguments: [
        (nil, "reason_missing"), ("", "reason_missing"), (" \n　", "reason_missing"),
        (String(repeating: "长", count: 201), "reason_too_long"),
        ("找13812341234的人", "reason_personal"), ("522730194912310027", "reason_personal"),
    ])
    func aReasonIsNeededAndNamesNobody(reason: String?, code: String) async {
        #expect(
            await refusal { _ = try PlainRequest(reason: reason, caller: "") } == code)
    }

    @Test func whatIsNotThereIsNotNoted() async throws {
        try await withVillage { desk, _, _ in
            let request = try PlainRequest(reason: "核对", caller: "")
            #expect(
                await refusal {
                    _ = try await desk.plainSight(
                        of: "residents", "0000000000000000", history: false, request)
                } == "unknown_record")
            #expect(try acts(desk).isEmpty)
        }
    }

    @Test func maskedFieldsAreLookedUpByTheirWholeValueOnly() async throws {
        try await withVillage { desk, _, _ in
            let id = try await resident(desk)
            var list = ListRequest()
            list.equals = [("id_no", Self.number), ("name", "钱雷")]
            #expect(await refusal { _ = try desk.list("residents", list) } == "look_up_not_noted")
            let lookUp = try await desk.noteLookUp("residents", list, caller: "李")
            #expect(try acts(desk).map { $0.at("act") } == [.text("look_up")])
            #expect(try acts(desk).map { $0.at("object") } == [.text("residents?id_no")])
            #expect(try acts(desk).map { $0.at("who") } == [.text("茶香村·李")])
            let items = try desk.list("residents", list, lookUp).at("items")?.items ?? []
            #expect(items.map { $0.at("id") } == [.text(id)])
            #expect(items.first?.at("fields", "id_no") == .text("522730********0027"))
            list.equals = [("name", "钱雷")]
            #expect(try await desk.noteLookUp("residents", list, caller: "") == nil)
            list.equals = [("id_no", "52273019491231003X")]
            #expect(
                try desk.list("residents", list, lookUp).at("items")?.items.isEmpty == true)
            list.equals = [("away_to", "贵阳")]
            #expect(await refusal { _ = try desk.list("residents", list) } == "masked_field")
            list.equals = [("category", "戒毒康复")]
            #expect(await refusal { _ = try desk.list("care_records", list) } == "masked_field")
        }
    }

    @Test func onlySoManyNumbersAreLookedUpInAMinute() {
        let allowance = LookUpAllowance()
        let taken = (0..<100).filter { _ in allowance.take(now: 1_000) }
        #expect(taken.count == LookUpAllowance.perMinute)
        #expect(!allowance.take(now: 1_999))
        #expect(allowance.take(now: 2_000) && !allowance.take(now: 2_000))
    }

    @Test func numbersAreNotTriedOneAfterTheOther() async throws {
        try await withVillage { desk, _, _ in
            var list = ListRequest()
            list.equals = [("id_no", Self.number)]
            var noted = 0
            let code = await refusal {
                while noted < 100 {
                    _ = try await desk.noteLookUp("residents", list, caller: "")
                    noted += 1
                }
            }
            #expect(code == "too_many_look_ups")
            // More than the first sixty where that took its time.
            #expect(noted >= LookUpAllowance.perMinute)
            let written = try acts(desk).count
            #expect(written == noted)
        }
    }

    @Test func allOfAChildIsMasked() async throws {
        try await withVillage { desk, engine, _ in
            let year = try #require(
                CivilDate(days: ChinaTime.day(of: Int64(Date.now.timeIntervalSince1970) * 1000))
            ).year
            let put = try await desk.write(
                WriteRequest(
                    collection: "residents",
                    fields: [
                        "name": .text("张小三"), "birth_date": .text("\(year - 5)-01-01"),
                        "phone": .text("13812341234"),
                    ]))
            let id = try #require(put.at("id")?.text)
            for answer in [
                try desk.get("residents", id), try desk.list("residents", ListRequest()),
                try desk.history("residents", id),
            ] {
                #expect(answer.description.contains("张*三"))
                #expect(answer.description.contains("138****1234"))
                #expect(!answer.description.contains("\(year - 5)-01-01"))
            }
            do {
                _ = try await engine.submit(
                    WriteRequest(collection: "residents", id: id, fields: ["name": .text("张*三")]))
                Issue.record("a mask was written")
            } catch let refusal as DeskRefusal {
                #expect(refusal.problems.map(\.code) == [.maskedValue])
            }
        }
    }

    @Test func aMaskIsNotWrittenInPlaceOfTheValue() async throws {
        try await withVillage { desk, engine, _ in
            let id = try await resident(desk)
            do {
                _ = try await engine.submit(
                    WriteRequest(
                        collection: "residents", id: id, fields: ["away_to": .text("***")]))
                Issue.record("a mask was written")
            } catch let refusal as DeskRefusal {
                #expect(refusal.problems.map(\.code) == [.maskedValue])
            }
        }
    }

    @Test func importsPausesRebuildsAndCertificatesAreNoted() async throws {
        try await withVillage { desk, _, _ in
            func take(_ applies: Bool, _ rows: [[String: JSONValue]]) async throws -> JSONValue {
                try await desk.importRows(
                    ImportRequest(
                        collection: "residents", rows: rows, numbers: Array(1...rows.count),
                        applies: applies, area: nil, file: "花名册.csv"), caller: "李")
            }
            let rows: [[String: JSONValue]] = [["name": .text("钱雷")], ["name": .text("孙二")]]
            #expect(try await take(false, rows).at("noted") == .null)
            #expect(try acts(desk).isEmpty)
            #expect(try await take(true, rows).at("noted") == .boolean(true))
            _ = try await desk.setPaused(true, peer: nil)
            _ = try await desk.setPaused(false, peer: nil)
            _ = try await desk.rebuild()
            let acts = try acts(desk)
            #expect(
                acts.map { $0.at("act")?.text } == ["rebuild", "resume", "pause", "import"])
            #expect(acts.last?.at("object") == .text("花名册.csv"))
            #expect(acts.last?.at("details", "written") == .integer(2))
        }
        let county = try TestCounty()
        defer { county.remove() }
        let village = try Store(try county.makeVillage("522730103210", name: "茶香村"))
        let certificate = try #require(try village.node()?.chain?.leaf)
        try await running(openEngine(try county.makeTownship())) { engine in
            let desk = Desk(engine: engine, board: LinkBoard(), version: "0")
            _ = try await engine.publish(certificate, caller: "李")
            let acts = try acts(desk)
            #expect(acts.map { $0.at("object") } == [.text("茶香村")])
            #expect(acts.map { $0.at("who") } == [.text("谷脚镇·李")])
        }
    }

    @Test(arguments: [
        ("since", "bad_since"), ("area", "bad_area"), ("after", "bad_after"),
        ("unknown", "bad_after"), ("limit", "bad_limit"),
    ])
    func aWrongQueryOfTheTrailIsRefused(part: String, code: String) async throws {
        try await withVillage { desk, _, _ in
            var request = AuditRequest()
            switch part {
            case "since": request.since = "昨天"
            case "area": request.area = "12"
            case "after": request.after = "x"
            case "unknown": request.after = "0000000000000000"
            default: request.limit = 0
            }
            #expect(await refusal { _ = try desk.audit(request) } == code)
        }
    }
}
