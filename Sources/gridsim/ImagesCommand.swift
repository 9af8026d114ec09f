// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridSimulator

struct ImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "断电映像:检查已确认的写入是否都在 / opens what power cuts may leave of a folder",
        discussion: """
            Records everything that a village's store does to its disk, makes the images that a \
            power cut may leave after each operation, opens each with the store, and looks \
            whether all that was acknowledged is there and verifies. Exits 1 when not.
            """)

    @Option(help: "映像数 / how many images to open")
    var count = 5000

    @Option(help: "随机种子 / the seed of the first workload")
    var seed: UInt64 = 1

    @Option(help: "并行数 / how many to open at a time")
    var jobs = 2

    @Flag(help: "输出 JSON / print the report as JSON")
    var json = false

    func validate() throws {
        guard count > 0, jobs > 0 else { throw ValidationError("--count, --jobs: 1 or more") }
    }

    func run() throws {
        let report = try ImageCampaign(count: count, seed: seed, jobs: jobs).run { line in
            if !json { print(line) }
        }
        print(json ? "\(report.json)" : report.text)
        guard report.violations.isEmpty else { throw ExitCode(1) }
    }
}
