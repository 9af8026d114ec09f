// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridSheet

/// Takes in a sheet.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "导入 CSV(UTF-8 或 GB18030)或 XLSX;不加 --apply 只检查 / take in a sheet; else checks only"
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @Argument(help: "CSV 或 XLSX 文件 / the file") var file: String
    @Option(help: "记录所属区域 / area of the records") var area: String?
    @Option(help: "按哪些字段查找已有记录,逗号分隔 / fields by which records are found again")
    var key: String?
    @Option(help: "表头对照表(JSON) / names of fields by head") var mapping: String?
    @Option(help: "写出建议的对照表 / write a proposed mapping") var mappingOut: String?
    @Option(help: "把有错的行写入 CSV 或 XLSX,改正后可单独导入 / rows that are wrong, to be corrected")
    var errors: String?
    @Flag(help: "写入;否则只检查 / write; else only check") var apply = false
    @Flag(help: "只检查(默认) / only check, as without --apply") var dryRun = false
    @Flag(help: "跳过有错的行 / leave out rows that are wrong") var skipWrong = false
    @Flag(help: "空格子表示清空;否则表示不改 / an empty cell clears; else it says nothing")
    var clearEmpty = false

    func validate() throws {
        guard !(apply && dryRun) else {
            throw ValidationError("--apply 和 --dry-run 只能选一个 / --apply or --dry-run")
        }
    }

    func run() throws {
        let client = DaemonClient(try common.folder())
        let described = try SheetCollection(client, collection)
        let sheet = try SheetFile(file)
        let pass = ImportPass(
            client: client, file: sheet, collection: described,
            heads: try described.heads(
                mapping: try mapping.map { try SheetCollection.mapping(from: $0) } ?? [:]),
            key: key.map { $0.split(separator: ",").map(String.init) } ?? [], area: area,
            clearsEmpty: clearEmpty)
        var out: OutputFile?
        let check = try pass.run(writing: nil) {
            row, problems, rows in
            guard let errors else { return }
            if out == nil {
                out = try OutputFile(errors)
                try out?.add(ErrorColumns.heads + Self.titles(rows), isHead: true)
            }
            try out?.add(
                Self.cells(row, problems, rows, described), isGuarded: false)
        }
        try out?.close()
        if let mappingOut { try write(check, described, to: mappingOut) }
        if !common.json { tell(check, described) }
        var applied: Int64 = 0
        let isClean = check.wrongRows.isEmpty
        if apply, isClean || skipWrong {
            applied = try write(check, pass)
        }
        report(check, sheet, described, applied: applied)
        guard isClean || (apply && skipWrong) else { throw ExitCode(65) }
    }

    /// - Returns: how many rows have written something.
    private func write(_ check: ImportPass.Findings, _ pass: ImportPass) throws -> Int64 {
        guard check.counts["new", default: 0] + check.counts["changed", default: 0] > 0 else {
            try pass.end()
            return 0
        }
        let writing = ImportPass.Writing(
            rows: check.rows - check.wrongRows.count, except: check.wrongRows)
        do {
            return try pass.run(writing: writing) { _, problems, _ in
                Screen.error("! \(problems.first?["zh"]?.string ?? "")")
            }.counts["applied", default: 0]
        } catch {
            Screen.error("再运行一次同样的命令即可接着导入,已写入的行不会重复 / run it again: it goes on, nothing twice")
            throw error
        }
    }

    private func report(
        _ check: ImportPass.Findings, _ sheet: SheetFile, _ collection: SheetCollection,
        applied: Int64
    ) {
        let counts = check.counts
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.import/1"), "rows": .integer(Int64(check.rows)),
                    "new": .integer(counts["new"] ?? 0),
                    "changed": .integer(counts["changed"] ?? 0),
                    "same": .integer(counts["same"] ?? 0),
                    "wrong": .integer(Int64(check.wrongRows.count)),
                    "changed_fields": .object(check.changedFields.mapValues { .integer($0) }),
                    "missing_fields": .object(check.missingFields.mapValues { .integer($0) }),
                    "applied": .integer(applied), "errors": .list(check.firstErrors),
                    "error_count": .integer(Int64(check.errorCount)),
                    "encoding": .text(sheet.formName),
                ]))
        }
        if !skipWrong { show(check, collection) }
        Screen.line(
            "\(sheet.formName),共 \(check.rows) 行:新增 \(counts["new"] ?? 0),修改 "
                + "\(counts["changed"] ?? 0),相同 \(counts["same"] ?? 0),有错 \(check.wrongRows.count);"
                + "已写入 \(applied) / rows, new, changed, same, wrong; written")
        Self.list("修改的字段 / changed fields", check.changedFields, collection)
        Self.list(
            "新记录缺少的必填项 / required, and missing in new records", check.missingFields, collection)
        if let errors, !check.wrongRows.isEmpty {
            Screen.line("有错的行已写入 \(errors),改正后可单独导入 / correct and import it by itself")
        }
        if !apply { Screen.line("这是试导入;确认后加 --apply / dry run; add --apply to write") }
        if skipWrong, !check.wrongRows.isEmpty {
            Screen.line("跳过了有错的 \(check.wrongRows.count) 行;不加 --skip-wrong 可逐行查看 / left out")
        }
        if apply, !check.wrongRows.isEmpty, !skipWrong {
            Screen.line("有错,没有写入任何一行;改正后重来,或加 --skip-wrong / nothing written")
        }
    }

    private static func list(
        _ words: String, _ counts: [String: Int64], _ collection: SheetCollection
    ) {
        guard !counts.isEmpty else { return }
        let shown = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\(collection.label(of: $0.key)) \($0.value)"
        }
        Screen.line("\(words):\(shown.joined(separator: "、"))")
    }

    /// Says of columns that are not taken in why, and which field may be meant.
    private func tell(_ check: ImportPass.Findings, _ collection: SheetCollection) {
        for (head, use) in zip(check.titles, check.uses) {
            let head = Screen.plain(head)
            switch use {
            case .unknown(let nearest):
                let hint = nearest.map { ",是不是“\($0)”?" } ?? ""
                Screen.error("提示:表头“\(head)”不是字段,这一列不导入\(hint) / column \"\(head)\" is no field")
            case .repeated(let name):
                Screen.error(
                    "提示:“\(head)”与另一列同为“\(collection.label(of: name))”,不导入 / a second column of \(name)"
                )
            case .computed:
                Screen.error("提示:“\(head)”由系统计算,不导入 / \"\(head)\" is computed")
            case .field, .recordID, .rowNumber, .leftOut, .blank: break
            }
        }
    }

    private func show(_ check: ImportPass.Findings, _ collection: SheetCollection) {
        guard !check.firstErrors.isEmpty else { return }
        var table = Table(["行 row", "列 column", "代码 code", "问题 what"])
        for error in check.firstErrors {
            let field = error["field"]?.string
            table.add([
                error["row"]?.shown ?? "",
                field.map { Self.column($0, check.titles, check.uses, collection) } ?? "",
                error["code"]?.shown ?? "", error["zh"]?.shown ?? "",
            ])
        }
        table.show()
        let rest = check.errorCount - check.firstErrors.count
        if rest > 0 { Screen.line("……还有 \(rest) 处,用 --errors FILE 全部写出 / more; see --errors") }
    }

    /// What stands over a field's column in the sheet; its label where it has none.
    private static func column(
        _ field: String, _ titles: [String], _ uses: [SheetHeads.Use],
        _ collection: SheetCollection
    ) -> String {
        let title = zip(titles, uses).first { $0.1 == .field(field) }?.0
        return title.map { $0.filter { !$0.isNewline } } ?? collection.label(of: field)
    }

    /// The columns of the sheet itself, when it is an error file already.
    private static func kept(_ rows: SheetRows) -> [Int] {
        rows.titles.indices.filter { !ErrorColumns.heads.contains(rows.titles[$0]) }
    }

    private static func titles(_ rows: SheetRows) -> [String] {
        kept(rows).map { rows.titles[$0] }
    }

    private static func cells(
        _ row: SheetRow, _ problems: [JSONValue], _ rows: SheetRows, _ collection: SheetCollection
    ) -> [String] {
        func joined(_ part: (JSONValue) -> String) -> String {
            problems.map(part).filter { !$0.isEmpty }.joined(separator: ";")
        }
        let notes = [
            String(row.number),
            joined {
                ($0["field"]?.string).map { column($0, rows.titles, rows.uses, collection) } ?? ""
            },
            joined { $0["code"]?.string ?? "" }, joined { $0["zh"]?.string ?? "" },
            joined { $0["en"]?.string ?? "" },
        ]
        return notes
            + kept(rows).map { $0 < row.original.count ? row.original[$0] : "" }
    }

    private func write(
        _ check: ImportPass.Findings, _ collection: SheetCollection, to path: String
    ) throws {
        var mapping: [String: JSONValue] = [:]
        for (head, use) in zip(check.titles, check.uses) {
            switch use {
            case .field(let name): mapping[head] = .text(name)
            case .unknown(let nearest):
                let found = collection.writable.first { $0.label == nearest }
                mapping[head] = found.map { .text($0.name) } ?? .null
            case .repeated, .computed: mapping[head] = .null
            case .recordID, .rowNumber, .leftOut, .blank: break
            }
        }
        let lines = mapping.sorted { $0.key < $1.key }.map {
            "  \(JSONValue.text($0.key)): \($0.value)"
        }
        let text = "{\n" + lines.joined(separator: ",\n") + "\n}\n"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch { throw OutputFile.cannotWrite(path) }
    }
}
