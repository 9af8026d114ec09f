// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

/// Who did or saw what, where and why.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "操作日志:谁、何时、对什么、做了什么、为什么 / the audit trail, newest first")

    @OptionGroup var common: CommonOptions
    @Option(help: "从何时起:30d、12h 或日期 / since: 30d, 12h or a date") var since: String?
    @Option(help: "只看一种操作,用代码 / one act, by its code") var act: String?
    @Option(help: "区域 / area") var area: String?
    @Option(help: "最多几条,1...1000 / at most so many") var limit = 100
    @Option(help: "从上一页的 next 接着列 / go on after") var after: String?

    func run() throws {
        var query: [(String, String)] = [("limit", String(limit))]
        if let since { query.append(("since", try Self.time(since))) }
        if let act { query.append(("act", act)) }
        if let area { query.append(("area", area)) }
        if let after { query.append(("after", after)) }
        let answer = try DaemonClient(try common.folder()).get("/v1/audit", query: query)
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有操作日志 / nothing noted") }
        var table = Table([
            "时间 at", "谁 who", "操作 act", "对象 object", "区域 area", "理由 reason", "详情 details",
        ])
        for item in items {
            let words = "\(item["zh"]?.shown ?? "") \(item["act"]?.shown ?? "")"
            table.add([
                String((item["at"]?.shown ?? "").prefix(19)), item["who"]?.shown ?? "",
                item["altered"]?.boolean == true ? words + "(已被改写 altered)" : words,
                item["object"]?.shown ?? "", item["area"]?.shown ?? "",
                item["reason"]?.shown ?? "",
                (item["details"]?.parts ?? []).filter { $0.key != "key" }
                    .map { "\($0.key)=\($0.value.shown)" }.joined(separator: " "),
            ])
        }
        table.show()
        if let next = answer["next"]?.string {
            Screen.line("还有更多:--after \(next) / more: --after \(next)")
        }
    }

    /// Days or hours before now as a time; anything else as it is.
    private static func time(_ text: String) throws -> String {
        guard let unit = text.last, "dh".contains(unit) else { return text }
        guard let count = UInt64(text.dropLast()), count <= 100_000 else {
            throw ValidationError("“\(text)”应写成 30d 或 12h / write 30d or 12h, not \"\(text)\"")
        }
        let span = count * (unit == "d" ? 86_400_000 : 3_600_000)
        let now = Enrolment.now
        return ChinaTime.text(of: Int64(clamping: now > span ? now - span : 0)) ?? text
    }
}
