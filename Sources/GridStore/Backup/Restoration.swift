// SPDX-License-Identifier: Apache-2.0

import Foundation
package import GridCore
package import GridCrypto
import GridLog

/// Unpacks backups, for good or to see whether it would work.
package enum Restoration {
    /// What was found in an unpacked backup.
    package struct Report: Sendable {
        package let manifest: BackupManifest
        package let records: Int
        /// The replay of the whole ledger; nil where it was left out.
        package let verification: Verification?
        /// The node's parent, by name.
        package let parent: String?
        /// What does not agree, in words; empty when all is well.
        package let findings: [String]
    }

    /// Makes a folder of a backup: all of it or nothing. It writes on as a new replica, also when
    /// the same backup is restored twice.
    ///
    /// - Parameters:
    ///   - isQuick: without replaying the ledger.
    ///   - now: milliseconds since 1970.
    ///   - passphrase: asked for the one of a sealed node key, by its path; nil where there is none.
    package static func restore(
        _ reader: consuming BackupReader, to folder: NodeFolder, isQuick: Bool, now: UInt64,
        passphrase: (String) throws -> Passphrase? = { _ in nil }
    ) throws -> Report {
        let files = FileManager.default
        let isThere = files.fileExists(atPath: folder.path)
        guard !isThere || (try? files.contentsOfDirectory(atPath: folder.path)) == [] else {
            throw BackupFailure.notEmpty(path: folder.path)
        }
        let staging = NodeFolder("\(folder.path).restoring-\(getpid())")
        defer { try? files.removeItem(atPath: staging.path) }
        let manifest = reader.manifest
        let report = try unpack(
            reader, into: staging, isQuick: isQuick, passphrase: passphrase
        ) { try $0.takeUpRestored(manifest, now: now) }
        if let finding = report.findings.first {
            throw BackupFailure.wrongContent(what: finding)
        }
        guard rename(staging.path, folder.path) == 0 else { throw NewFile.failure(folder.path) }
        try NewFile.synchronizeFolder(of: folder.path)
        return report
    }

    /// Sees whether a restoration would work, on a copy that is deleted.
    ///
    /// - Parameters:
    ///   - path: where the copy may be; nothing is there afterwards.
    ///   - passphrase: as for a restoration.
    package static func rehearse(
        _ reader: consuming BackupReader, at path: String,
        passphrase: (String) throws -> Passphrase? = { _ in nil }
    ) throws -> Report {
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try unpack(
            reader, into: NodeFolder(path), isQuick: false, passphrase: passphrase
        ) { _ in }
    }

    /// - Parameter finish: what is done with it when nothing was found.
    private static func unpack(
        _ reader: consuming BackupReader, into folder: NodeFolder, isQuick: Bool,
        passphrase: (String) throws -> Passphrase?, finish: (Store) throws -> Void
    ) throws -> Report {
        try? FileManager.default.removeItem(atPath: folder.path)
        do {
            try FileManager.default.createDirectory(
                atPath: folder.path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw BackupFailure.system(path: folder.path, reason: error.localizedDescription)
        }
        let manifest = reader.manifest
        try reader.unpack(into: folder.path)
        let key = try NodeKey.open(folder) { try passphrase(folder.nodeKeyPath) }
        let store = try Store(folder, owner: Author(key))
        guard let node = try store.node(), let chain = node.chain else {
            throw StoreFailure.notEnrolled(path: folder.path)
        }
        var findings = try store.differences(from: manifest)
        if key.publicKey != chain.leaf.subject.bytes.array {
            findings.append("密钥与证书不符 / the key is not the certificate's")
        }
        let verification = isQuick ? nil : try store.verify()
        findings += verification?.findings ?? []
        let records = try store.counts().reduce(0) { $0 + $1.counts.records }
        if findings.isEmpty { try finish(store) }
        return Report(
            manifest: manifest, records: records, verification: verification,
            parent: node.parentName, findings: findings)
    }
}

extension Restoration.Report {
    /// The parts of an answer (Protocol/api.md).
    package var parts: [String: JSONValue] {
        [
            "ok": .boolean(findings.isEmpty), "findings": .list(findings.map { .text($0) }),
            "node": .object([
                "name": .text(manifest.name), "area": .text(manifest.area),
                "key": .text(manifest.key),
            ]),
            "taken_at": ChinaTime.text(of: Int64(clamping: manifest.takenAt)).map { .text($0) }
                ?? .null,
            "logs": .integer(Int64(manifest.heads.count)),
            "entries": .integer(Int64(clamping: manifest.entries)),
            "records": .integer(Int64(records)), "verified": .boolean(verification != nil),
        ]
    }
}
