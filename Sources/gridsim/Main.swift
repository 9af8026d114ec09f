// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridSimulator

@main
struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "gridsim")
    @Option var seed: UInt64 = 1
    @Option var count: UInt64 = 1
    @Flag var trace = false

    func run() throws {
        let run = try WorldRun()
        var totals: [Story.Count: Int] = [:]
        for seed in seed..<(seed + count) {
            let report = try run.live(WorldPlan(seed: seed), isTold: trace)
            for line in report.lines { print(line) }
            for (key, value) in report.counts { totals[key, default: 0] += value }
            if !report.isGood { print("seed \(seed):", report.violations.map { "\($0.at) \($0.promise.rawValue): \($0.what)" }) }
        }
        for key in Story.Count.allCases { print(key.rawValue, totals[key] ?? 0) }
    }
}
