// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// What the commands of enrolment share.
enum Enrolment {
    /// Milliseconds since 1970.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) * 1000
    }

    /// A county, township or village.
    static func area(_ text: String) throws -> AreaCode {
        guard let area = try? AreaCode(parsing: text), area.level <= .village else {
            throw CommandFailure(
                .badData, "“\(text)”不是县、镇、村的代码(6、9 或 12 位数字)。",
                "\"\(text)\" is no code of a county, township or village (6, 9 or 12 digits)")
        }
        return area
    }

    static func check(name: String) throws {
        let range = 1...ProtocolLimits.certificateNameBytesMax
        guard range.contains(name.utf8.count), !name.utf8.contains(0) else {
            throw CommandFailure(
                .badData, "名称应为 1 到 40 个字。", "a name has 1 to \(range.upperBound) bytes")
        }
    }

    /// Makes the folder, for this user alone, and a node key in it, unless a command that was
    /// ended early has made them: whether there is a node is what the store says.
    static func makeFolder(_ folder: NodeFolder) throws -> SigningKey {
        try Sodium.start()
        try folder.checkPath()
        for path in [folder.path, folder.keyFolderPath] {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw StoreFailure.cannotOpen(path: path, reason: error.localizedDescription)
            }
        }
        return try key(of: folder)
    }

    /// Takes a certificate after all checks, and makes the node what it says.
    static func enrol(
        _ node: inout NodeRecord, in store: Store, chain: CertificateChain, root: PublicKey,
        key: PublicKey, parent: PublicKey, office: String, officeChain: CertificateChain? = nil,
        toldArea: AreaCode? = nil
    ) throws {
        let verified: VerifiedChain
        let officeOwn: VerifiedChain?
        do throws(GrantRefusal) {
            verified = try GrantCheck.verify(
                chain, root: root, key: key,
                belongsTo: node.chain?.certificates.first?.subject, toldArea: toldArea)
            officeOwn = try GrantCheck.verify(office: officeChain, root: root, key: parent)
        } catch {
            throw CommandFailure(error)
        }
        node.name = verified.leaf.name
        node.area = verified.leaf.area
        node.chain = verified
        node.parentKey = parent
        node.parentName = office
        for certificate in officeOwn?.certificates ?? [] {
            try store.add(certificate, waiting: false)
        }
        // This is what enrols it; until then the command may be given again.
        try store.setNode(node)
    }

    /// The key that lies there; a new one where none does.
    private static func key(of folder: NodeFolder) throws -> SigningKey {
        guard !FileManager.default.fileExists(atPath: folder.nodeKeyPath) else {
            return try OpenedKeys.key(of: folder)
        }
        let key = SigningKey.generate()
        try KeyFile.create(key, at: folder.nodeKeyPath)
        return key
    }
}
