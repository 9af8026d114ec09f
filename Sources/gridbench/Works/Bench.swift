// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where and with what works are measured.
struct Bench {
    var size: WorkSize
    let workload: Workload
    /// Writes that wait for one commit while folders are prepared; 1 makes each a commit of its
    /// own, as one user does.
    let writers: Int
    let county: County
    private let folder: String
    private let drafts: String

    /// - Parameter drafts: where folders are written before they are copied to `folder`, or that
    ///   one. In memory it takes seconds, and on a disk as many minutes.
    init(
        size: WorkSize, workload: Workload, writers: Int, folder: String, drafts: String
    ) throws {
        self.size = size
        self.workload = workload
        self.writers = writers
        self.folder = folder
        self.drafts = drafts
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

    /// Folders that are made once and used again. Where they are made elsewhere and copied, each is
    /// a new replica that holds the old one's logs.
    func prepared(
        _ name: String, areas: [String], _ write: ([EnrolledFolder]) throws -> Void
    ) throws -> [EnrolledFolder] {
        let name = "\(name)-\(workload.notes.rawValue)-\(writers)"
        let files = FileManager.default
        let place = "\(folder)/\(name)"
        if !files.fileExists(atPath: "\(place)/written") {
            let draft = "\(drafts)/\(name)"
            for path in Set([place, draft]) where files.fileExists(atPath: path) {
                try files.removeItem(atPath: path)
            }
            try write(enrol(in: draft, areas))
            if draft != place {
                try files.copyItem(atPath: draft, toPath: place)
                try files.removeItem(atPath: draft)
            }
            try Data().write(to: URL(filePath: "\(place)/written"))
        }
        return try enrol(in: place, areas)
    }

    private func enrol(in place: String, _ areas: [String]) throws -> [EnrolledFolder] {
        try areas.enumerated().map { try county.enrol("\(place)/\($0)", area: $1) }
    }

    /// A new copy of a folder.
    func copy(_ original: EnrolledFolder, to name: String) throws -> EnrolledFolder {
        let path = try fresh(name)
        try FileManager.default.copyItem(atPath: original.path, toPath: path)
        return EnrolledFolder(path: path, key: original.key)
    }

    /// Villages that have each written the operations of a file.
    func writtenVillages(_ name: String, operations files: [String]) throws -> [EnrolledFolder] {
        try prepared(name, areas: files.indices.map(County.village)) { villages in
            try write(Array(zip(files, villages)))
        }
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
