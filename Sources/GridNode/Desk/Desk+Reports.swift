// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// What a report is asked for with.
package struct ReportRequest: Sendable {
    package var code: String
    package var period: String?
    package var area: String?
    /// A time as people write it, or `now`.
    package var asOf: String?

    package init(code: String, period: String?, area: String? = nil, asOf: String? = nil) {
        self.code = code
        self.period = period
        self.area = area
        self.asOf = asOf
    }
}

extension Desk {
    package func reportKinds() -> JSONValue {
        Self.answer(
            "reports",
            [
                "items": .list(
                    Store.reportKinds.map { kind in
                        .object([
                            "code": .text(kind.code), "title": .text(kind.title),
                            "title_en": .text(kind.titleEnglish),
                            "formula_version": Self.count(kind.formulaVersion),
                            "formula": .text(kind.formula),
                            "formula_en": .text(kind.formulaEnglish),
                        ])
                    })
            ])
    }

    package func report(_ request: ReportRequest) throws -> JSONValue {
        try computed(request).json
    }

    /// Computes a report and keeps a record of it: of what frontier, and the hash of its rows.
    ///
    /// - Parameter signer: the id of the person who answers for it; may be left out.
    package func keepReport(_ request: ReportRequest, signer: String?) async throws -> JSONValue {
        let report = try computed(request)
        let last = report.period.end.map { $0 - 1 } ?? ChinaTime.day(of: report.asOf)
        let frontier = try engine.store.frontierBytes(
            of: report.area, areas: engine.current.directory.areas(on: Int64(last)))
        let rows = JSONValue.list(report.rows.map { .list($0.map(\.json)) }).description
        var fields: [String: JSONValue] = [
            "report_code": .text(report.code), "period": .text(report.period.text),
            "scope": .text("\(report.area)"),
            "formula_version": Self.count(report.formulaVersion),
            "rows_sha256": .text(Hexadecimal.text(Sha256.hash(Array(rows.utf8)))),
            "silent_nodes": .list(
                report.villages.filter { !$0.isCovered }.map { .text("\($0.area)") }),
        ]
        // A county of many logs has a frontier beyond what a field holds; its digest tells it too.
        fields["frontier"] = .text(
            frontier.count <= 32_768 ? Hexadecimal.text(frontier) : report.frontier)
        if let signer { fields["signed_by"] = .text(signer) }
        let home = engine.current.chain.leaf.area
        let receipt = try await engine.submit(
            WriteRequest(
                collection: "report_runs",
                area: "\((home.contains(report.area) ? report.area : home).home)", fields: fields))
        guard case .object(var parts) = report.json else { return .null }
        parts["kept"] = .text(receipt.id.description)
        return .object(parts)
    }

    private func computed(_ request: ReportRequest) throws -> Report {
        guard Store.reportKinds.contains(where: { $0.code == request.code }) else {
            throw DeskRefusal(
                .notFound, "unknown_report",
                chinese: "没有报表 \(request.code),请用 gridctl report list 查看。",
                english: "There is no report \(request.code); see gridctl report list.")
        }
        guard let period = request.period.flatMap({ ReportPeriod(parsing: $0) }) else {
            throw DeskRefusal(
                .malformed, "bad_period",
                chinese: "请给出周期:2026、2026-10、2026-Q3、2026-H1 或 2021-01-01..。",
                english: "Give a period: 2026, 2026-10, 2026-Q3, 2026-H1 or 2021-01-01..")
        }
        var area = engine.current.chain.leaf.area
        if let text = request.area {
            guard let parsed = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            area = parsed.home
        }
        let now = WallClock.now
        let instant = try request.asOf.map { text -> Int64 in
            if text == "now" { return Int64(clamping: now) }
            guard let time = ChinaTime.milliseconds(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_time", chinese: "“\(text)”不是时间,请写成 2026-11-01 08:00。",
                    english: "\"\(text)\" is no time; write 2026-11-01 08:00.")
            }
            return time
        }
        let directory = engine.current.directory
        let last = period.end.map { $0 - 1 } ?? ChinaTime.day(of: instant ?? Int64(clamping: now))
        let report = try engine.store.report(
            request.code, period: period, area: area, asOf: instant, now: now,
            areas: directory.areas(on: Int64(last))
        ) { key in directory.chain(of: key).map { ($0.leaf.area, $0.leaf.name) } }
        guard let report else {
            throw DeskRefusal(
                .notFound, "unknown_report", chinese: "没有报表 \(request.code)。",
                english: "There is no report \(request.code).")
        }
        return report
    }
}
