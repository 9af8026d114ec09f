// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of operations, made by `Benchmarks/workload.py` with its standard seed where they are
/// not given.
struct Workload {
    /// A file, or for `w2` and `w3` a folder; nil makes them.
    let given: String?
    let notes: NoteKind
    /// The program that makes them; nil looks for it.
    let program: String?
    /// Where they are made, once each.
    let folder: String

    /// Creates and updates of one replica: `w1` or `mixed`.
    func oneReplica(_ work: String, size: WorkSize) throws -> String {
        if let given { return given }
        let (records, updates) = size.counts
        return try made(
            work, name: "\(work)-\(size.rawValue)-\(notes.rawValue).jsonl",
            ["--records", "\(records)", "--updates", "\(updates)"])
    }

    /// One file a replica, in their order.
    func manyReplicas(_ size: WorkSize) throws -> [String] {
        let replicas: [WorkSize: String] = [.small: "8", .large: "999"]
        let folder =
            try given
            ?? made(
                "w2", name: "w2-\(size.rawValue)-\(notes.rawValue)",
                replicas[size].map { ["--replicas", $0] } ?? [])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return names.filter { $0.hasSuffix(".jsonl") }.map { "\(folder)/\($0)" }
    }

    /// What both sides have, and what each writes while cut off.
    func twoSides(_ size: WorkSize) throws -> (base: String, sides: [String]) {
        let folder =
            try given
            ?? made(
                "w3", name: "w3-\(size.rawValue)-\(notes.rawValue)",
                size == .small
                    ? ["--records", "1000", "--edits", "1000", "--shared", "200"] : [])
        return ("\(folder)/base.jsonl", ["\(folder)/a.jsonl", "\(folder)/b.jsonl"])
    }

    private func made(_ work: String, name: String, _ arguments: [String]) throws -> String {
        let path = "\(folder)/\(name)"
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments =
            [
                "python3", try findProgram(), work, "--out", path + ".part", "--notes",
                notes.rawValue,
            ]
            + arguments
        python.standardOutput = FileHandle.nullDevice
        try python.run()
        python.waitUntilExit()
        guard python.terminationStatus == 0 else {
            throw BenchFailure("workload.py ended with \(python.terminationStatus)")
        }
        try FileManager.default.moveItem(atPath: path + ".part", toPath: path)
        return path
    }

    /// The program beside the sources, looked for from here and from this program upwards.
    private func findProgram() throws -> String {
        if let program { return program }
        let starts = [FileManager.default.currentDirectoryPath, Machine.program]
        for start in starts {
            var folder = URL(filePath: start)
            while folder.path != "/" {
                let path = folder.appending(path: "Benchmarks/workload.py").path
                if FileManager.default.fileExists(atPath: path) { return path }
                folder.deleteLastPathComponent()
            }
        }
        throw BenchFailure("no Benchmarks/workload.py; give --ops or --workload")
    }
}
