// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridCrypto

/// What a signature speaks of. Each kind signs its own prefix, so that a signature over one can
/// never be shown as one over another.
package enum SignaturePurpose: Sendable {
    case entry, certificate, cutOff, receipt, redaction, rotation, succession, areaChange

    fileprivate var prefix: [UInt8] {
        switch self {
        case .entry: Array("onegrid/entry/1".utf8) + [0]
        case .certificate: Array("onegrid/certificate/1".utf8) + [0]
        case .cutOff: Array("onegrid/cutoff/1".utf8) + [0]
        case .receipt: Array("onegrid/receipt/1".utf8) + [0]
        case .redaction: Array("onegrid/redaction/1".utf8) + [0]
        case .rotation: Array("onegrid/rotation/1".utf8) + [0]
        case .succession: Array("onegrid/succession/1".utf8) + [0]
        case .areaChange: Array("onegrid/areachange/1".utf8) + [0]
        }
    }
}

/// Checks signatures. libsodium is the only verifier.
package enum Signing {
    /// Whether a key is worth a certificate at all: small and mixed orders are refused.
    package static func isValidKey(_ key: PublicKey) -> Bool {
        Ed25519.isValidPublicKey(key.bytes.array)
    }

    package static func isValid(
        _ signature: [UInt8], of purpose: SignaturePurpose, over digest: Bytes32,
        by key: PublicKey
    ) -> Bool {
        Ed25519.verify(
            signature: signature, message: purpose.prefix + digest.array,
            publicKey: key.bytes.array)
    }
}

/// A node's own key, as far as the floors above may use it: to sign, to seal, and to open its
/// folder's data.
package struct Author: Sendable {
    private let signingKey: SigningKey
    package let key: PublicKey

    /// A fresh key that nobody knows and no certificate names: for replicas that only read.
    package static var nobody: Author { Author(.generate()) }

    package init(_ signingKey: SigningKey) {
        self.signingKey = signingKey
        guard let bytes = Bytes32(signingKey.publicKey) else {
            preconditionFailure("an Ed25519 public key has 32 bytes")
        }
        key = PublicKey(bytes)
    }

    /// The key in the form that Noise takes, to seal and open bundles.
    package var agreementKey: AgreementKey { signingKey.agreementKey }

    /// 64 bytes.
    package func sign(_ purpose: SignaturePurpose, over digest: Bytes32) -> [UInt8] {
        signingKey.sign(purpose.prefix + digest.array)
    }

    /// The key of a folder's data as only this key opens it.
    package func wrap(_ key: FolderKey) -> [UInt8] { key.wrapped(for: signingKey) }

    /// The key of a record that a grant holds; nil where it is for another key, or was altered.
    func open(_ grant: ReaderGrant, of place: SealedPlace) -> ContentKey? {
        guard grant.reader == key else { return nil }
        return ContentKey(
            token: grant.token, box: grant.box, beside: place.bytes + grant.head + grant.token,
            openedBy: signingKey)
    }

    /// Opens what `wrap` made; nil where it was for another key.
    package func unwrap(_ wrapped: [UInt8]) -> FolderKey? {
        FolderKey(wrapped: wrapped, openedBy: signingKey)
    }
}
