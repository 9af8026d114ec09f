// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

extension Desk {
    /// Checks rows, and writes those that are right when asked to: all of one call in one commit.
    /// The audit trail has a sheet when it begins and when it ends.
    package func importRows(
        _ request: ImportRequest, caller: String = ""
    ) async throws -> JSONValue {
        try Self.check(request)
        let source = try source(of: request)
        try await noteSensitiveRows(request, caller: caller)
        try await engine.prepare(request)
        guard request.applies else {
            return Self.answer(
                try engine.checkRows(request, from: source), of: request, noted: .null)
        }
        let outcome = try await engine.importRows(request, from: source, caller: caller)
        return Self.answer(
            outcome, of: request,
            noted: try await note(outcome, of: request, from: source, caller))
    }

    private static func check(_ request: ImportRequest) throws {
        guard request.rows.count <= ImportRequest.rowsMax else {
            throw DeskRefusal(
                .malformed, "too_many_rows", chinese: "一次最多 \(ImportRequest.rowsMax) 行。",
                english: "At most \(ImportRequest.rowsMax) rows at a time.")
        }
        guard request.numbers.allSatisfy((1...ImportRequest.firstRowMax).contains),
            request.numbers.count == request.rows.count
        else {
            throw DeskRefusal(
                .malformed, "bad_first_row",
                chinese: "行号应为 1 到 \(ImportRequest.firstRowMax),每行一个。",
                english: "Rows have numbers of 1...\(ImportRequest.firstRowMax), one each.")
        }
        guard let sheet = request.sheet else { return }
        guard request.file.count <= SheetSource.nameMax, !request.file.isEmpty,
            (16...128).contains(sheet.digest.utf8.count),
            (0...ImportRequest.firstRowMax).contains(sheet.rows)
        else {
            throw DeskRefusal(
                .malformed, "bad_sheet", chinese: "sheet 要有文件名、摘要和行数。",
                english: "A sheet has a file name, a digest and a number of rows.")
        }
    }

    private func source(of request: ImportRequest) throws -> SheetSource? {
        let collection = try collection(request.collection)
        guard let sheet = request.sheet else { return nil }
        let home = engine.current.chain.leaf.area
        return SheetSource(
            name: request.file, collection: collection.number,
            area: request.area.flatMap { try? AreaCode(parsing: $0).home } ?? home,
            digest: sheet.digest)
    }

    /// Whether the audit trail has it; null when there was nothing for it.
    private func note(
        _ outcome: ImportOutcome, of request: ImportRequest, from source: SheetSource?,
        _ caller: String
    ) async throws -> JSONValue {
        var details: [String: FieldValue] = ["collection": .text(request.collection)]
        if let source, let sheet = request.sheet {
            details["sheet"] = .text(String(source.digest.prefix(16)))
            details["rows"] = .integer(Int64(sheet.rows))
            if !sheet.isLast {
                guard outcome.beginsSheet else { return .null }
                details["state"] = .text("begun")
            } else {
                guard let ended = try await engine.end(source) else { return .null }
                details["state"] = .text("done")
                details["number"] = .integer(ended.number)
                details["written"] = .integer(Int64(ended.new &+ ended.changed))
            }
        } else {
            guard !outcome.written.isEmpty else { return .null }
            details["rows"] = .integer(Int64(request.rows.count))
            details["written"] = .integer(Int64(outcome.written.count))
        }
        return .boolean(
            await engine.noteDone(
                AuditNote(
                    .importing, caller: caller, object: request.file,
                    area: request.area.flatMap { try? AreaCode(parsing: $0).home },
                    details: details)))
    }

    private static func answer(
        _ outcome: ImportOutcome, of request: ImportRequest, noted: JSONValue
    ) -> JSONValue {
        let keys = request.numbers.map { outcome.keys[$0].map(JSONValue.text) ?? .null }
        return answer(
            "import",
            [
                "noted": noted, "new": count(outcome.new), "changed": count(outcome.changed),
                "same": count(outcome.same), "wrong": count(outcome.wrong.count),
                "applied": count(outcome.written.count),
                "changed_fields": .object(outcome.changedFields.mapValues { count($0) }),
                "missing_fields": .object(outcome.missingFields.mapValues { count($0) }),
                "errors": .list(outcome.wrong.flatMap { errors($0.refusal, row: $0.number) }),
                "keys": .list(request.applies ? [] : keys),
                "ids": .list(outcome.written.map { .text($0.id.description) }),
            ])
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
