// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCrypto
import Testing

struct KeyFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "onegrid-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func reason(_ body: () throws -> Void) -> KeyFileFailure.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? KeyFileFailure)?.reason
        }
    }

    @Test func aKeyIsReadAsItWasWritten() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            #expect(try KeyFile.read(at: path).publicKey == key.publicKey)
            #expect(try KeyFile.read(at: path).sign([1]) == key.sign([1]))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.size] as? Int == 88)
        }
    }

    @Test func anExistingFileIsNeverOverwritten() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            #expect(
                reason { try KeyFile.create(.generate(), at: path) } == .alreadyExists)
            #expect(try KeyFile.read(at: path).publicKey == key.publicKey)
        }
    }

    @Test func whatWasBegunAndNotFinishedIsNoKey() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            try Data("onegrid".utf8).write(to: URL(filePath: path + ".new"))
            #expect(reason { _ = try KeyFile.read(at: path) } == .missing)
            try KeyFile.create(.generate(), at: path)
            _ = try KeyFile.read(at: path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["node.key"])
        }
    }

    @Test func nothingIsLeftOfAKeyThatWasBeingWritten() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            let key = SigningKey.generate()
            try KeyFile.create(key, at: path)
            try KeyFile.removeDraft(of: path)
            try FileManager.default.copyItem(atPath: path, toPath: path + ".new")
            try KeyFile.removeDraft(of: path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["node.key"])
            #expect(try KeyFile.read(at: path).publicKey == key.publicKey)
            // In a folder that is not there is nothing either.
            try KeyFile.removeDraft(of: folder + "/keys/node.key")
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601])
    func aFileOpenToOthersIsRefused(_ mode: Int) throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            try KeyFile.create(.generate(), at: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let failure = #expect(throws: KeyFileFailure.self) { try KeyFile.read(at: path) }
            #expect(failure?.reason == .openToOthers(mode: UInt32(mode)))
            #expect(failure?.description.contains("chmod 600 \(path)") == true)
        }
    }

    @Test func whatIsNotARegularFileIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            try KeyFile.create(.generate(), at: path)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link", withDestinationPath: path)
            mkfifo(folder + "/pipe", 0o600)
            #expect(reason { _ = try KeyFile.read(at: folder + "/link") } == .notRegularFile)
            #expect(reason { _ = try KeyFile.read(at: folder + "/pipe") } == .notRegularFile)
            #expect(reason { _ = try KeyFile.read(at: folder) } == .notRegularFile)
            #expect(reason { _ = try KeyFile.read(at: folder + "/none") } == .missing)
            #expect(
                reason { _ = try KeyFile.read(at: path + "/below") }
                    == .system(call: "open", code: ENOTDIR))
        }
    }

    @Test func aFileOfAnotherUserIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            try KeyFile.create(.generate(), at: path)
            guard chown(path, 12_345, getgid()) == 0 else { return }
            #expect(reason { _ = try KeyFile.read(at: path) } == .foreignOwner(userID: 12_345))
        }
    }

    @Test func damagedContentIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/node.key"
            try KeyFile.create(.generate(), at: path)
            let good = try Data(contentsOf: URL(filePath: path))
            var damaged = [Data(), good.dropLast(), good + Data([10])]
            for index in [0, 21, 22, 23, 50, 86, 87] {
                var copy = good
                copy[index] = UInt8(ascii: "x")
                damaged.append(copy)
            }
            for content in damaged {
                let handle = try FileHandle(forWritingTo: URL(filePath: path))
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: content)
                try handle.close()
                #expect(reason { _ = try KeyFile.read(at: path) } == .wrongContent)
            }
        }
    }

    @Test func aFolderThatIsMissingIsNamed() {
        let path = "/nonexistent/node.key"
        let failure = #expect(throws: KeyFileFailure.self) {
            try KeyFile.create(.generate(), at: path)
        }
        #expect(failure?.path == path)
        #expect(failure?.reason == .system(call: "open", code: ENOENT))
    }
}
