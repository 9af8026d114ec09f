// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The commands that measure works.
enum WorkCommands {
    static let each: [any ParsableCommand.Type] = [
        W1Command.self, W2Command.self, W3Command.self, W4Command.self, W5Command.self,
        W6Command.self, MixedCommand.self, StagesCommand.self, LinksCommand.self, AllCommand.self,
    ]
}

struct W1Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: CatchUp<PlainCatchUp>.name, abstract: CatchUp<PlainCatchUp>.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([CatchUp<PlainCatchUp>.self]) }
}

struct W2Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: FanIn.name, abstract: FanIn.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([FanIn.self]) }
}

struct W3Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Divergence.name, abstract: Divergence.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([Divergence.self]) }
}

struct W4Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Reconnecting.name, abstract: Reconnecting.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([Reconnecting.self]) }
}

struct W5Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: LocalWriting.name, abstract: LocalWriting.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([LocalWriting.self]) }
}

struct W6Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Opening.name, abstract: Opening.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([Opening.self]) }
}

struct MixedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: CatchUp<MixedCatchUp>.name, abstract: CatchUp<MixedCatchUp>.title)

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([CatchUp<MixedCatchUp>.self]) }
}

struct StagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages", abstract: "where the time of w1 and of a local write goes")

    @OptionGroup var options: BenchOptions

    func run() throws { try options.measure([CatchUpStages.self, WriteStages.self]) }
}

struct AllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "every work, one after the other")

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard options.ops == nil else { throw ValidationError("all makes its operations itself") }
    }

    func run() throws {
        try options.measure([
            CatchUp<PlainCatchUp>.self, FanIn.self, Divergence.self, Reconnecting.self,
            LocalWriting.self, Opening.self, CatchUp<MixedCatchUp>.self, CatchUpStages.self,
            WriteStages.self,
        ])
    }
}
