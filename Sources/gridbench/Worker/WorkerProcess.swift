// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A process of this program that carries out orders, seen from the one that gives them.
final class WorkerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    init() throws {
        process.executableURL = URL(filePath: Machine.program)
        process.arguments = ["worker"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Without input the worker ends by itself.
    deinit { end() }

    /// Gives an order and waits for the answer.
    @discardableResult
    func ask(_ order: Order) throws -> WorkerReport {
        try tell(order)
        return try answer()
    }

    /// Gives an order whose answer is fetched later.
    func tell(_ order: Order) throws {
        let line = try JSONEncoder().encode(order) + Data("\n".utf8)
        try input.fileHandleForWriting.write(contentsOf: line)
    }

    /// The answer to the order that was given first of those not answered.
    func answer() throws -> WorkerReport {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(unread[..<end])
                unread = Data(unread[unread.index(after: end)...])
                let report = try JSONDecoder().decode(WorkerReport.self, from: line)
                if let failure = report.failure { throw BenchFailure(failure) }
                return report
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw BenchFailure("a worker ended without an answer") }
            unread += more
        }
    }

    /// Ends the process and waits until it has ended.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

extension WorkerProcess {
    /// Has one order carried out by a process of its own.
    static func ask(_ order: Order) throws -> WorkerReport {
        let worker = try WorkerProcess()
        defer { worker.end() }
        return try worker.ask(order)
    }

    /// What closed folders hold.
    static func contents(of folders: [EnrolledFolder]) throws -> [FolderContents] {
        let report = try ask(.inspect(folders: folders.map(\.path)))
        guard let contents = report.contents, contents.count == folders.count else {
            throw BenchFailure("a worker did not say what its folders hold")
        }
        return contents
    }

    /// What a closed folder holds.
    static func contents(of folder: EnrolledFolder) throws -> FolderContents {
        try contents(of: [folder])[0]
    }
}
