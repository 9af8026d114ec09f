// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Shows which sheets were taken in, and what their rows have written.
struct Sheets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出导入过的表,或一张表各行对应的记录 / sheets taken in, and the records of their rows")

    @OptionGroup var common: CommonOptions
    @Argument(help: "导入编号 / number of a sheet") var number: String?
    @Option(help: "从这一行之后列起 / go on after this row") var after = 0

    func run() throws {
        let client = DaemonClient(try common.folder())
        guard let number else { return show(try client.get("/v1/sheets")) }
        let answer = try client.get(
            "/v1/sheets/\(DaemonClient.escaped(number))", query: [("after", String(after))])
        if common.json { return Screen.json(answer) }
        var table = Table(["行 row", "标识 id"])
        for row in answer["rows"]?.items ?? [] {
            table.add([row["row"]?.shown ?? "", row["id"]?.shown ?? ""])
        }
        table.show()
        if let next = answer["next"]?.integer {
            Screen.line("还有更多:--after \(next) / more: --after \(next)")
        }
    }

    private func show(_ answer: JSONValue) {
        if common.json { return Screen.json(answer) }
        var table = Table([
            "编号 number", "文件 file", "类别 collection", "行 rows", "新增 new", "修改 changed", "开始 began",
            "完成 ended",
        ])
        for item in answer["items"]?.items ?? [] {
            table.add(
                [
                    "number", "file", "collection", "rows", "new", "changed", "began_at",
                    "ended_at",
                ].map { item[$0]?.shown ?? "" })
        }
        table.show()
    }
}
