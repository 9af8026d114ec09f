// SPDX-License-Identifier: Apache-2.0

/// A signature and what every verifier of the house must say of it.
///
/// The refused ones satisfy the equation of RFC 8032 (the one of mixed order only when multiplied
/// by the cofactor), so that just the rule in their name can turn them away. They were computed
/// with an independent implementation from the seed 00 01 ... 1f.
struct SignatureVector: Sendable {
    let name: String
    let message: String
    let publicKey: [UInt8]
    let signature: [UInt8]
    let isValid: Bool

    private init(
        _ name: String, message: String, key: String, nonce: String, scalar: String, isValid: Bool
    ) {
        self.name = name
        self.message = message
        publicKey = SelfTest.hexadecimal(key)
        signature = SelfTest.hexadecimal(nonce) + SelfTest.hexadecimal(scalar)
        self.isValid = isValid
    }

    static let all = [
        SignatureVector(
            "RFC 8032, test 1", message: "",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            nonce: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            scalar: "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            isValid: true),
        SignatureVector(
            "RFC 8032, test 2", message: "r",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            nonce: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            scalar: "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            isValid: true),
    ]
}
