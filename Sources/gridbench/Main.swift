// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Measures the works of Benchmarks/README.md.
@main
struct GridBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gridbench", abstract: "多网合一测速 / measures speed, size and memory",
        subcommands: WorkCommands.each + [WorkerCommand.self, DaemonCommand.self])
}
