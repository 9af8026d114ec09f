// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The simulator's command.
@main
struct GridSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gridsim", abstract: "多网合一模拟器 / tries to break a county",
        subcommands: [StormCommand.self, ImagesCommand.self, WorkerCommand.self],
        defaultSubcommand: StormCommand.self)
}
