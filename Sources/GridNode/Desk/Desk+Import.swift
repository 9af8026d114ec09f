// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Rows of a sheet to be taken in.
package struct ImportRequest: Sendable {
    package static let rowsMax = 500
    /// No sheet has more rows.
    package static let firstRowMax = 10_000_000

    package var collection: String
    package var rows: [[String: JSONValue]]
    /// The number of the first row in the sheet, for messages.
    package var firstRow: Int
    /// False checks only.
    package var applies: Bool
    package var area: String?
    /// Where the rows come from, for the audit trail; may be empty.
    package var file: String

    package init(
        collection: String, rows: [[String: JSONValue]], firstRow: Int, applies: Bool,
        area: String?, file: String = ""
    ) {
        self.collection = collection
        self.rows = rows
        self.firstRow = firstRow
        self.applies = applies
        self.area = area
        self.file = file
    }
}

extension Desk {
    /// Checks rows, and writes those that are right when asked to. Each row is a write of its
    /// own; they are committed in groups, and after them a line of the audit trail.
    package func importRows(
        _ request: ImportRequest, caller: String = ""
    ) async throws -> JSONValue {
        _ = try collection(request.collection)
        guard request.rows.count <= ImportRequest.rowsMax else {
            throw DeskRefusal(
                .malformed, "too_many_rows", chinese: "一次最多 \(ImportRequest.rowsMax) 行。",
                english: "At most \(ImportRequest.rowsMax) rows at a time.")
        }
        guard (1...ImportRequest.firstRowMax).contains(request.firstRow) else {
            throw DeskRefusal(
                .malformed, "bad_first_row",
                chinese: "first_row 应为 1 到 \(ImportRequest.firstRowMax)。",
                english: "first_row is 1...\(ImportRequest.firstRowMax).")
        }
        let drafting = WriteDrafting(
            catalogue: catalogue, home: engine.current.chain.leaf.area, areas: areas,
            now: WallClock.now, tag: engine.store.tag)
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
        let receipts = request.applies ? try await writeAll(right, of: request, caller) : []
        return Self.answer(
            "import",
            [
                "noted": await noteImport(of: request, saved: receipts.count, caller),
                "new": Self.count(right.count), "wrong": Self.count(wrong),
                "applied": Self.count(receipts.count), "errors": .list(errors),
                "ids": .list(receipts.map { .text($0.id.description) }),
            ])
    }

    /// Submits all rows at once. When some cannot be saved, says how many are.
    private func writeAll(
        _ requests: [WriteRequest], of work: ImportRequest, _ caller: String
    ) async throws -> [WriteReceipt] {
        typealias Outcome = (row: Int, result: Result<WriteReceipt, DeskRefusal>)
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for (row, request) in requests.enumerated() {
                group.addTask { (row, await result(of: request)) }
            }
            var outcomes: [Outcome] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.row < $1.row }
        }
        let receipts = outcomes.compactMap { try? $0.result.get() }
        for outcome in outcomes {
            if case .failure(let refusal) = outcome.result {
                _ = await noteImport(of: work, saved: receipts.count, caller)
                throw refusal.afterSaving(receipts.count)
            }
        }
        return receipts
    }

    /// Whether the audit trail has it; null when nothing was saved.
    private func noteImport(
        of work: ImportRequest, saved: Int, _ caller: String
    ) async -> JSONValue {
        guard saved > 0 else { return .null }
        return .boolean(
            await engine.noteDone(
                AuditNote(
                    .importing, caller: caller, object: work.file,
                    area: work.area.flatMap { try? AreaCode(parsing: $0).home },
                    details: [
                        "collection": .text(work.collection),
                        "rows": .integer(Int64(work.rows.count)),
                        "written": .integer(Int64(saved)),
                    ])))
    }

    private func result(of request: WriteRequest) async -> Result<WriteReceipt, DeskRefusal> {
        do {
            return .success(try await engine.submit(request))
        } catch let refusal as DeskRefusal {
            return .failure(refusal)
        } catch {
            return .failure(DeskRefusal(failure: error))
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

extension DeskRefusal {
    /// The same, of the rest of an import of which some rows are saved.
    fileprivate func afterSaving(_ count: Int) -> DeskRefusal {
        guard count > 0 else { return self }
        return DeskRefusal(
            kind, code, chinese: "已保存 \(count) 行,其余没有保存:\(chinese)",
            english: "\(count) row(s) are saved, the rest is not: \(english)", problems: problems)
    }
}
