// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// The key and chain by which this folder issues certificates: the root's where the folder holds
/// it, else the node's own. The daemon may be running or not, and never sees the root's key.
struct IssuingOffice {
    let author: Author
    /// The chain of the issuing key.
    let chain: VerifiedChain
    /// The node's own key, by which children call it.
    let nodeKey: PublicKey
    /// The node's own certificates, by which children know it.
    let nodeChain: VerifiedChain
    private let folder: NodeFolder

    var certificate: Certificate { chain.leaf }

    /// Opens the key, and asks for the passphrase where it is sealed: the one place that does.
    init(_ folder: NodeFolder, passphrase: PassphraseOptions) throws {
        self.folder = folder
        nodeChain = try Self.nodeChain(folder)
        guard FileManager.default.fileExists(atPath: folder.rootKeyPath) else {
            author = Author(try OpenedKeys.key(of: folder))
            nodeKey = author.key
            chain = nodeChain
            return
        }
        nodeKey = nodeChain.leaf.subject
        author = Author(try Self.rootKey(of: folder, passphrase: passphrase))
        chain = try VerifiedChain.verify(
            CertificateChain([nodeChain.certificates[0]]), root: author.key)
    }

    /// The root's key, opened.
    static func rootKey(
        of folder: NodeFolder, passphrase: PassphraseOptions
    ) throws -> SigningKey {
        try KeyFile.content(at: folder.rootKeyPath).open {
            try passphrase.existing(of: folder.rootKeyPath)
        }
    }

    /// Issues a certificate; the chain that ends in it holds from the root.
    func issue(
        to key: PublicKey, name: String, area: AreaCode, terms: CertificateTerms
    ) throws -> VerifiedChain {
        guard certificate.area.contains(area) else {
            throw CommandFailure(
                .notAllowed, "\(area) 不在本节点的区域 \(certificate.area) 之内。",
                "\(area) lies outside this node's area \(certificate.area)")
        }
        let now = Enrolment.now
        let issued = Certificate(
            subject: key, name: name, post: terms.post, holder: terms.holder, area: area,
            rights: try terms.rights(for: area), validFrom: now,
            validUntil: terms.validUntil(from: now), issuedBy: author)
        return try verified(issued)
    }

    /// Issues a certificate for the post of an earlier one: to the same key, or to another that takes
    /// its place.
    ///
    /// - Parameter holder: who holds the post from now on; nil for whoever did.
    func issue(
        after earlier: Certificate, to key: PublicKey, holder: String?, terms: CertificateTerms
    ) throws -> VerifiedChain {
        guard certificate.area.contains(earlier.area) else {
            throw CommandFailure(
                .notAllowed, "\(earlier.area) 不在本节点的区域 \(certificate.area) 之内。",
                "\(earlier.area) lies outside this node's area \(certificate.area)")
        }
        // Made later than the earlier one, whatever the clock says: it is the one to go by.
        let now = max(Enrolment.now, earlier.validFrom &+ 1)
        return try verified(
            Certificate(
                subject: key, name: earlier.name,
                post: terms.post.isEmpty ? earlier.post : terms.post,
                holder: holder ?? earlier.holder, area: earlier.area,
                rights: try terms.rights(after: earlier), validFrom: now,
                validUntil: terms.validUntil(after: earlier, from: now), issuedBy: author))
    }

    private func verified(_ issued: Certificate) throws -> VerifiedChain {
        do {
            return try VerifiedChain.verify(
                CertificateChain(chain.certificates + [issued]),
                root: chain.certificates[0].subject)
        } catch {
            throw CommandFailure(
                .notAllowed, "不能签发这张证书(\(error.rawValue))。",
                "this certificate cannot be issued (\(error.rawValue))")
        }
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
