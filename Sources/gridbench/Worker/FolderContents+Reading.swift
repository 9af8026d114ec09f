// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore

extension FolderContents {
    /// Reads a folder that no node has open. Opening and closing it also folds its write-ahead log
    /// into the database.
    init(reading path: String) throws {
        let store = try Store(ofBench: path)
        let digests = try store.digests()
        let counts = try store.counts().first?.counts
        entries = digests.reduce(0) { $0 + $1.entries }
        records = counts?.records ?? 0
        conflicts = counts?.conflicts ?? 0
        runs = try store.number("SELECT count(*) FROM runs")
        digest = digests.map { "\($0.area) \($0.frontier) \($0.tables)" }
            .joined(separator: "\n")
        let id = try store.query("SELECT id FROM household LIMIT 1").rows.first?.first
        if case .text(let text)? = id { sample = text } else { sample = "" }
    }
}

extension Store {
    /// Opens the folder of an enrolled node that has none open.
    convenience init(ofBench path: String) throws {
        let folder = NodeFolder(path)
        try self.init(
            folder, catalogue: .household, owner: Author(KeyFile.read(at: folder.nodeKeyPath)))
    }

    fileprivate func number(_ sql: String) throws -> Int {
        guard case .integer(let number)? = try query(sql).rows.first?.first else { return 0 }
        return Int(number)
    }
}
