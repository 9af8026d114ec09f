// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridSync
import Testing

@testable import GridStore

struct BackupTests {
    private static let secret = Array("口令".utf8)
    private static let file = "/node.backup"

    /// A village with its key, three notes, and a backup of them.
    private func withBackup(
        for recipient: BackupRecipient = .passphrase(secret, cost: .least),
        _ body: (TestFolder, String, BackupManifest) throws -> Void
    ) throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder.folder.keyFolderPath, withIntermediateDirectories: true)
            let key = SigningKey(seed: [UInt8](repeating: 11, count: 32))
            try KeyFile.create(key, at: folder.folder.nodeKeyPath)
            try Data("listen: x\n".utf8).write(to: URL(filePath: folder.folder.configurationPath))
            let path = folder.folder.path + Self.file
            let made = try make(path, of: folder, for: recipient)
            try body(folder, path, made)
        }
    }

    private func make(
        _ path: String, of folder: TestFolder, for recipient: BackupRecipient
    ) throws -> BackupManifest {
        let node = try Node(11, in: folder, catalogue: .grid)
        for number in 0..<3 { try node.author(.household("\(number)")) }
        let snapshot = try node.store.snapshot(software: "test", now: 1_790_000_000_000)
        defer { try? FileManager.default.removeItem(atPath: snapshot.path) }
        return try BackupWriter.write(
            snapshot, of: folder.folder, to: path, for: recipient, overwriting: false)
    }

    private func failure(_ body: () throws -> Void) -> BackupFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? BackupFailure
        }
    }

    private func open(_ path: String) throws -> BackupReader {
        try BackupReader(path, with: .passphrase(Self.secret))
    }

    @Test func aBackupSaysWhatItHoldsAndCanBeRestoredAsThat() throws {
        try withBackup { folder, path, made in
            #expect(made.entries == 3)
            #expect(made.files.map(\.name) == ["grid.db", "keys/node.key", "gridd.yaml"])
            let manifest = try open(path).manifest
            #expect(manifest == made)
            let target = NodeFolder(folder.folder.path + "/again")
            let report = try Restoration.restore(
                try open(path), to: target, isQuick: false, now: 1_790_000_001_000)
            #expect(report.findings.isEmpty)
            #expect(report.records == 3)
            #expect(report.verification?.entries == 3)
            #expect(
                FileManager.default.contentsEqual(
                    atPath: target.nodeKeyPath, andPath: folder.folder.nodeKeyPath))
            #expect(
                FileManager.default.contentsEqual(
                    atPath: target.configurationPath, andPath: folder.folder.configurationPath))
        }
    }

    @Test func eachRestorationIsAReplicaOfItsOwnAndSaysWhy() throws {
        try withBackup { folder, path, made in
            var replicas: Set<ReplicaID> = []
            for name in ["/first", "/second"] {
                let target = NodeFolder(folder.folder.path + name)
                _ = try Restoration.restore(
                    try open(path), to: target, isQuick: true, now: 1_790_000_001_000)
                let opened = try FolderReplica(
                    store: try Store(target), author: County.author(11), now: 1_790_000_002_000)
                replicas.insert(opened.replica.id)
                let incidents = try opened.store.incidents()
                #expect(incidents.map(\.code) == [.restored])
                #expect(incidents.first?.replica?.description == made.replica)
                #expect(
                    try opened.store.backupNotes().map(\.takenAt) == [made.takenAt])
            }
            #expect(replicas.count == 2)
            #expect(!replicas.contains { $0.description == made.replica })
        }
    }

    @Test func aRehearsalLeavesNothingBehind() throws {
        try withBackup { folder, path, _ in
            let copy = folder.folder.path + "/drill"
            let report = try Restoration.rehearse(try open(path), at: copy)
            #expect(report.findings.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: copy))
        }
    }

    @Test func aFileThatIsThereIsNotWrittenOverUnlessToldTo() throws {
        try withBackup { folder, path, _ in
            let store = try Store(folder.folder)
            let snapshot = try store.snapshot(software: "test", now: 1_790_000_000_000)
            func write(overwriting: Bool) throws {
                _ = try BackupWriter.write(
                    snapshot, of: folder.folder, to: path,
                    for: .passphrase(Self.secret, cost: .least), overwriting: overwriting)
            }
            #expect(failure { try write(overwriting: false) } == .alreadyThere(path: path))
            try write(overwriting: true)
            _ = try open(path)
            store.deleteSnapshots()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.folder.path)
            #expect(!names.contains { $0.hasPrefix("snapshot-") || $0.contains(".part-") })
        }
    }

    @Test func anotherPassphraseOrAnAlteredByteOpensNothing() throws {
        try withBackup { folder, path, _ in
            #expect(
                failure { _ = try BackupReader(path, with: .passphrase([1])) }
                    == .cannotBeOpened(path: path))
            let whole = try Data(contentsOf: URL(filePath: path))
            let target = NodeFolder(folder.folder.path + "/again")
            for place in [20, 100, whole.count / 2, whole.count - 1] {
                var altered = whole
                altered[place] ^= 1
                try altered.write(to: URL(filePath: path))
                #expect(
                    failure {
                        _ = try Restoration.restore(
                            try open(path), to: target, isQuick: true, now: 1)
                    } == .cannotBeOpened(path: path), "byte \(place)")
            }
            #expect(!FileManager.default.fileExists(atPath: target.path))
        }
    }

    @Test func aBackupThatIsCutOffOrGoesOnIsNone() throws {
        try withBackup { folder, path, _ in
            let whole = try Data(contentsOf: URL(filePath: path))
            let target = NodeFolder(folder.folder.path + "/again")
            func restore(_ bytes: Data) throws -> BackupFailure? {
                try bytes.write(to: URL(filePath: path))
                return failure {
                    _ = try Restoration.restore(try open(path), to: target, isQuick: true, now: 1)
                }
            }
            #expect(try restore(whole.prefix(whole.count - 1)) == .cannotBeOpened(path: path))
            #expect(try restore(whole.prefix(30)) == .notABackup(path: path))
            #expect(try restore(Data("hello".utf8)) == .notABackup(path: path))
            let more = try restore(whole + Data([0]))
            // The last piece is read together with what follows.
            #expect(more == .cannotBeOpened(path: path))
            #expect(failure { _ = try open(path + ".none") } == .missing(path: path + ".none"))
        }
    }

    @Test func aFolderThatHoldsSomethingIsNotRestoredTo() throws {
        try withBackup { folder, path, _ in
            #expect(
                failure {
                    _ = try Restoration.restore(
                        try open(path), to: folder.folder, isQuick: true, now: 1)
                } == .notEmpty(path: folder.folder.path))
        }
    }

    @Test func whatIsSealedToAKeyIsOpenedByItAlone() throws {
        let owner = SigningKey.generate()
        try withBackup(for: .key(owner.publicKey)) { _, path, made in
            let manifest = try BackupReader(path, with: .key(owner)).manifest
            #expect(manifest == made)
            let told = BackupFailure.otherSecret(
                sealedTo: Hexadecimal.text(owner.publicKey))
            #expect(failure { _ = try open(path) } == told)
            #expect(failure { _ = try BackupReader(path, with: .key(.generate())) } == told)
        }
        try withBackup { _, path, _ in
            #expect(
                failure { _ = try BackupReader(path, with: .key(owner)) }
                    == .otherSecret(sealedTo: nil))
        }
        #expect(
            failure { _ = try BackupPrelude(for: .key([1])) } == .badRecipient)
    }

    @Test func aDatabaseThatIsNotWhatTheManifestSaysIsFound() throws {
        try withBackup { folder, _, made in
            let store = try Store(folder.folder)
            #expect(try store.differences(from: made).isEmpty)
            var manifest = try #require(BackupManifest(json: made.json))
            #expect(manifest == made)
            manifest = BackupManifest(
                takenAt: 1, software: "", catalogue: 1, name: "", area: "", key: "", replica: "",
                heads: [], files: [])
            #expect(try store.differences(from: manifest).count == 1)
        }
    }

    @Test func aSnapshotIsOfOneCommitWhileOthersWrite() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("before"))
            let snapshot = try node.store.snapshot(software: "test", now: 1)
            try node.author(.note("after"))
            #expect(snapshot.manifest.entries == 1)
            #expect(try node.store.verify().findings.isEmpty)
        }
    }
}

extension LocalChange {
    fileprivate static func household(_ number: String) -> LocalChange {
        .write(
            "households", in: .grid, set: ["household_no": .assign(.text("0000\(number)"))])
    }
}
