// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// A township and its villages, enrolled as `gridctl` does it: a root's key certifies each node,
/// and each folder takes its chain. The root is an office without a folder of its own.
struct County {
    static let township = "522730103"

    private let root: Author
    private let certificate: Certificate

    /// The area of a village, counted from 0; at most 999 of them, for 000 is the township itself.
    static func village(_ number: Int) -> String {
        township + String(1_001 + number).dropFirst()
    }

    /// Takes up the root's key in a folder, or makes one.
    init(in folder: String) throws {
        try Sodium.start()
        root = Author(try Self.key(at: "\(folder)/root.key"))
        certificate = Certificate(
            subject: root.key, name: "谷脚镇", area: try AreaCode(parsing: Self.township),
            rights: .all, validFrom: 1, issuedBy: root)
    }

    /// Makes a node's folder where there is none, and enrols it.
    func enrol(_ path: String, area: String) throws -> EnrolledFolder {
        let folder = NodeFolder(path)
        try folder.checkPath()
        try FileManager.default.createDirectory(
            atPath: folder.keyFolderPath, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let author = Author(try Self.key(at: folder.nodeKeyPath))
        let key = author.key
        let store = try Store(folder, catalogue: .household, owner: author)
        if try store.node() == nil {
            let own = Certificate(
                subject: key, name: "\(area)", area: try AreaCode(parsing: area), rights: .all,
                validFrom: 1, issuedBy: root)
            let chain = try VerifiedChain.verify(
                CertificateChain([certificate, own]), root: root.key)
            try store.setNode(
                NodeRecord(
                    name: chain.leaf.name, area: chain.leaf.area, nonce: .random(), chain: chain))
        }
        return EnrolledFolder(path: path, key: key.description)
    }

    /// The key that lies there; a new one where none does.
    private static func key(at path: String) throws -> SigningKey {
        do throws(KeyFileFailure) {
            return try KeyFile.read(at: path)
        } catch {
            guard error.reason == .missing else { throw error }
        }
        let key = SigningKey.generate()
        try KeyFile.create(key, at: path)
        return key
    }
}

/// The folder of an enrolled node.
struct EnrolledFolder {
    let path: String
    /// The node's public key, 64 hexadecimal digits.
    let key: String
}
