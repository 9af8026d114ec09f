// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where and with what works are measured.
struct Bench {
    let size: WorkSize
    let workload: Workload
    /// Writes that wait for one commit while folders are prepared; 1 makes each a commit of its
    /// own, as one user does.
    let writers: Int
    let county: County
    private let folder: String

    init(size: WorkSize, workload: Workload, writers: Int, folder: String) throws {
        self.size = size
        self.workload = workload
        self.writers = writers
        self.folder = folder
        county = try County(in: folder)
    }

    /// A path of this name that nothing lies at.
    func fresh(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        if FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
        return path
    }

    /// A new township without any record.
    func emptyTownship(_ name: String) throws -> EnrolledFolder {
        try county.enrol(fresh(name), area: County.township)
    }

    /// Villages that have each written the operations of a file; made once and used again.
    func writtenVillages(_ name: String, operations files: [String]) throws -> [EnrolledFolder] {
        let folder = "\(folder)/\(name)-\(workload.notes.rawValue)-\(writers)"
        let isWritten = FileManager.default.fileExists(atPath: "\(folder)/written")
        if !isWritten, FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder)
        }
        let villages = try files.indices.map {
            try county.enrol("\(folder)/\($0)", area: County.village($0))
        }
        if !isWritten {
            try write(Array(zip(files, villages)))
            try Data().write(to: URL(filePath: "\(folder)/written"))
        }
        return villages
    }

    /// The village of the works of one replica.
    func writtenVillage(work: String) throws -> EnrolledFolder {
        try writtenVillages(
            "\(work)-\(size.rawValue)", operations: [workload.oneReplica(work, size: size)])[0]
    }

    /// Writes the operations of files in folders.
    func write(_ manuscripts: [(operations: String, folder: EnrolledFolder)]) throws {
        _ = try WorkerProcess.ask(
            .author(
                manuscripts.map { Manuscript(folder: $0.folder.path, operations: $0.operations) },
                writers: writers))
    }
}
