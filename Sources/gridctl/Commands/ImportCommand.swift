// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridSheet

/// Takes in a sheet.
struct Import: ParsableCommand {
    private static let rowsPerCall = 500
    private static let errorsShownMax = 20

    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "导入 CSV(UTF-8 或 GB18030);不加 --apply 只检查 / take in a CSV; else checks only")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "CSV 文件 / the file") var file: String
    @Option(help: "记录所属区域 / area of the records") var area: String?
    @Option(help: "把错误清单写入 CSV / write all errors to a CSV") var errors: String?
    @Flag(help: "写入;否则只检查 / write; else only check") var apply = false
    @Flag(help: "跳过有错的行 / leave out rows that are wrong") var skipWrong = false

    func run() throws {
        let client = DaemonClient(try common.folder())
        let collections = try client.get("/v1/collections")["items"]?.items ?? []
        guard let definition = collections.first(where: { $0["collection"]?.string == collection })
        else {
            throw CommandFailure(
                .notFound, "没有“\(collection)”这类记录。", "no collection \"\(collection)\"")
        }
        let sheet = try Sheet(path: file, collection: definition)
        for head in sheet.unknownHeads {
            Screen.error("提示:表头“\(head)”不是字段,这一列不导入 / column \"\(head)\" is no field")
        }
        let check = try send(sheet.rows, client, applies: false)
        let isClean = check.errors.isEmpty
        var applied = 0
        if apply, isClean || skipWrong {
            let wrong = Set(check.errors.compactMap { $0["row"]?.integer })
            let right = sheet.rows.filter { !wrong.contains(Int64($0.number)) }
            applied = try send(right, client, applies: true).applied
        }
        if let errors { try write(check.errors, to: errors) }
        let wrongRows = Set(check.errors.compactMap { $0["row"]?.integer }).count
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.import/1"), "rows": .integer(Int64(sheet.rows.count)),
                    "new": .integer(Int64(check.new)), "wrong": .integer(Int64(wrongRows)),
                    "applied": .integer(Int64(applied)), "errors": .list(check.errors),
                    "encoding": .text(sheet.encoding),
                ]))
        } else {
            show(check.errors)
            Screen.line(
                "\(sheet.encoding),共 \(sheet.rows.count) 行:可导入 \(check.new) 行,有错 \(wrongRows) 行,"
                    + "已写入 \(applied) 行 / rows, right, wrong, written")
            if !apply { Screen.line("这是试导入;确认后加 --apply / dry run; add --apply to write") }
            if apply, !isClean, !skipWrong {
                Screen.line("有错,没有写入任何一行;改正后重来,或加 --skip-wrong / nothing written")
            }
        }
        guard isClean || (apply && skipWrong) else { throw ExitCode(65) }
    }

    private func send(
        _ rows: [(number: Int, cells: [String: String])], _ client: DaemonClient, applies: Bool
    ) throws -> (new: Int, applied: Int, errors: [JSONValue]) {
        var (new, applied, errors) = (0, 0, [JSONValue]())
        for start in stride(from: 0, to: rows.count, by: Self.rowsPerCall) {
            let part = rows[start..<min(start + Self.rowsPerCall, rows.count)]
            var body: [String: JSONValue] = [
                "rows": .list(part.map { .object($0.cells.mapValues { .text($0) }) }),
                "first_row": .integer(1), "apply": .boolean(applies),
                "file": .text(URL(fileURLWithPath: file).lastPathComponent),
            ]
            if let area { body["area"] = .text(area) }
            let path = "/v1/import/\(DaemonClient.escaped(collection))"
            let answer = try client.send(.post, path, .object(body), seconds: nil)
            Answers.tellUnnoted(answer)
            new += Int(answer["new"]?.integer ?? 0)
            applied += Int(answer["applied"]?.integer ?? 0)
            errors += (answer["errors"]?.items ?? []).map { Self.numbered($0, by: Array(part)) }
        }
        return (new, applied, errors)
    }

    /// The row's number in the file, in place of its place in the call.
    private static func numbered(
        _ error: JSONValue, by rows: [(number: Int, cells: [String: String])]
    ) -> JSONValue {
        guard case .object(var parts) = error, let place = error["row"]?.integer,
            rows.indices.contains(Int(place) - 1)
        else { return error }
        parts["row"] = .integer(Int64(rows[Int(place) - 1].number))
        return .object(parts)
    }

    private func show(_ errors: [JSONValue]) {
        guard !errors.isEmpty else { return }
        var table = Table(["行 row", "字段 field", "代码 code", "问题 what"])
        for error in errors.prefix(Self.errorsShownMax) {
            table.add(["row", "field", "code", "zh"].map { error[$0]?.shown ?? "" })
        }
        table.show()
        if errors.count > Self.errorsShownMax {
            Screen.line("……还有 \(errors.count - Self.errorsShownMax) 处,用 --errors FILE 全部写出")
        }
    }

    private func write(_ errors: [JSONValue], to path: String) throws {
        let rows = errors.map { error in
            ["row", "field", "code", "zh", "en"].map { name in
                "\"" + (error[name]?.shown ?? "").replacingOccurrences(of: "\"", with: "\"\"")
                    + "\""
            }.joined(separator: ",")
        }
        let text = "\u{FEFF}" + (["row,field,code,zh,en"] + rows).joined(separator: "\r\n") + "\r\n"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(.notAllowed, "不能写入 \(path)。", "cannot write \(path)")
        }
    }
}
