// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridSheet

/// Gives out the records of a collection as a sheet.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "导出为 CSV、XLSX 或 JSONL,敏感项遮盖 / write records to a sheet, masked by class")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @OptionGroup var target: SheetTarget
    @Option(help: "写入 JSONL 文件 / a JSON object a line") var jsonl: String?
    @Option(help: "只导出这个区域 / area") var area: String?
    @Option(help: "只导出这些字段,逗号分隔 / field names") var fields: String?
    @Flag(help: "包括已归档的 / archived ones too") var archived = false
    @OptionGroup var plain: PlainOptions

    func validate() throws { try target.check(beside: jsonl) }

    func run() async throws {
        var body: [String: JSONValue] = [
            "fields": .list((fields ?? "").split(separator: ",").map { .text(String($0)) }),
            "archived": .boolean(archived),
        ]
        if let area { body["area"] = .text(area) }
        if let reason = try plain.given {
            body["plain"] = .boolean(true)
            body["reason"] = .text(reason)
        }
        let client = DaemonClient(try common.folder())
        let progress = Progress()
        let writer = ExportWriter(target, jsonl: jsonl)
        do {
            try await client.lines(
                of: "/v1/export/\(DaemonClient.escaped(collection))", .object(body)
            ) { line in
                try writer.take(line)
                if writer.rows.isMultiple(of: 500) {
                    progress.show("导出 exporting \(writer.rows)")
                }
            }
        } catch is DaemonClient.BrokenAnswer {
            throw CommandFailure(
                .tryAgain, "导出中断,文件不完整,请重来。", "the export broke off; try again")
        }
        progress.end()
        try writer.close()
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.exported/1"), "rows": .integer(Int64(writer.rows)),
                    "file": .text(writer.path),
                ]))
        }
        Screen.line("已导出 \(writer.rows) 条到 \(writer.path) / records written")
        if !plain.plain {
            Screen.line("敏感项已遮盖;遮盖的格子导回时不算修改 / masked; masks change nothing when taken in")
        }
    }
}

/// Where a sheet is written to.
struct SheetTarget: ParsableArguments {
    @Option(help: "写入 CSV 文件 / a CSV") var csv: String?
    @Option(help: "写入 XLSX 文件 / an XLSX") var xlsx: String?
    @Flag(name: .customLong("gb18030"), help: "CSV 用 GB18030 编码 / the CSV in GB18030")
    var gb18030 = false

    func check(beside other: String? = nil) throws {
        guard [csv, xlsx, other].compactMap({ $0 }).count == 1, !gb18030 || csv != nil else {
            throw ValidationError("请给出一个输出文件,--gb18030 只用于 --csv / give one file to write")
        }
    }

    func open() throws -> OutputFile? {
        if let csv { return try OutputFile(csv, isXLSX: false, gb18030: gb18030) }
        return try xlsx.map { try OutputFile($0, isXLSX: true) }
    }

    /// The head of a column, with a mark where the field is required.
    static func head(_ label: String, isRequired: Bool) -> String {
        isRequired ? label + "*" : label
    }
}

/// Writes the lines of an export to a file.
private final class ExportWriter {
    private let target: SheetTarget
    private let jsonl: String?
    private var sheet: OutputFile?
    private var lines: FileHandle?
    private var names: [String] = []
    private(set) var rows = 0

    init(_ target: SheetTarget, jsonl: String?) {
        self.target = target
        self.jsonl = jsonl
    }

    var path: String { jsonl ?? target.csv ?? target.xlsx ?? "" }

    func take(_ line: JSONValue) throws {
        if case .list(let cells) = line {
            let cells = cells.compactMap(\.string)
            rows += 1
            try sheet?.add(cells)
            let parts = zip(names, cells).filter { !$0.1.isEmpty }.map {
                ($0.0, JSONValue.text($0.1))
            }
            let object = JSONValue.object(Dictionary(parts, uniquingKeysWith: { $1 }))
            try lines?.write(contentsOf: Data((object.description + "\n").utf8))
        } else if let fields = line["fields"]?.items {
            try begin(fields)
        } else if line["rows"]?.integer != Int64(rows) {
            throw DaemonClient.BrokenAnswer()
        }
    }

    func close() throws {
        try sheet?.close()
        try lines?.close()
    }

    private func begin(_ fields: [JSONValue]) throws {
        names = ["id"] + fields.compactMap { $0["field"]?.string }
        if let jsonl {
            guard FileManager.default.createFile(atPath: jsonl, contents: nil),
                let file = FileHandle(forWritingAtPath: jsonl)
            else { throw OutputFile.cannotWrite(jsonl) }
            lines = file
        }
        sheet = try target.open()
        let heads = fields.map {
            SheetTarget.head(
                $0["label"]?.string ?? "", isRequired: $0["required"]?.boolean == true)
        }
        try sheet?.add([SheetHeads.recordIDHead] + heads, isHead: true)
    }
}

/// Writes an empty sheet to be filled in.
struct Template: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "写出一类记录的空白表 / write an empty sheet of a collection")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录类别 / collection") var collection: String
    @OptionGroup var target: SheetTarget

    func validate() throws { try target.check() }

    func run() throws {
        let described = try SheetCollection(DaemonClient(try common.folder()), collection)
        let fields = described.writable.filter { $0.privacy != "P4" }
        let sheet = try target.open()
        try sheet?.add(
            fields.map { SheetTarget.head($0.label, isRequired: $0.isRequired) }, isHead: true)
        try sheet?.close()
        Screen.line(
            "已写出 \(target.csv ?? target.xlsx ?? "")(\(fields.count) 列,* 为必填) / template written")
    }
}
