// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridSimulator

/// One process of a storm: lives seeds and prints a report a line.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "one process of a storm", shouldDisplay: false)

    @Argument var first: UInt64
    @Argument var last: UInt64
    @Argument var stride: UInt64
    @Argument var trustRate: Int?

    func run() throws {
        let run = try WorldRun()
        defer { run.end() }
        for seed in Swift.stride(from: first, through: last, by: UInt64.Stride(stride)) {
            let report = try run.live(WorldPlan(seed: seed, trustRate: trustRate))
            FileHandle.standardOutput.write(Data("\(report.json)\n".utf8))
        }
    }
}
