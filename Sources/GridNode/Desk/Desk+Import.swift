// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Rows of a sheet to be taken in.
package struct ImportRequest: Sendable {
    package static let rowsMax = 500

    package var collection: String
    package var rows: [[String: JSONValue]]
    /// The number of the first row in the sheet, for messages.
    package var firstRow: Int
    /// False checks only.
    package var applies: Bool
    package var area: String?

    package init(
        collection: String, rows: [[String: JSONValue]], firstRow: Int, applies: Bool,
        area: String?
    ) {
        self.collection = collection
        self.rows = rows
        self.firstRow = firstRow
        self.applies = applies
        self.area = area
    }
}

extension Desk {
    /// Checks rows, and writes those that are right when asked to. Each row is a write of its
    /// own; they are committed in groups.
    package func importRows(_ request: ImportRequest) async throws -> JSONValue {
        _ = try collection(request.collection)
        guard request.rows.count <= ImportRequest.rowsMax else {
            throw DeskRefusal(
                .malformed, "too_many_rows", chinese: "一次最多 \(ImportRequest.rowsMax) 行。",
                english: "At most \(ImportRequest.rowsMax) rows at a time.")
        }
        let drafting = WriteDrafting(
            catalogue: catalogue, home: engine.current.chain.leaf.area, now: WallClock.now)
        var errors: [JSONValue] = []
        var right: [WriteRequest] = []
        for (index, row) in request.rows.enumerated() {
            let write = WriteRequest(
                collection: request.collection, area: request.area,
                fields: row.filter { $0.value != .text("") })
            do {
                let draft = try drafting.draft(write) { id, collection in
                    try engine.store.record(id, in: collection)
                }
                try mayWrite(draft.change.domain)
                right.append(write)
            } catch let refusal as DeskRefusal {
                errors += Self.errors(refusal, row: request.firstRow + index)
            }
        }
        let wrong = request.rows.count - right.count
        let receipts = request.applies ? try await writeAll(right) : []
        return Self.answer(
            "import",
            [
                "new": Self.count(right.count), "wrong": Self.count(wrong),
                "applied": Self.count(receipts.count), "errors": .list(errors),
                "ids": .list(receipts.map { .text($0.id.description) }),
            ])
    }

    private func writeAll(_ requests: [WriteRequest]) async throws -> [WriteReceipt] {
        try await withThrowingTaskGroup(of: (Int, WriteReceipt).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask { (index, try await engine.submit(request)) }
            }
            var receipts: [(Int, WriteReceipt)] = []
            for try await receipt in group { receipts.append(receipt) }
            return receipts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// A dry run must say what the desk would say.
    private func mayWrite(_ domain: Domain) throws {
        let current = engine.current
        guard
            current.directory.chain(
                of: current.chain.leaf.subject, covering: domain.area, with: .write) != nil
        else { throw DeskRefusal(.notEntitled(domain.area)) }
    }

    private static func errors(_ refusal: DeskRefusal, row: Int) -> [JSONValue] {
        guard !refusal.problems.isEmpty else {
            return [
                .object([
                    "row": count(row), "field": .null, "code": .text(refusal.code),
                    "zh": .text(refusal.chinese), "en": .text(refusal.english),
                ])
            ]
        }
        return refusal.problems.map { problem in
            .object([
                "row": count(row),
                "field": .text(String(problem.pointer.dropFirst("/fields/".count))),
                "code": .text(problem.code.rawValue), "zh": .text(problem.chinese),
                "en": .text(problem.english),
            ])
        }
    }
}
