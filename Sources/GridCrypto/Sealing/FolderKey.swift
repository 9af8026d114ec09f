// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// The key of what a node's folder holds sealed, 32 random bytes in guarded memory
/// (Protocol/at-rest.md). It lies in the folder wrapped, for the node's own key to open.
///
/// Each piece is sealed with a key of its own, derived from this one and from where the piece lies:
/// put in another place, it does not open. The nonce is a keyed hash of the piece (a synthetic
/// nonce, as in RFC 5297), so that one piece in one place always has one form: two databases can be
/// compared without opening either, and no source of random bytes is leant on.
package final class FolderKey: Sendable {
    /// What sealing adds to a piece: nonce and tag, in bytes.
    package static let addedBytes = nonceBytes + 16
    /// Length of a wrapped key, in bytes.
    package static let wrappedBytes = length + addedBytes

    private static let length = 32
    private static let nonceBytes = 24
    private static let wrapping = Personalization("onegrid/wrap/1")
    private static let nonce = Personalization("onegrid/nonce/1")

    private let secret: SecretBytes

    private init(_ secret: SecretBytes) { self.secret = secret }

    package static func generate() -> FolderKey {
        FolderKey(SecretBytes(count: length) { Random.fill($0) })
    }

    /// Takes a key of 32 bytes; another length is a bug of the caller.
    convenience init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "folder key of \(bytes.count) bytes")
        self.init(bytes.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    /// The key as only the owner can open it, `wrappedBytes`.
    package func wrapped(for owner: SigningKey) -> [UInt8] {
        wrapped(for: owner, nonce: Random.bytes(Self.nonceBytes))
    }

    /// The same under a nonce of one's choice, which must never be another key's: for vectors.
    func wrapped(for owner: SigningKey, nonce: [UInt8]) -> [UInt8] {
        Self.wrappingKey(of: owner).withBytes { wrap in
            secret.withBytes { Self.encrypt(Array($0), nonce: nonce, key: wrap) }
        }
    }

    /// Opens a wrapped key; nil where the owner is another, or the bytes were altered.
    package convenience init?(wrapped: [UInt8], openedBy owner: SigningKey) {
        guard wrapped.count == Self.wrappedBytes,
            let bytes = Self.wrappingKey(of: owner).withBytes({ Self.decrypt(wrapped, key: $0) })
        else { return nil }
        self.init(bytes)
    }

    /// A piece, sealed for its place: nonce, then what XChaCha20-Poly1305 makes of it.
    ///
    /// - Parameters:
    ///   - purpose: what kind of piece it is.
    ///   - place: where it lies; no two pieces of a kind may lie in one.
    package func seal(
        _ plain: [UInt8], as purpose: Personalization, at place: [UInt8]
    ) -> [UInt8] {
        withPieceKey(purpose, place) { key in
            var nonce = [UInt8](repeating: 0, count: Self.nonceBytes)
            nonce.withUnsafeMutableBytes { nonce in
                plain.withUnsafeBytes {
                    Blake2b.hash($0, into: nonce, key: key, personal: Self.nonce)
                }
            }
            return Self.encrypt(plain, nonce: nonce, key: key)
        }
    }

    /// The piece that was sealed; nil where it was altered, or sealed for another place.
    package func open(
        _ sealed: [UInt8], as purpose: Personalization, at place: [UInt8]
    ) -> [UInt8]? {
        guard sealed.count >= Self.addedBytes else { return nil }
        return withPieceKey(purpose, place) { Self.decrypt(sealed, key: $0) }
    }

    /// A keyed hash by which equal values are found without opening anything, 16 bytes.
    package func mark(of value: [UInt8], as purpose: Personalization) -> [UInt8] {
        var mark = [UInt8](repeating: 0, count: 16)
        mark.withUnsafeMutableBytes { mark in
            value.withUnsafeBytes { value in
                secret.withBytes {
                    Blake2b.hash(value, into: mark, key: $0, personal: purpose)
                }
            }
        }
        return mark
    }

    private func withPieceKey<Result>(
        _ purpose: Personalization, _ place: [UInt8],
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 16) { key in
            defer { sodium_memzero(key.baseAddress, key.count) }
            secret.withBytes { secret in
                place.withUnsafeBytes {
                    Blake2b.hash($0, into: key, key: secret, personal: purpose)
                }
            }
            return body(UnsafeRawBufferPointer(key))
        }
    }

    private static func wrappingKey(of owner: SigningKey) -> SecretBytes {
        SecretBytes(count: length) { key in
            owner.withSeed { seed in
                owner.publicKey.withUnsafeBytes {
                    Blake2b.hash($0, into: key, key: seed, personal: wrapping)
                }
            }
        }
    }

    private static func encrypt(
        _ plain: [UInt8], nonce: [UInt8], key: UnsafeRawBufferPointer
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: plain.count + addedBytes) { sealed, count in
            _ = sealed.update(fromContentsOf: nonce)
            guard let box = sealed.baseAddress?.advanced(by: nonceBytes) else { return }
            crypto_aead_xchacha20poly1305_ietf_encrypt(
                box, nil, plain, UInt64(plain.count), nil, 0, nil, nonce, key.octets)
            count = plain.count + addedBytes
        }
    }

    private static func decrypt(
        _ sealed: [UInt8], key: UnsafeRawBufferPointer
    ) -> [UInt8]? {
        var status: Int32 = -1
        let plain = [UInt8](unsafeUninitializedCapacity: sealed.count - addedBytes) {
            plain, count in
            sealed.withUnsafeBytes { sealed in
                let box = sealed.octets.advanced(by: nonceBytes)
                status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain.baseAddress, nil, nil, box, UInt64(sealed.count - nonceBytes), nil, 0,
                    sealed.octets, key.octets)
            }
            count = status == 0 ? sealed.count - addedBytes : 0
        }
        return status == 0 ? plain : nil
    }
}
