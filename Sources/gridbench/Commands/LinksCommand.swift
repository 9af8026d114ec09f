// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct LinksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links", abstract: "works over weak links, one after the other")

    @Option(name: .customLong("profile"), help: "弱网 / a weak link, or several; else all of them")
    var profiles: [LinkProfile] = []

    @Option(help: "测试 / the only works to measure, of w1, w3 and w4")
    var only: [WeakWork] = []

    @Option(help: "断网秒数 / how long a link with a window is away; 1 s when not given")
    var closed: UInt64?

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard options.ops == nil else { throw ValidationError("links makes its operations itself") }
    }

    func run() throws {
        let asked = profiles.isEmpty ? LinkProfile.each : profiles
        try options.measure(
            asked.map(window).flatMap { profile in
                (only.isEmpty ? profile.works : only).map {
                    $0.plan(over: profile, size: options.size ?? profile.size)
                }
            })
    }

    private func window(_ profile: LinkProfile) -> LinkProfile {
        var profile = profile
        if let closed { profile.window?.closedSeconds = closed }
        return profile
    }
}
