// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridStore

/// What a node's folder takes on the disk, keys and lock aside.
enum FolderSize {
    /// Database, its write-ahead log and the head ledger, in bytes.
    static func bytes(of path: String) -> Int {
        let folder = NodeFolder(path)
        let files = [
            folder.databasePath, "\(folder.databasePath)-wal", folder.headLedgerPath,
        ]
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }
}
