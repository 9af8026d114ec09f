// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// The key and chain by which this folder issues certificates: the root's where the folder holds
/// it, else the node's own. The daemon may be running or not.
struct IssuingOffice {
    let author: Author
    /// The chain of the issuing key.
    let chain: VerifiedChain
    /// The node's own key, by which children call it.
    let nodeKey: PublicKey
    private let folder: NodeFolder

    var certificate: Certificate { chain.leaf }

    init(_ folder: NodeFolder) throws {
        self.folder = folder
        let nodeAuthor = Author(try KeyFile.read(at: folder.nodeKeyPath))
        nodeKey = nodeAuthor.key
        let nodeChain = try Self.nodeChain(folder)
        guard FileManager.default.fileExists(atPath: folder.rootKeyPath) else {
            author = nodeAuthor
            chain = nodeChain
            return
        }
        author = Author(try KeyFile.read(at: folder.rootKeyPath))
        chain = try VerifiedChain.verify(
            CertificateChain([nodeChain.certificates[0]]), root: author.key)
    }

    /// Keeps an issued certificate where the daemon puts it into lane 0.
    func keep(_ certificate: Certificate) throws {
        do {
            try Store(folder).add(certificate, waiting: true)
        } catch StoreFailure.folderInUse {
            _ = try DaemonClient(folder).send(
                .post, "/v1/authority/certificates",
                .object(["certificate": .text(Hexadecimal.text(certificate.encoded))]))
        }
    }

    private static func nodeChain(_ folder: NodeFolder) throws -> VerifiedChain {
        do {
            guard let node = try Store(folder).node() else {
                throw StoreFailure.notANode(path: folder.path)
            }
            guard let chain = node.chain else {
                throw StoreFailure.notEnrolled(path: folder.path)
            }
            return chain
        } catch StoreFailure.folderInUse {
            let answer = try DaemonClient(folder).get("/v1/authority")
            guard let bytes = answer["chain"]?.string.flatMap(Hexadecimal.bytes) else {
                throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
            }
            let chain = try CertificateChain(decoding: bytes)
            return try VerifiedChain.verify(chain, root: chain.certificates[0].subject)
        }
    }
}
