// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet

/// One reading of a sheet from its head to its end, checking or writing, in calls of some hundred
/// rows: nothing but counts, the numbers of wrong rows and 16 bytes for each row's key stays in
/// memory.
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
        /// By the beginning of what tells a row's key: the row that had it first.
        fileprivate var keys: [UInt64: Int] = [:]
    }

    /// What a call has of a row, or what is wrong with it as a row of a sheet.
    private struct Row {
        let row: SheetRow
        let cells: [String: JSONValue]
        var errors: [JSONValue]
    }

    /// What a pass does with the rows it has read.
    struct Writing {
        /// How many will be written.
        let rows: Int
        /// Those to leave out.
        let except: Set<Int>
    }

    typealias TellWrong = (SheetRow, [JSONValue], SheetRows) throws -> Void

    /// - Parameters:
    ///   - writing: nil to check only.
    ///   - wrong: hears of each row that is wrong, with its problems, in their order.
    func run(writing: Writing?, wrong: TellWrong) throws -> Findings {
        let findings = Findings()
        let progress = Progress()
        var waiting: [Row] = []
        func hand(on rows: SheetRows, isLast: Bool) throws {
            for (row, errors) in try send(waiting, writing, isLast: isLast, findings) {
                findings.wrongRows.insert(row.number)
                findings.errorCount += errors.count
                findings.firstErrors += errors.prefix(max(0, 20 - findings.firstErrors.count))
                try wrong(row, errors, rows)
            }
            waiting.removeAll(keepingCapacity: true)
        }
        let rows = try file.read(heads) { row, rows in
            findings.rows += 1
            if findings.rows.isMultiple(of: Self.rowsPerCall) {
                progress.show(Self.words(findings.rows, writing))
            }
            guard writing?.except.contains(row.number) != true else { return }
            waiting.append(self.row(row, rows.uses))
            if waiting.count == Self.rowsPerCall { try hand(on: rows, isLast: false) }
        }
        try hand(on: rows, isLast: true)
        progress.end()
        (findings.uses, findings.titles) = (rows.uses, rows.titles)
        return findings
    }

    /// Closes a sheet of which nothing is left to write: it may have been cut off behind its last row.
    func end() throws {
        _ = try ask([], Writing(rows: 0, except: []), isLast: true)
    }

    private static func words(_ rows: Int, _ writing: Writing?) -> String {
        guard let writing else { return "检查 checking \(rows)" }
        let all = writing.rows + writing.except.count
        return "写入 writing \(rows)/\(all) (\(rows * 100 / max(all, 1)) %)"
    }

    /// - Returns: the rows that are wrong, with their problems.
    private func send(
        _ all: [Row], _ writing: Writing?, isLast: Bool, _ findings: Findings
    ) throws -> [(SheetRow, [JSONValue])] {
        var all = all
        var rest = all.indices.filter { all[$0].errors.isEmpty }
        guard !rest.isEmpty || (isLast && writing != nil) else {
            return all.map { ($0.row, $0.errors) }
        }
        var answer: JSONValue
        repeat {
            answer = try ask(rest.map { all[$0] }, writing, isLast: isLast)
            for (place, earlier) in findings.repeated(
                zip(rest, answer["keys"]?.items ?? []).map {
                    ($0, all[$0].row.number, $1.string)
                })
            {
                let number = all[place].row.number
                all[place].errors = [
                    Self.error(.repeatedKey(row: earlier), row: number, field: .null)
                ]
            }
            // Once more without them, so that they are counted nowhere.
            let count = rest.count
            rest.removeAll { !all[$0].errors.isEmpty }
            guard rest.count < count else { break }
        } while true
        findings.count(answer)
        let errors = Dictionary(grouping: answer["errors"]?.items ?? []) { $0["row"]?.integer }
        for place in rest {
            all[place].errors = errors[Int64(all[place].row.number)] ?? []
        }
        return all.filter { !$0.errors.isEmpty }.map { ($0.row, $0.errors) }
    }

    private func ask(_ rows: [Row], _ writing: Writing?, isLast: Bool) throws -> JSONValue {
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
        return answer
    }

    private func row(_ row: SheetRow, _ uses: [SheetHeads.Use]) -> Row {
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
        return Row(row: row, cells: cells, errors: errors)
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

extension ImportPass.Findings {
    fileprivate func count(_ answer: JSONValue) {
        for name in ["new", "changed", "same", "applied"] {
            counts[name, default: 0] += answer[name]?.integer ?? 0
        }
        for (name, count) in answer["changed_fields"]?.parts ?? [] {
            changedFields[name, default: 0] += count.integer ?? 0
        }
        for (name, count) in answer["missing_fields"]?.parts ?? [] {
            missingFields[name, default: 0] += count.integer ?? 0
        }
    }

    /// The rows whose key an earlier row has, and its number.
    fileprivate func repeated(
        _ rows: [(place: Int, number: Int, key: String?)]
    ) -> [(place: Int, earlier: Int)] {
        rows.compactMap { place, number, key in
            guard let key = key.flatMap({ UInt64($0.prefix(16), radix: 16) }) else { return nil }
            guard let earlier = keys[key], earlier != number else {
                keys[key] = number
                return nil
            }
            return (place, earlier)
        }
    }
}
