// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

struct AdmissionTests {
    private static let now: UInt64 = 1_790_000_000_000

    /// An admission request as the county has decided it.
    private static func request(_ decision: String, validTo: Int32? = nil) throws -> RecordDisplay {
        let collection = try #require(Catalogue.grid.collection(named: "admission_requests"))
        let county = try AreaCode(parsing: "522730")
        let domain = Domain(area: county, lane: .routine)
        let dot = Dot(
            log: LogID(replica: ReplicaID(high: 1, low: 1), domain: domain), sequence: 1)
        var state = RecordState(
            collection: collection.number, address: .created(dot: dot, index: 0), domain: domain)
        var writes = [
            FieldWrite(
                field: try #require(collection.field(named: "decision")).number,
                operation: .assign(.text(decision)))
        ]
        if let validTo {
            writes.append(
                FieldWrite(
                    field: try #require(collection.field(named: "valid_to")).number,
                    operation: .assign(.date(validTo))))
        }
        state.apply(
            RecordChange(
                collection: collection.number, address: .created(dot: dot, index: 0),
                archives: false, writes: writes),
            stamp: WriteStamp(
                dot: dot, timestamp: HybridTimestamp(milliseconds: now, counter: 0), level: .county),
            rules: Catalogue.grid, seen: VersionVector())
        return RecordDisplay(state, of: collection)
    }

    private static func push(with request: RecordDisplay?) throws -> WriteDrafting.Draft {
        let drafting = WriteDrafting(
            catalogue: .grid, home: try AreaCode(parsing: "522730103"), now: now,
            tag: { _ in "" })
        return try drafting.draft(
            WriteRequest(
                collection: "tasks", area: "522730103",
                fields: [
                    "title": .text("入户登记"), "audience": .text("522730103210003"),
                    "admission_id": .text(
                        request?.id.description ?? RecordID(high: 9, low: 9).description),
                ])
        ) { id, _ in id == request?.id ? request : nil }
    }

    @Test func aTaskGoesOutWithAnAdmittedDuty() throws {
        _ = try Self.push(with: try Self.request("admit"))
        let later = ChinaTime.day(of: Int64(Self.now)) + 1
        _ = try Self.push(with: try Self.request("trial", validTo: later))
    }

    @Test(arguments: ["pending", "refuse", "expired", "unknown"])
    func aTaskStaysWithoutOne(_ decision: String) throws {
        let request: RecordDisplay? =
            switch decision {
            case "unknown": nil
            case "expired":
                try Self.request("trial", validTo: ChinaTime.day(of: Int64(Self.now)) - 1)
            default: try Self.request(decision)
            }
        #expect {
            _ = try Self.push(with: request)
        } throws: { error in
            (error as? DeskRefusal)?.problems.map(\.code) == [.notAdmitted]
        }
    }

    @Test func whatIsHeldAlreadyIsTold() {
        #expect(
            Admission.held(of: ["residents.phone", "户.住址", "residents.shoe_size"], in: .grid)
                == ["residents.phone", "户.住址"])
    }
}
