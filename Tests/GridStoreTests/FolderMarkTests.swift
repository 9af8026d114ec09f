// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridStore
import Testing

struct FolderMarkTests {
    private func isCopy(_ folder: NodeFolder) throws -> Bool {
        try Store(folder, catalogue: .small).isCopy()
    }

    private func mark(_ folder: NodeFolder) throws {
        try Store(folder, catalogue: .small).mark()
    }

    @Test func aFolderThatStaysWhereItIsIsItself() throws {
        try withFolder { folder in
            #expect(try !isCopy(folder.folder))
            try mark(folder.folder)
            #expect(try !isCopy(folder.folder))
            try mark(folder.folder)
            #expect(try !isCopy(folder.folder))
        }
    }

    @Test func aCopyIsOneUntilItIsMarkedAnew() throws {
        try withFolder { folder in
            try mark(folder.folder)
            let copy = NodeFolder(folder.folder.path + "-copy")
            defer { try? FileManager.default.removeItem(atPath: copy.path) }
            try FileManager.default.copyItem(atPath: folder.folder.path, toPath: copy.path)
            #expect(try isCopy(copy))
            try mark(copy)
            #expect(try !isCopy(copy))
            #expect(try !isCopy(folder.folder))
        }
    }

    @Test func aDatabasePutBackInItsPlaceIsACopy() throws {
        try withFolder { folder in
            let path = folder.folder.databasePath
            try mark(folder.folder)
            try FileManager.default.copyItem(atPath: path, toPath: "\(path).backup")
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: "\(path).backup", toPath: path)
            #expect(try isCopy(folder.folder))
        }
    }

    @Test func aFolderThatIsMovedIsItself() throws {
        try withFolder { folder in
            try mark(folder.folder)
            let moved = NodeFolder(folder.folder.path + "-moved")
            defer { try? FileManager.default.removeItem(atPath: moved.path) }
            try FileManager.default.moveItem(atPath: folder.folder.path, toPath: moved.path)
            #expect(try !isCopy(moved))
        }
    }
}
