// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridStore

/// A data folder of its own for one test.
struct TestFolder {
    let folder: NodeFolder

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "onegrid-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = NodeFolder(url.path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.path) }

    /// Works on the closed database as any tool could, past all that the store holds to.
    @discardableResult
    func tamper<Result>(_ work: (Database) throws -> Result) throws -> Result {
        let database = try DatabaseQueue(path: folder.databasePath)
        defer { try? database.close() }
        return try database.writeWithoutTransaction(work)
    }

    func copy(of name: String, to other: String) throws {
        let (from, to) = ("\(folder.path)/\(name)", "\(folder.path)/\(other)")
        try? FileManager.default.removeItem(atPath: to)
        guard FileManager.default.fileExists(atPath: from) else { return }
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }
}

/// Runs a test's body with a folder that is removed afterwards.
@discardableResult
func withFolder<Result>(_ body: (TestFolder) throws -> Result) throws -> Result {
    let folder = try TestFolder()
    defer { folder.remove() }
    return try body(folder)
}
