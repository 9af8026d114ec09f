// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

/// A copy of a folder's database, to be sealed into a backup and deleted.
package struct Snapshot: Sendable {
    package let path: String
    /// Without files.
    package let manifest: BackupManifest

    package init(path: String, manifest: BackupManifest) {
        self.path = path
        self.manifest = manifest
    }
}

/// When a backup was made or tried last.
package struct BackupNote: Hashable, Sendable {
    package enum Kind: String, Hashable, CaseIterable, Sendable {
        case backup, drill
    }

    package let kind: Kind
    /// When that was, in milliseconds since 1970.
    package let at: UInt64
    /// When the backup had been taken, in milliseconds since 1970.
    package let takenAt: UInt64
    package let entries: UInt64

    package init(kind: Kind, at: UInt64, takenAt: UInt64, entries: UInt64) {
        self.kind = kind
        self.at = at
        self.takenAt = takenAt
        self.entries = entries
    }
}

extension Store {
    /// Copies the database as of one commit, while others go on writing: only the reading side of
    /// SQLite is used. The copy is no folder's database until a restoration makes it one.
    ///
    /// - Parameters:
    ///   - software: name and version of this program.
    ///   - now: milliseconds since 1970.
    package func snapshot(software: String, now: UInt64) throws -> Snapshot {
        let path = "\(folder.snapshotPath)\(UUID().uuidString).db"
        do {
            try mapping {
                let reader = try DatabaseOpening.reader(at: folder.databasePath)
                WorkProgress.current?.begin(
                    of: FileSize.of(folder.databasePath), .bytes,
                    measure: { FileSize.of(path) })
                try reader.writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: [path])
                }
            }
            return Snapshot(
                path: path, manifest: try manifest(ofDatabase: path, software: software, now: now))
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    /// Deletes copies that were left behind.
    package func deleteSnapshots() {
        let prefix = folder.snapshotPath.split(separator: "/").last.map(String.init) ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
    }

    private func manifest(
        ofDatabase path: String, software: String, now: UInt64
    ) throws -> BackupManifest {
        guard let node = try node(), let key = node.chain?.leaf.subject else {
            throw StoreFailure.notEnrolled(path: folder.path)
        }
        // The bytes of the copy, not what the folder has by now.
        let logs: [LogState] = try mapping {
            try DatabaseOpening.reader(at: path).read { try self.logs($0) }
        }
        return BackupManifest(
            takenAt: now, software: software, catalogue: Int(catalogue.edition),
            name: node.name, area: node.area.description, key: key.description,
            replica: LogIdentity.replica(key: key, nonce: node.nonce).description,
            heads: Self.heads(of: logs), files: [])
    }

    static func heads(of logs: [LogState]) -> [BackupManifest.Head] {
        logs.filter { $0.height > 0 }.map {
            BackupManifest.Head(
                log: "\($0.identity.log)", height: $0.height, head: $0.head.description)
        }
    }

    /// What a database holds other than its manifest says, in words.
    package func differences(from manifest: BackupManifest) throws -> [String] {
        let found = Set(Self.heads(of: try logs()))
        let told = Set(manifest.heads)
        return found.symmetricDifference(told).map(\.log).sorted().reduce(into: []) { lines, log in
            let line = "日志 \(log):与清单不符 / log \(log): not as the manifest says"
            if lines.last != line { lines.append(line) }
        }
    }

    /// Keeps when a backup was made, or tried with success.
    package func note(_ note: BackupNote) throws {
        var writer = ByteWriter()
        writer.unsigned(note.at)
        writer.unsigned(note.takenAt)
        writer.unsigned(note.entries)
        try write { try Self.setMeta("last_\(note.kind.rawValue)", writer.bytes, in: $0) }
    }

    /// The last of each kind.
    package func backupNotes() throws -> [BackupNote] {
        try read { database in
            try BackupNote.Kind.allCases.compactMap { kind in
                try Self.meta("last_\(kind.rawValue)", in: database).map { bytes in
                    var reader = ByteReader(bytes)
                    return BackupNote(
                        kind: kind, at: try reader.unsigned(), takenAt: try reader.unsigned(),
                        entries: try reader.unsigned())
                }
            }
        }
    }

    /// Makes a restored database this folder's own: it writes on as a new replica, because the old
    /// one may live on or have written more, and knows which file it is by now.
    ///
    /// - Parameter now: milliseconds since 1970.
    func takeUpRestored(_ manifest: BackupManifest, now: UInt64) throws {
        guard var node = try node(), let key = node.chain?.leaf.subject else {
            throw StoreFailure.notEnrolled(path: folder.path)
        }
        let old = LogIdentity.replica(key: key, nonce: node.nonce)
        node.nonce = .random()
        let own = try logs().filter { $0.identity.key == key && $0.height > 0 }
        let parts = own.filter { $0.identity.log.replica == old }.map {
            Incident.Part(log: $0.identity.log, held: $0.height, known: $0.height)
        }
        _ = try setNode(node, because: Incident(.restored, at: now, replica: old, parts: parts))
        // It was made before it could say so itself.
        let taken = manifest.takenAt
        try note(
            BackupNote(kind: .backup, at: taken, takenAt: taken, entries: manifest.entries))
        let ledger = try HeadLedger(folder)
        ledger.begin(as: LogIdentity.replica(key: key, nonce: node.nonce), in: node.area)
        try mark()
    }
}
