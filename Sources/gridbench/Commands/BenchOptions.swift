// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridNode

/// What all works are told.
struct BenchOptions: ParsableArguments {
    @Option(help: "操作文件或目录 / operations by workload.py; made when not given")
    var ops: String?

    @Option(help: "规模 / size: s, m or l; m when not given")
    var size: WorkSize?

    @Option(help: "重复次数 / how often to measure; medians are shown")
    var `repeat` = 5

    @Flag(help: "输出 JSON / one JSON document")
    var json = false

    @Option(help: "与之前的 JSON 比较 / an earlier JSON report to compare with")
    var against: String?

    @Option(help: "工作目录,保留 / a folder to work in, which stays; else one that is removed")
    var work: String?

    @Option(help: "备注内容 / what notes are made of: stock or rare")
    var notes = NoteKind.stock

    @Option(help: "workload.py 的位置 / where workload.py lies")
    var workload: String?

    @Option(
        help: ArgumentHelp(
            "准备时同时写入数 / writes at once while folders are prepared; 1: a commit each"))
    var writers = 1

    @Option(help: "准备用的目录 / where folders are written first; in memory it is quick")
    var drafts: String?

    func validate() throws {
        guard `repeat` > 0 else { throw ValidationError("--repeat: 1 or more") }
        guard (1...4096).contains(writers) else { throw ValidationError("--writers: 1...4096") }
    }

    /// Measures works, and prints what was found.
    func measure(_ works: [any Work.Type]) throws {
        try measure(
            works.map { work in
                WorkPlan(name: work.name, title: work.title, size: size ?? .medium) {
                    try work.init($0).measure
                }
            })
    }

    func measure(_ plans: [WorkPlan]) throws {
        let earlier = try against.map { try BenchReport.read($0) }
        var report = BenchReport(version: Node.version, machine: Machine())
        try withFolders { folder, drafts in
            var bench = try Bench(
                size: .medium,
                workload: Workload(
                    given: ops, notes: notes, program: workload, folder: "\(folder)/operations"),
                writers: writers, folder: folder, drafts: drafts)
            if !json { print(report.machine.line) }
            for plan in plans {
                bench.size = plan.size
                var measured = try measure(plan, bench)
                if let earlier { measured.compare(with: earlier) }
                report.works.append(measured)
                if !json { print("\n" + measured.text) }
            }
        }
        if json { print(try report.json()) }
    }

    private func measure(_ plan: WorkPlan, _ bench: Bench) throws -> WorkReport {
        let measureOnce = try plan.prepare(bench)
        var measured: [[Figure]] = []
        for _ in 0..<`repeat` { measured.append(try measureOnce()) }
        let figures = measured[0].indices.map { index in
            FigureReport(
                name: measured[0][index].name, unit: measured[0][index].unit,
                values: measured.map { $0[index].value })
        }
        return WorkReport(
            work: plan.name, title: plan.title, size: plan.size.rawValue, link: plan.link,
            notes: notes.rawValue, writers: writers, repetitions: `repeat`, figures: figures)
    }

    private func withFolders(_ body: (_ folder: String, _ drafts: String) throws -> Void) throws {
        let own = "gridbench-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = work ?? FileManager.default.temporaryDirectory.path + "/" + own
        let drafts = (drafts ?? Self.memory) + "/" + own
        for path in [folder, drafts] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        defer {
            try? FileManager.default.removeItem(atPath: drafts)
            if work == nil { try? FileManager.default.removeItem(atPath: folder) }
        }
        try body(URL(filePath: folder).path, URL(filePath: drafts).path)
    }

    /// Where files lie in memory, if anywhere.
    private static var memory: String {
        let path = "/dev/shm"
        return FileManager.default.isWritableFile(atPath: path)
            ? path : FileManager.default.temporaryDirectory.path
    }
}
