// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What a campaign of many seeds has seen.
package struct StormReport: Sendable {
    package struct Failure: Sendable {
        package let report: WorldReport
        /// As of `WorldPlan`.
        package let trustRate: Int?
        /// A smaller world that breaks the same promise; nil when it was not looked for.
        package var cut: PlanCut?

        /// How to live it again.
        package var command: String {
            var words = "gridsim --seed \(report.seed)"
            if let trustRate { words += " --trust \(trustRate)" }
            if let cut {
                words += " --steps \(PlanCut.text(cut.steps))"
                if !cut.withoutDevices.isEmpty {
                    words += " --without \(PlanCut.text(cut.withoutDevices.sorted()))"
                }
            }
            return words + " --trace"
        }
    }

    package let seeds: ClosedRange<UInt64>
    package var worlds = 0
    package var counts: [Story.Count: Int] = [:]
    package var failures: [Failure] = []
    package var seconds = 0.0

    private let trustRate: Int?

    init(seeds: ClosedRange<UInt64>, trustRate: Int?) {
        self.seeds = seeds
        self.trustRate = trustRate
    }

    package var isGood: Bool {
        failures.isEmpty && UInt64(worlds) == seeds.upperBound - seeds.lowerBound + 1
    }

    mutating func add(_ report: WorldReport) {
        worlds += 1
        for (what, count) in report.counts { counts[what, default: 0] += count }
        if !report.isGood { failures.append(Failure(report: report, trustRate: trustRate)) }
    }

    /// Schema `onegrid.storm/1`.
    package var json: JSONValue {
        .object([
            "schema": .text("onegrid.storm/1"), "first_seed": .text("\(seeds.lowerBound)"),
            "last_seed": .text("\(seeds.upperBound)"), "worlds": .integer(Int64(worlds)),
            "seconds": .number(seconds),
            "counts": .object(
                Dictionary(
                    Story.Count.allCases.map {
                        ($0.rawValue, JSONValue.integer(Int64(counts[$0] ?? 0)))
                    }, uniquingKeysWith: { $1 })),
            "failures": .list(
                failures.map {
                    .object(["world": $0.report.json, "command": .text($0.command)])
                }),
        ])
    }

    package var text: String {
        var lines = [
            "种子 / seeds \(seeds.lowerBound)..\(seeds.upperBound): "
                + "\(worlds) 个世界 / worlds, \(Int(seconds)) s"
        ]
        lines += Story.Count.allCases.map { "  \($0.rawValue) \(counts[$0] ?? 0)" }
        for failure in failures {
            let first = failure.report.violations.first
            lines.append(
                "违背 / broken, seed \(failure.report.seed): \(first?.promise.rawValue ?? "?"): "
                    + "\(first?.what ?? "")")
            lines.append("  重演 / again: \(failure.command)")
        }
        lines.append(
            isGood
                ? "全部承诺成立 / all promises were kept"
                : "\(failures.count) 个种子违背了承诺 / seeds broke a promise")
        return lines.joined(separator: "\n")
    }
}
