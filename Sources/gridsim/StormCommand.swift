// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridSimulator

struct StormCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storm",
        abstract: "让一个县经历风暴 / lets a county live through a storm",
        discussion: """
            A seed is a county with its machines, links, people, faults and hostile peers. The \
            same seed is the same story on every machine. Without options one fresh seed is \
            lived. Exits 1 when a promise was broken; the smallest world that breaks it is \
            printed.
            """)

    @Option(help: "一个种子 / one seed")
    var seed: UInt64?

    @Option(help: "一段种子,如 1..1000 / many seeds, on all cores")
    var seeds: String?

    @Option(help: "只走计划中的这些步,如 1-4,9 / only these steps of the seed's plan")
    var steps: String?

    @Option(help: "去掉这些机器 / without these devices")
    var without: String?

    @Option(help: "并行数 / how many processes")
    var jobs = 2

    @Option(
        help: """
            恢复、复制、分叉、吊销、区划变更、冒充,每一千步里各有几次 / of restored images, copied folders, \
            forks, cut-offs, area changes and pretences so many each in a thousand steps
            """)
    var trust: Int?

    @Flag(help: "讲述经过 / tell the story")
    var trace = false

    @Flag(help: "不缩小失败的世界 / do not make failing worlds smaller")
    var noShrink = false

    @Flag(help: "输出 JSON / print the report as JSON")
    var json = false

    func validate() throws {
        guard seed == nil || seeds == nil else {
            throw ValidationError("--seed 与 --seeds 只能选一个 / give --seed or --seeds, not both")
        }
        guard jobs > 0 else { throw ValidationError("--jobs: 1 or more") }
        if let seeds, Self.range(seeds) == nil {
            throw ValidationError("--seeds \(seeds): 写法为 A..B / is written A..B")
        }
        for numbers in [steps, without].compactMap({ $0 }) where PlanCut.numbers(numbers) == nil {
            throw ValidationError("\(numbers): 写法为 1-4,9 / is written 1-4,9")
        }
    }

    func run() throws {
        if let range = seeds.flatMap(Self.range) { return try runMany(range) }
        let seed = seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        let plan = WorldPlan(seed: seed, trustRate: trust)
        var cut = PlanCut(all: plan)
        if let steps = steps.flatMap(PlanCut.numbers) { cut.steps = steps }
        cut.withoutDevices = Set(without.flatMap(PlanCut.numbers) ?? [])
        let run = try WorldRun()
        defer { run.end() }
        let report = try run.live(plan.cut(to: cut), isTold: trace)
        if json {
            print("\(report.json)")
        } else {
            for line in report.lines { print(line) }
            for violation in report.violations {
                print("违背 / broken: \(violation.promise.rawValue): \(violation.what)")
            }
            let counts = report.counts.map { "\($0.key.rawValue) \($0.value)" }.sorted()
            print("种子 / seed \(seed): \(counts.joined(separator: ", "))")
        }
        guard report.isGood else { throw ExitCode(1) }
    }

    private func runMany(_ range: ClosedRange<UInt64>) throws {
        let campaign = StormCampaign(
            seeds: range, jobs: jobs, trustRate: trust, program: "/proc/self/exe".resolved)
        var report = try campaign.run { world in
            let first = world.violations.first
            FileHandle.standardError.write(
                Data(
                    "seed \(world.seed): \(first?.promise.rawValue ?? ""): \(first?.what ?? "")\n"
                        .utf8))
        }
        if !noShrink { try shrink(&report) }
        print(json ? "\(report.json)" : report.text)
        guard report.isGood else { throw ExitCode(1) }
    }

    /// All failing worlds together are made smaller for so long: the smallest that was found must do.
    private static let shrinkingMax = Duration.seconds(120)

    /// Makes the first failing worlds smaller.
    private func shrink(_ report: inout StormReport) throws {
        let run = try WorldRun()
        defer { run.end() }
        let until = ContinuousClock.now + Self.shrinkingMax
        for index in report.failures.indices.prefix(5) {
            let failure = report.failures[index].report
            guard let promise = failure.violations.first?.promise, promise != .crashed else {
                continue
            }
            let plan = WorldPlan(seed: failure.seed, trustRate: trust)
            var shrinker = Shrinker(plan) { cut in
                guard ContinuousClock.now < until else { return false }
                let again = try? run.live(plan.cut(to: cut))
                return again?.violations.first?.promise == promise
            }
            report.failures[index].cut = shrinker.shrink()
        }
    }

    private static func range(_ text: String) -> ClosedRange<UInt64>? {
        let ends = text.components(separatedBy: "..").map { UInt64($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
            return nil
        }
        return first...last
    }
}

extension String {
    /// The file behind a link.
    fileprivate var resolved: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: self)) ?? self
    }
}
