// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import GridStore

/// W6: a daemon is started and asked for a record.
struct Opening: Work {
    static let name = "w6"
    static let title = "open: from the start of a daemon to the first record read"

    private static let secondsMax = 120.0

    private let village: EnrolledFolder
    private let request: SocketRequest

    init(_ bench: Bench) throws {
        village = try bench.writtenVillage(work: "w1")
        let id = try WorkerProcess.contents(of: village).sample
        request = SocketRequest(
            socket: NodeFolder(village.path).socketPath, path: "/v1/records/household/\(id)")
    }

    func measure() throws -> [Figure] {
        try? FileManager.default.removeItem(atPath: NodeFolder(village.path).socketPath)
        let daemon = Process()
        daemon.executableURL = URL(filePath: Machine.program)
        daemon.arguments = ["daemon", village.path]
        let began = Clock.now
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        while true {
            if let answer = request.answer() {
                let ended = Clock.now
                let memory = ProcessUsage.memory(of: daemon.processIdentifier)
                guard answer.hasPrefix("HTTP/1.1 200") else {
                    throw BenchFailure("w6: \(answer.prefix(200))")
                }
                return [
                    Figure("seconds", Clock.seconds(from: began, to: ended), .seconds),
                    Figure("memory", memory.now, .bytes),
                    Figure("peak_memory", memory.peak, .bytes),
                ]
            }
            guard daemon.isRunning,
                Clock.seconds(from: began, to: Clock.now) < Self.secondsMax
            else { throw BenchFailure("w6: the daemon does not answer") }
            usleep(500)
        }
    }
}
