// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// What a node writes for named devices, and whom it takes for one (Protocol/readers.md).
struct ReadersTests {
    private static let secrets = ["严重精神障碍", "每周二上门送药", "卫健办", "high"]

    private struct Village {
        let desk: Desk
        let engine: ReplicationEngine
        let county: TestCounty
    }

    /// A village that knows its township.
    private func withVillage(
        preparing prepare: (NodeFolder) throws -> Void = { _ in },
        _ body: (Village) async throws -> Void
    ) async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage("522730103210", name: "茶香村")
        do {
            let store = try Store(folder)
            try store.add(county.townshipChain.leaf, waiting: false)
        }
        try prepare(folder)
        let engine = try openEngine(folder)
        try await running(engine) { engine in
            let desk = Desk(engine: engine, board: LinkBoard(), version: "0")
            try await body(Village(desk: desk, engine: engine, county: county))
        }
    }

    private func write(_ desk: Desk, readers: [String] = ["谷脚镇"]) async throws -> String {
        let put = try await desk.write(
            WriteRequest(
                collection: "care_records",
                fields: [
                    "category": .text("严重精神障碍"), "lead_department": .text("卫健办"),
                    "concern_level": .text("high"), "valid_from": .text("2026-01-01"),
                    "plan": .list([.object(["text": .text("每周二上门送药")])]),
                    "readers": .list(readers.map { .text($0) }),
                ]))
        return try #require(put.at("id")?.text)
    }

    private func plain(_ desk: Desk, _ id: String) throws -> JSONValue {
        try desk.get("care_records", id, Sight(isPlain: true))
    }

    private func problem(_ body: () async throws -> Void) async -> Problem.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? DeskRefusal)?.problems.first?.code
        }
    }

    /// Whether any entry of the node's logs has these bytes.
    private func entriesHold(_ text: String, _ engine: ReplicationEngine) throws -> Bool {
        let ranges = try engine.store.logs().map {
            GridSync.FetchRequest.Range(log: $0.identity.log, first: 1)
        }
        let runs = try engine.store.runs(
            for: GridSync.FetchRequest(lane: .routine, ranges: ranges, bytes: .max))
        let wanted = Array(text.utf8)
        return try runs.contains { run in
            let bytes = try RunEnvelope.open(run.envelope).entryBytes
            return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
        }
    }

    @Test func noEntryHoldsAnythingThatItsWriterSealed() async throws {
        try await withVillage { village in
            let desk = village.desk
            let id = try await write(desk)
            _ = try await desk.write(
                WriteRequest(
                    collection: "care_records", id: id, fields: ["concern_level": .text("mid")]))
            for secret in Self.secrets + ["mid"] {
                #expect(try !entriesHold(secret, village.engine), "\(secret)")
            }
            // What lies open is found by the same look.
            #expect(try entriesHold("care_records/\(id)", village.engine))
            #expect(try plain(desk, id).at("fields", "concern_level") == .text("mid"))
            #expect(
                try plain(desk, id).at("sealed", "names")?.items.compactMap { $0.at("name")?.text }
                    .sorted() == ["茶香村", "谷脚镇"].sorted())
            let masked = try desk.get("care_records", id)
            #expect(masked.at("fields", "category") == .text(Masking.sealed))
            #expect(masked.at("fields", "plan") == .text(Masking.sealed))
            #expect(masked.at("fields", "reader_keys") == nil)
            #expect(masked.at("etag") == (try plain(desk, id)).at("etag"))
        }
    }

    @Test func valuesAreCheckedBeforeTheyAreSealed() async throws {
        try await withVillage { village in
            let desk = village.desk
            #expect(
                await problem {
                    _ = try await desk.write(
                        WriteRequest(
                            collection: "care_records", fields: ["category": .text("不知道")]))
                } == .notInList)
            let id = try await write(desk)
            let wrong: [(String, JSONValue, Problem.Code)] = [
                ("category", .text("社区矫正"), .fixedValue),
                ("lead_department", .text(Masking.sealed), .maskedValue),
                ("reader_keys", .text("00"), .wrongOperation),
            ]
            for (field, value, code) in wrong {
                #expect(
                    await problem {
                        _ = try await desk.write(
                            WriteRequest(
                                collection: "care_records", id: id, fields: [field: value]))
                    } == code, "\(field)")
            }
            // Without a form of its own it is the same record.
            let again = try await desk.write(
                WriteRequest(
                    collection: "care_records", id: id,
                    fields: ["concern_level": .text("high"), "readers": .text("谷脚镇、茶香村")]))
            #expect(again.at("entries") == .list([]))
        }
    }

    @Test func aReaderIsOneDeviceThatMayReadThere() async throws {
        try await withVillage { village in
            let desk = village.desk
            for name in ["没有的村", "522730103299", "0123456789abcdef"] {
                #expect(
                    await problem { _ = try await write(desk, readers: [name]) } == .unknownReader)
            }
            let id = try await write(desk, readers: ["522730103"])
            #expect(try plain(desk, id).at("sealed", "readers") == .integer(2))
            #expect(
                await problem {
                    _ = try await desk.write(
                        WriteRequest(
                            collection: "care_records", id: id,
                            removals: ["readers": .text("摆绒村")]))
                } == .unknownReader)
            _ = try await desk.write(
                WriteRequest(
                    collection: "care_records", id: id, removals: ["readers": .text("谷脚镇")]))
            // Who writes is always one of them.
            _ = try await desk.write(
                WriteRequest(
                    collection: "care_records", id: id, removals: ["readers": .text("茶香村")]))
            #expect(
                try plain(desk, id).at("sealed", "names")?.items.compactMap { $0.at("name")?.text }
                    == ["茶香村"])
            let acts = try desk.audit(AuditRequest()).at("items")?.items ?? []
            #expect(acts.compactMap { $0.at("act")?.text } == ["readers", "readers"])
            #expect(acts.allSatisfy { $0.at("object") == .text("care_records/\(id)") })
        }
    }

    @Test func aFormThatIsSavedGivesNothingToWhomSomebodyElseHasNamed() async throws {
        try await withVillage { village in
            let desk = village.desk
            let id = try await write(desk)
            let cares = try #require(Catalogue.grid.collection(named: "care_records"))
            let sealing = try #require(cares.sealing)
            let record = try #require(RecordID(parsing: id))
            let state = try #require(try village.engine.store.record(record, in: cares)).state
            guard case .created(let creation, _) = state.address else {
                Issue.record("a record that is named")
                return
            }
            _ = try await desk.write(
                WriteRequest(
                    collection: "care_records", id: id, removals: ["readers": .text("谷脚镇")]))
            // The township has not seen that, and names itself.
            let township = Author(village.county.townshipKey)
            var seen = VersionVector()
            seen.raise(creation.log, to: creation.sequence)
            var writer = RunWriter(
                after: LogState(
                    identity: LogIdentity(
                        key: township.key, nonce: ReplicaNonce(high: 1, low: 2),
                        domain: state.domain)))
            _ = try writer.append(
                [
                    DraftChange(
                        collection: cares.number, target: .existing(state.address),
                        archives: false,
                        writes: [
                            FieldWrite(
                                field: sealing.readers,
                                operation: .assign(.list([.bytes(township.key.bytes.array)])))
                        ])
                ], applied: seen,
                timestamp: HybridTimestamp(milliseconds: WallClock.now + 1_000, counter: 0))
            let judged = try await village.engine.admit(
                [writer.seal(with: township)], from: township.key)
            #expect(judged.allSatisfy { if case .admitted = $0.verdict { true } else { false } })
            var form = WriteRequest(
                collection: "care_records", id: id,
                fields: [
                    "lead_department": .text("卫健办"), "concern_level": .text("mid"),
                    "valid_from": .text("2026-01-01"),
                ])
            form.replaces = true
            _ = try await desk.write(form)
            let shown = try plain(desk, id)
            #expect(shown.at("fields", "concern_level") == .text("mid"))
            #expect(
                shown.at("sealed", "names")?.items.compactMap { $0.at("name")?.text } == ["茶香村"])
        }
    }

    @Test func aValueOfAnotherTypeIsNamedAsWrongAndStopsNothing() async throws {
        var id = ""
        try await withVillage(preparing: { folder in
            let author = Author(try KeyFile.read(at: folder.nodeKeyPath))
            let replica = try FolderReplica(
                store: try Store(folder), author: author, now: WallClock.now)
            let cares = try #require(Catalogue.grid.collection(named: "care_records"))
            let sealing = try #require(cares.sealing)
            let domain = Domain(area: replica.replica.scope.area, lane: cares.lane)
            _ = try replica.commit(now: WallClock.now) { batch, transaction in
                let record = batch.nextRecordID(in: domain)
                id = record.description
                let place = SealedPlace(collection: cares.number, record: record)
                let plan = ReaderPlan(new: place, for: [author.key])
                let wrong: [(String, FieldOperation)] = [
                    ("category", .assign(.integer(7))),
                    ("valid_from", .assign(.list([.text("x")]))),
                    ("plan", .append([.text("没有结构"), .boolean(true)])),
                    ("person_id", .assign(.bytes([1, 2, 3]))),
                ]
                let writes = wrong.compactMap { name, operation in
                    cares.field(named: name).flatMap {
                        plan.sealed(
                            FieldWrite(field: $0.number, operation: operation), at: place)
                    }
                }
                let items = FieldWrite(
                    field: sealing.keys, operation: .append(plan.items.map(\.value)))
                _ = try transaction.author(
                    [
                        LocalChange(
                            domain: domain,
                            draft: DraftChange(
                                collection: cares.number, target: .new, archives: false,
                                writes: writes + [items]))
                    ], in: &batch)
            }
        }) { village in
            let record = try plain(village.desk, id)
            #expect(record.at("fields", "category") == .integer(7))
            #expect(
                record.at("sealed", "wrong")?.items.compactMap(\.text).sorted()
                    == ["category", "person_id", "plan", "valid_from"])
            _ = try village.desk.list("care_records", ListRequest())
            _ = try village.desk.history("care_records", id, Sight(isPlain: true))
            _ = try await village.desk.write(
                WriteRequest(
                    collection: "care_records", id: id,
                    fields: ["valid_from": .text("2026-01-01")]))
            #expect(
                try plain(village.desk, id).at("fields", "valid_from") == .text("2026-01-01"))
        }
    }
}
