// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore

/// Lives many seeds, each in a process that may end on its own: a world that brings the program
/// down is a broken promise like any other.
package struct StormCampaign {
    /// A world that says nothing for so long hangs, in seconds.
    private static let silenceSecondsMax = 300

    private let seeds: ClosedRange<UInt64>
    private let jobs: Int
    private let trustRate: Int?
    private let program: String

    /// - Parameters:
    ///   - trustRate: as of `WorldPlan`.
    ///   - program: this program, which lives seeds with the arguments
    ///     `worker FIRST LAST STRIDE [RATE]` and prints one report a line.
    package init(
        seeds: ClosedRange<UInt64>, jobs: Int, trustRate: Int? = nil, program: String
    ) {
        self.trustRate = trustRate
        self.seeds = seeds
        self.jobs = jobs
        self.program = program
    }

    /// - Parameter failed: called with each world that broke a promise, as it is found.
    package func run(failed: (WorldReport) -> Void) throws -> StormReport {
        let began = ContinuousClock.now
        var report = StormReport(seeds: seeds, trustRate: trustRate)
        var workers: [Worker] = []
        for job in 0..<UInt64(jobs) where seeds.lowerBound + job <= seeds.upperBound {
            workers.append(try start(at: seeds.lowerBound + job))
        }
        while !workers.isEmpty {
            var polls = workers.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&polls, nfds_t(polls.count), 1000)
            var next: [Worker] = []
            for (index, worker) in workers.enumerated() {
                var worker = worker
                if ready > 0, polls[index].revents != 0 {
                    for line in worker.read() {
                        guard let world = WorldReport(parsing: line) else { continue }
                        worker.next = world.seed + UInt64(jobs)
                        report.add(world)
                        if !world.isGood { failed(world) }
                    }
                } else if worker.silentSeconds > Self.silenceSecondsMax {
                    worker.process.terminate()
                }
                guard worker.isAtEnd else {
                    next.append(worker)
                    continue
                }
                worker.process.waitUntilExit()
                WorldRun.clean(after: worker.process.processIdentifier)
                let lastWords = worker.lastWords
                guard worker.next <= seeds.upperBound else { continue }
                let crash = WorldReport(
                    seed: worker.next,
                    violations: [
                        Violation(
                            .crashed, at: 0,
                            what: "status \(worker.process.terminationStatus): \(lastWords)")
                    ])
                report.add(crash)
                failed(crash)
                if worker.next + UInt64(jobs) <= seeds.upperBound {
                    next.append(try start(at: worker.next + UInt64(jobs)))
                }
            }
            workers = next
        }
        report.failures.sort { $0.report.seed < $1.report.seed }
        let spent = (ContinuousClock.now - began).components
        report.seconds = Double(spent.seconds) + Double(spent.attoseconds) / 1e18
        return report
    }

    private func start(at seed: UInt64) throws -> Worker {
        try Worker(
            program: program,
            arguments: ["worker", "\(seed)", "\(seeds.upperBound)", "\(jobs)"]
                + (trustRate.map { ["\($0)"] } ?? []),
            next: seed)
    }
}

/// One process that lives seeds.
private struct Worker {
    let process = Process()
    /// The seed it is at.
    var next: UInt64
    private let output = Pipe()
    private let errors: FileHandle?
    private let errorPath: String
    private var unread: [UInt8] = []
    private(set) var isAtEnd = false
    private var heard = ContinuousClock.now

    init(program: String, arguments: [String], next: UInt64) throws {
        self.next = next
        errorPath =
            FileManager.default.temporaryDirectory.path
            + "/gridsim-\(UUID().uuidString).err"
        _ = FileManager.default.createFile(atPath: errorPath, contents: nil)
        errors = FileHandle(forWritingAtPath: errorPath)
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = errors
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        try process.run()
    }

    var descriptor: Int32 { output.fileHandleForReading.fileDescriptor }

    var silentSeconds: Int { Int((ContinuousClock.now - heard).components.seconds) }

    /// What it said last before it ended.
    var lastWords: String {
        defer { try? FileManager.default.removeItem(atPath: errorPath) }
        let bytes = FileManager.default.contents(atPath: errorPath) ?? Data()
        return String(decoding: bytes.suffix(400), as: UTF8.self)
    }

    /// The whole lines that have come.
    mutating func read() -> [String] {
        heard = .now
        let data = output.fileHandleForReading.availableData
        isAtEnd = data.isEmpty
        unread += data
        var lines: [String] = []
        while let end = unread.firstIndex(of: 10) {
            lines.append(String(decoding: unread[..<end], as: UTF8.self))
            unread.removeSubrange(...end)
        }
        return lines
    }
}

extension WorldReport {
    /// Reads a line that a worker printed; nil for anything else.
    init?(parsing line: String) {
        guard
            let parts = (try? JSONSerialization.jsonObject(with: Data(line.utf8)))
                as? [String: Any],
            let text = parts["seed"] as? String, let seed = UInt64(text)
        else { return nil }
        let violations = (parts["violations"] as? [[String: Any]] ?? []).map { parts in
            Violation(
                Violation.Promise(rawValue: parts["promise"] as? String ?? "") ?? .crashed,
                at: UInt64(clamping: (parts["at_ms"] as? NSNumber)?.int64Value ?? 0),
                what: parts["what"] as? String ?? "")
        }
        var counts: [Story.Count: Int] = [:]
        for (name, value) in parts["counts"] as? [String: Any] ?? [:] {
            if let what = Story.Count(rawValue: name) {
                counts[what] = (value as? NSNumber)?.intValue
            }
        }
        self.init(seed: seed, violations: violations, counts: counts)
    }
}
