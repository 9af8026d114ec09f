// SPDX-License-Identifier: Apache-2.0

/// What must be true of the library at every start, because two nodes that disagree on a signature
/// would never converge.
package enum SelfTest {
    /// Runs all checks, in about two milliseconds; names the first that fails.
    package static func run() throws(CryptoFailure) {
        try check("BLAKE2b", blake2b)
        for vector in SignatureVector.all {
            try check(vector.name) {
                Ed25519.verify(
                    signature: vector.signature, message: Array(vector.message.utf8),
                    publicKey: vector.publicKey) == vector.isValid
            }
        }
        try check("Ed25519 signing", signing)
        try check("X25519", agreement)
        try check("Noise IK", noise)
    }

    private static func check(
        _ name: String, _ holds: () -> Bool
    ) throws(CryptoFailure) {
        guard holds() else { throw .selfTestFailed(name) }
    }

    private static let seed = [UInt8](0..<32)

    private static func blake2b() -> Bool {
        // Checked against the BLAKE2 reference code in Python's hashlib.
        Blake2b.hash(
            Array("onegrid self-test".utf8), key: seed, salt: [UInt8](0..<16),
            personal: Personalization("onegrid/selftest"))
            == hexadecimal("79486ef9721009eb2996359a4a42fc0adc6ca1b138281f7782a59a4f53c7c8d3")
    }

    private static func signing() -> Bool {
        // RFC 8032, section 7.1, test 1.
        let key = SigningKey(
            seed: hexadecimal("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
        let vector = SignatureVector.all[0]
        return key.publicKey == vector.publicKey && key.sign([]) == vector.signature
    }

    private static func agreement() -> Bool {
        let key = SigningKey(seed: seed)
        let converted = Ed25519.agreementPublicKey(of: key.publicKey)
        // Computed with an independent implementation of RFC 7748.
        let (left, right) = (AgreementKey(secret: seed), AgreementKey(secret: seed.reversed()))
        let shared: [UInt8]? = left.sharedSecret(with: right.publicKey)
        let ofZero: [UInt8]? = left.sharedSecret(with: [UInt8](repeating: 0, count: 32))
        return converted == key.agreementKey.publicKey && ofZero == nil
            && shared
                == hexadecimal("dae0079aea6e6d02ca215a60d5d8f6689c3ed6009d41882b9181ff2481d9e27a")
    }

    private static func noise() -> Bool {
        let (alice, bob) = (AgreementKey(secret: seed), AgreementKey(secret: seed.reversed()))
        var initiator = NoiseHandshake(
            .ik, role: .initiator, prologue: seed, staticKey: alice,
            remoteStaticKey: bob.publicKey, ephemeralKey: repeated(1))
        var responder = NoiseHandshake(
            .ik, role: .responder, prologue: seed, staticKey: bob, ephemeralKey: repeated(2))
        do throws(NoiseViolation) {
            _ = try responder.readMessage(initiator.writeMessage([1]))
            _ = try initiator.readMessage(responder.writeMessage([2]))
        } catch {
            return false
        }
        return initiator.handshakeHash == responder.handshakeHash
            // Computed with an independent implementation of the Noise specification.
            && initiator.handshakeHash
                == hexadecimal("0bb40046b6512bde4dae9c2bb21499a091d62685242afdff1624404c4519b3b8")
                + hexadecimal("8691b4d09e415ca6c16f8db724e1ab4b5a2d318c2910f1e9ea8a56cb059ef373")
    }

    private static func repeated(_ byte: UInt8) -> AgreementKey {
        AgreementKey(secret: [UInt8](repeating: byte, count: 32))
    }

    static func hexadecimal(_ digits: String) -> [UInt8] {
        let values = digits.utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
