// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import Testing

struct Ed25519Tests {
    @Test func theLibraryPassesTheSelfTest() throws {
        try Sodium.start()
    }

    @Test func aSignatureHoldsForItsMessageAndKeyOnly() {
        let key = SigningKey.generate()
        let signature = key.sign([1, 2, 3])
        #expect(Ed25519.verify(signature: signature, message: [1, 2, 3], publicKey: key.publicKey))
        #expect(!Ed25519.verify(signature: signature, message: [1, 2], publicKey: key.publicKey))
        let other = SigningKey.generate().publicKey
        #expect(!Ed25519.verify(signature: signature, message: [1, 2, 3], publicKey: other))
        for index in signature.indices {
            var altered = signature
            altered[index] ^= 4
            #expect(
                !Ed25519.verify(signature: altered, message: [1, 2, 3], publicKey: key.publicKey))
        }
    }

    @Test func wrongLengthsAreANo() {
        let key = SigningKey.generate()
        let signature = key.sign([])
        #expect(Ed25519.verify(signature: signature, message: [], publicKey: key.publicKey))
        #expect(!Ed25519.verify(signature: [], message: [], publicKey: key.publicKey))
        #expect(!Ed25519.verify(signature: signature, message: [], publicKey: []))
        #expect(!Ed25519.verify(signature: signature + [0], message: [], publicKey: key.publicKey))
        #expect(Ed25519.agreementPublicKey(of: []) == nil)
        #expect(!Ed25519.isValidPublicKey(key.publicKey + [0]))
    }

    /// Identity, order eight, not canonical, mixed order, not on the curve.
    @Test(arguments: [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "b502ff3d92e31d8190b4aa4ea0414005167fad089c4de9dac8a2fc850fed4f58",
        "0200000000000000000000000000000000000000000000000000000000000000",
    ])
    func keysThatNoHonestSignerHasAreNotValid(_ digits: String) {
        #expect(!Ed25519.isValidPublicKey(bytes(digits)))
        #expect(Ed25519.agreementPublicKey(of: bytes(digits)) == nil)
    }

    @Test func theAgreementFormsOfBothHalvesBelongTogether() throws {
        let (left, right) = (SigningKey.generate(), SigningKey.generate())
        let leftKey = left.agreementKey
        #expect(Ed25519.agreementPublicKey(of: left.publicKey) == leftKey.publicKey)
        #expect(Ed25519.isValidPublicKey(left.publicKey))
        let there: [UInt8]? = leftKey.sharedSecret(with: right.agreementKey.publicKey)
        let back: [UInt8]? = right.agreementKey.sharedSecret(with: leftKey.publicKey)
        #expect(there != nil)
        #expect(there == back)
    }

    @Test func aSharedSecretIsTheOneOfAnotherImplementation() {
        let left = AgreementKey(secret: [UInt8](0..<32))
        let right = AgreementKey(secret: (0..<32).reversed())
        let shared: [UInt8]? = left.sharedSecret(with: right.publicKey)
        #expect(
            left.publicKey
                == bytes("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"))
        #expect(
            shared == bytes("dae0079aea6e6d02ca215a60d5d8f6689c3ed6009d41882b9181ff2481d9e27a"))
    }

    @Test func keysOfSmallOrderShareNoSecret() {
        let key = AgreementKey.generate()
        let zero: [UInt8]? = key.sharedSecret(with: [UInt8](repeating: 0, count: 32))
        let short: [UInt8]? = key.sharedSecret(with: [9])
        #expect(zero == nil && short == nil)
    }
}
