// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet

/// One reading of a sheet from its head to its end, checking or writing, in calls of some hundred
/// rows: nothing but counts and the numbers of wrong rows stays in memory.
struct ImportPass {
    private static let rowsPerCall = 250

    let client: DaemonClient
    let file: SheetFile
    let collection: SheetCollection
    let heads: SheetHeads
    let key: [String]
    let area: String?
    let clearsEmpty: Bool

    /// What a pass has found so far.
    final class Findings {
        var rows = 0
        var counts: [String: Int64] = [:]
        var changedFields: [String: Int64] = [:]
        var missingFields: [String: Int64] = [:]
        /// The first of them, for the screen.
        var firstErrors: [JSONValue] = []
        var errorCount = 0
        var wrongRows: Set<Int> = []
        var uses: [SheetHeads.Use] = []
        var titles: [String] = []
    }

    /// What a call has of a row.
    private struct Row {
        let row: SheetRow
        let cells: [String: JSONValue]
    }

    /// - Parameters:
    ///   - writing: nil to check only; the number of rows that will be written, and those to leave out.
    ///   - wrong: hears of each row that is wrong, with its problems.
    func run(
        writing: (rows: Int, except: Set<Int>)?,
        wrong: (SheetRow, [JSONValue], SheetRows) throws -> Void
    ) throws -> Findings {
        let findings = Findings()
        let progress = Progress()
        var waiting: [Row] = []
        var keys: [String: Int] = [:]
        func tell(_ row: SheetRow, _ errors: [JSONValue], _ rows: SheetRows) throws {
            findings.wrongRows.insert(row.number)
            findings.errorCount += errors.count
            findings.firstErrors += errors.prefix(max(0, 20 - findings.firstErrors.count))
            try wrong(row, errors, rows)
        }
        let rows = try file.read(heads) { row, rows in
            findings.rows += 1
            if findings.rows.isMultiple(of: Self.rowsPerCall) {
                progress.show(Self.words(findings.rows, writing))
            }
            guard writing?.except.contains(row.number) != true else { return }
            let (cells, errors) = self.cells(of: row, rows.uses, &keys)
            guard errors.isEmpty else { return try tell(row, errors, rows) }
            waiting.append(Row(row: row, cells: cells))
            guard waiting.count == Self.rowsPerCall else { return }
            try send(waiting, writing, isLast: false, findings) { try tell($0, $1, rows) }
            waiting = []
        }
        try send(waiting, writing, isLast: true, findings) { try tell($0, $1, rows) }
        progress.end()
        (findings.uses, findings.titles) = (rows.uses, rows.titles)
        return findings
    }

    private static func words(_ rows: Int, _ writing: (rows: Int, except: Set<Int>)?) -> String {
        guard let writing else { return "检查 checking \(rows)" }
        let all = writing.rows + writing.except.count
        return "写入 writing \(rows)/\(all) (\(rows * 100 / max(all, 1)) %)"
    }

    private func send(
        _ rows: [Row], _ writing: (rows: Int, except: Set<Int>)?, isLast: Bool,
        _ findings: Findings, _ wrong: (SheetRow, [JSONValue]) throws -> Void
    ) throws {
        guard !rows.isEmpty || (isLast && writing != nil) else { return }
        var body: [String: JSONValue] = [
            "rows": .list(rows.map { .object($0.cells) }),
            "numbers": .list(rows.map { .integer(Int64($0.row.number)) }),
            "apply": .boolean(writing != nil), "file": .text(String(file.name.prefix(200))),
            "sheet": .object([
                "digest": .text(file.digest), "rows": .integer(Int64(writing?.rows ?? 0)),
                "last": .boolean(isLast),
            ]),
            "key": .list(key.map { .text($0) }),
        ]
        if let area { body["area"] = .text(area) }
        let answer = try client.send(
            .post, "/v1/import/\(DaemonClient.escaped(collection.name))", .object(body),
            seconds: nil)
        Answers.tellUnnoted(answer)
        for name in ["new", "changed", "same", "applied"] {
            findings.counts[name, default: 0] += answer[name]?.integer ?? 0
        }
        for (name, count) in answer["changed_fields"]?.parts ?? [] {
            findings.changedFields[name, default: 0] += count.integer ?? 0
        }
        for (name, count) in answer["missing_fields"]?.parts ?? [] {
            findings.missingFields[name, default: 0] += count.integer ?? 0
        }
        let errors = Dictionary(grouping: answer["errors"]?.items ?? []) { $0["row"]?.integer }
        for row in rows {
            if let found = errors[Int64(row.row.number)] { try wrong(row.row, found) }
        }
    }

    /// What is sent of a row, or what is wrong with it as a sheet.
    private func cells(
        of row: SheetRow, _ uses: [SheetHeads.Use], _ keys: inout [String: Int]
    ) -> (cells: [String: JSONValue], errors: [JSONValue]) {
        var cells: [String: JSONValue] = [:]
        var errors: [JSONValue] = []
        for cell in row.cells {
            switch cell.use {
            case .recordID: cells["id"] = .text(cell.text)
            case .field(let name):
                guard let type = collection.type(of: name) else {
                    cells[name] = .text(cell.text)
                    continue
                }
                do throws(SheetProblem) {
                    cells[name] = .text(try CellReading.text(of: cell.text, as: type))
                } catch {
                    errors.append(Self.error(error, row: row.number, field: .text(name)))
                }
            case .rowNumber, .leftOut, .computed, .repeated, .unknown, .blank: break
            }
        }
        if clearsEmpty {
            for case .field(let name) in uses where cells[name] == nil { cells[name] = .null }
        }
        let parts = cells["id"].map { [$0] } ?? key.compactMap { cells[$0] }
        if parts.count == max(key.count, 1) {
            let text = parts.map(\.shown).joined(separator: "\n").lowercased()
            if let earlier = keys[text], earlier != row.number {
                errors.append(
                    Self.error(.repeatedKey(row: earlier), row: row.number, field: .null))
            } else {
                keys[text] = row.number
            }
        }
        return (cells, errors)
    }

    private static func error(
        _ problem: SheetProblem, row: Int, field: JSONValue
    ) -> JSONValue {
        .object([
            "row": .integer(Int64(row)), "field": field, "code": .text(problem.code),
            "zh": .text(problem.chinese), "en": .text(problem.english),
        ])
    }
}
