// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import GridStore

struct FolderMarkTests {
    private func withKey(_ body: (NodeFolder) throws -> Void) throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder.folder.keyFolderPath, withIntermediateDirectories: true)
            try putKey(in: folder.folder)
            try body(folder.folder)
        }
    }

    private func putKey(in folder: NodeFolder) throws {
        try Data("key".utf8).write(to: URL(filePath: folder.nodeKeyPath))
    }

    @Test func aFolderThatStaysWhereItIsIsItself() throws {
        try withKey { folder in
            FolderMark.complete(folder)
            #expect(!FolderMark.isForeign(in: folder))
            FolderMark.complete(folder)
            #expect(!FolderMark.isForeign(in: folder))
        }
    }

    @Test func aCopyIsForeignUntilItIsMarkedAnew() throws {
        try withKey { folder in
            FolderMark.complete(folder)
            let copy = NodeFolder(folder.path + "-copy")
            defer { try? FileManager.default.removeItem(atPath: copy.path) }
            try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
            #expect(FolderMark.isForeign(in: copy))
            // The mark of a copy is the proof: it is not made anew before that was heeded.
            FolderMark.complete(copy)
            #expect(FolderMark.isForeign(in: copy))
            FolderMark.make(in: copy)
            #expect(!FolderMark.isForeign(in: copy))
            #expect(!FolderMark.isForeign(in: folder))
        }
    }

    @Test func aFolderThatIsOverwrittenInPlaceIsForeign() throws {
        try withKey { folder in
            FolderMark.complete(folder)
            // The time of the kernel's clock moves in steps.
            Thread.sleep(forTimeInterval: 0.05)
            try putKey(in: folder)
            #expect(FolderMark.isForeign(in: folder))
        }
    }

    @Test func noKeyNoMarkAndHalfAMarkAccuseNobody() throws {
        try withFolder { folder in
            FolderMark.complete(folder.folder)
            #expect(!FileManager.default.fileExists(atPath: folder.folder.markPath))
            #expect(!FolderMark.isForeign(in: folder.folder))
        }
        try withKey { folder in
            #expect(!FolderMark.isForeign(in: folder))
            try Data("1764000000.12".utf8).write(to: URL(filePath: folder.markPath))
            #expect(!FolderMark.isForeign(in: folder))
            FolderMark.complete(folder)
            #expect(try Data(contentsOf: URL(filePath: folder.markPath)).last == 10)
        }
    }
}
