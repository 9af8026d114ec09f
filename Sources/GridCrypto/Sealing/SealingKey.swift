// SPDX-License-Identifier: Apache-2.0

/// The key of a sealed stream, 32 bytes in guarded memory.
package final class SealingKey: Sendable {
    private static let purpose = Personalization("onegrid/seal/1")

    let secret: SecretBytes

    private init(_ secret: SecretBytes) { self.secret = secret }

    /// The key of a passphrase; nil where the machine has not the memory for it.
    package convenience init?(
        passphrase: [UInt8], salt: [UInt8], cost: PassphraseKey.Cost
    ) {
        guard let secret = PassphraseKey.derive(passphrase: passphrase, salt: salt, cost: cost)
        else { return nil }
        self.init(secret)
    }

    /// A key that only the owner of an Ed25519 key can make again, and the public half that it
    /// takes; nil where the key is no valid one.
    package static func make(for recipient: [UInt8]) -> (key: SealingKey, token: [UInt8])? {
        make(for: recipient, passing: .generate())
    }

    /// The same with a passing key of one's choice, which must serve once.
    static func make(
        for recipient: [UInt8], passing: AgreementKey
    ) -> (key: SealingKey, token: [UInt8])? {
        guard let agreement = Ed25519.agreementPublicKey(of: recipient) else { return nil }
        guard let shared: SecretBytes = passing.sharedSecret(with: agreement) else { return nil }
        return (SealingKey(mixing: shared, passing.publicKey, agreement), passing.publicKey)
    }

    /// The same key, made by the recipient; nil for a token that no key gives.
    package convenience init?(openedBy owner: SigningKey, token: [UInt8]) {
        let agreement = owner.agreementKey
        guard let shared: SecretBytes = agreement.sharedSecret(with: token) else { return nil }
        self.init(mixing: shared, token, agreement.publicKey)
    }

    /// A shared secret bound to both public halves.
    private convenience init(mixing shared: SecretBytes, _ token: [UInt8], _ recipient: [UInt8]) {
        self.init(
            SecretBytes(count: 32) { key in
                shared.withBytes { shared in
                    (token + recipient).withUnsafeBytes {
                        Blake2b.hash($0, into: key, key: shared, personal: Self.purpose)
                    }
                }
            })
    }
}
