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

    /// A village that has written the operations of a file; made once and used again.
    func writtenVillage(
        _ name: String, number: Int = 0, operations: String
    ) throws -> EnrolledFolder {
        let path = "\(folder)/\(name)"
        let isWritten = FileManager.default.fileExists(atPath: "\(path)/written")
        if !isWritten { _ = try fresh(name) }
        let village = try county.enrol(path, area: County.village(number))
        if !isWritten {
            try write(operations, in: village)
            try Data().write(to: URL(filePath: "\(path)/written"))
        }
        return village
    }

    /// The village of the works of one replica.
    func writtenVillage(work: String) throws -> EnrolledFolder {
        try writtenVillage(
            "\(work)-\(size.rawValue)-\(workload.notes.rawValue)-\(writers)",
            operations: workload.oneReplica(work, size: size))
    }

    /// Writes the operations of a file in a folder.
    func write(_ operations: String, in folder: EnrolledFolder) throws {
        _ = try WorkerProcess.ask(
            .author(folder: folder.path, operations: operations, writers: writers))
    }
}
