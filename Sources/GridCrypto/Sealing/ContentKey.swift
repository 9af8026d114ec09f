// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// The key of what one record holds for named devices, 32 random bytes in guarded memory
/// (Protocol/readers.md). Everything that is done with it is bound to the record by `place`.
package final class ContentKey: Sendable {
    /// Length of its name, and of a tag.
    package static let idBytes = 16
    package static let nonceBytes = XChaChaPoly.nonceBytes
    /// What sealing adds to a text, in bytes: nonce and tag.
    package static let addedBytes = XChaChaPoly.nonceBytes + XChaChaPoly.tagBytes
    /// Length of the public half that a wrapped key begins with.
    package static let tokenBytes = AgreementKey.length
    /// Length of the rest of a wrapped key.
    package static let boxBytes = length + XChaChaPoly.tagBytes

    private static let length = 32
    private static let naming = Personalization("onegrid/rkeyid/1")
    private static let keeping = Personalization("onegrid/rkey/1")
    /// Each wrapping key serves once.
    private static let noNonce = [UInt8](repeating: 0, count: XChaChaPoly.nonceBytes)

    private let secret: SecretBytes

    private init(_ secret: SecretBytes) { self.secret = secret }

    package static func generate() -> ContentKey {
        ContentKey(SecretBytes(count: length) { Random.fill($0) })
    }

    /// Takes a key of 32 bytes; another length is a bug of the caller.
    convenience init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "content key of \(bytes.count) bytes")
        self.init(bytes.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    /// The name of this key in a record. It tells nothing of the key, and no other key has it.
    package func id(at place: [UInt8]) -> [UInt8] { tag(of: place, as: Self.naming) }

    /// A keyed hash, 16 bytes, that whoever has the key can make and check.
    package func tag(of bytes: [UInt8], as purpose: Personalization) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: Self.idBytes)
        tag.withUnsafeMutableBytes { tag in
            bytes.withUnsafeBytes { bytes in
                secret.withBytes { Blake2b.hash(bytes, into: tag, key: $0, personal: purpose) }
            }
        }
        return tag
    }

    /// Nonce and box of a text, `addedBytes` longer.
    package func seal(_ plain: [UInt8], beside additional: [UInt8]) -> [UInt8] {
        seal(plain, beside: additional, nonce: Random.bytes(Self.nonceBytes))
    }

    /// The same under a nonce of one's choice, which must never be another text's: for vectors.
    func seal(_ plain: [UInt8], beside additional: [UInt8], nonce: [UInt8]) -> [UInt8] {
        nonce + XChaChaPoly.seal(plain, beside: additional, nonce: nonce, key: secret)
    }

    /// The text; nil where anything was altered, or sealed under another key.
    package func open(_ sealed: [UInt8], beside additional: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.addedBytes else { return nil }
        return XChaChaPoly.open(
            Array(sealed[Self.nonceBytes...]), beside: additional,
            nonce: Array(sealed[..<Self.nonceBytes]), key: secret)
    }

    /// This key for the owner of an Ed25519 key alone: a fresh public half, and what only the two
    /// can open. Nil where that key is no valid one.
    ///
    /// - Parameter additional: what the box is bound to, by the public half.
    package func wrapped(
        for recipient: [UInt8], beside additional: ([UInt8]) -> [UInt8]
    ) -> (token: [UInt8], box: [UInt8])? {
        wrapped(for: recipient, passing: .generate(), beside: additional)
    }

    /// The same with a passing key of one's choice: for vectors.
    func wrapped(
        for recipient: [UInt8], passing: AgreementKey, beside additional: ([UInt8]) -> [UInt8]
    ) -> (token: [UInt8], box: [UInt8])? {
        guard let (wrapping, token) = SealingKey.make(for: recipient, passing: passing) else {
            return nil
        }
        let box = secret.withBytes {
            XChaChaPoly.seal(
                Array($0), beside: additional(token), nonce: Self.noNonce, key: wrapping.secret)
        }
        return (token, box)
    }

    /// Opens a wrapped key; nil where it is for another owner, or was altered.
    package convenience init?(
        token: [UInt8], box: [UInt8], beside additional: [UInt8], openedBy owner: SigningKey
    ) {
        guard box.count == Self.boxBytes, let wrapping = SealingKey(openedBy: owner, token: token),
            let bytes = XChaChaPoly.open(
                box, beside: additional, nonce: Self.noNonce, key: wrapping.secret)
        else { return nil }
        self.init(bytes)
    }

    /// This key as it is kept in a folder.
    package func kept(by folder: FolderKey, at place: [UInt8]) -> [UInt8] {
        secret.withBytes { folder.seal(Array($0), as: Self.keeping, at: place) }
    }

    /// A key that was kept; nil where it was altered, or lies in another's place.
    package convenience init?(kept: [UInt8], by folder: FolderKey, at place: [UInt8]) {
        guard let bytes = folder.open(kept, as: Self.keeping, at: place),
            bytes.count == Self.length
        else { return nil }
        self.init(bytes)
    }
}
