// SPDX-License-Identifier: Apache-2.0

/// A unified social credit code of GB 32100: 18 characters of digits and letters without I, O, S,
/// V and Z, the last a check character modulo 31.
package struct OrganisationCode: Hashable, Sendable {
    package let text: String

    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let weights: [Int] = [
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    ]

    /// Reads 18 characters in upper case. Anything else is refused, never repaired.
    package init(parsing text: some StringProtocol) throws(OrganisationCodeError) {
        guard text.utf8.count == 18 else { throw .wrongLength(text.utf8.count) }
        let ranks = text.utf8.compactMap { Self.alphabet.firstIndex(of: $0) }
        guard ranks.count == 18 else { throw .wrongCharacter }
        let sum = zip(ranks, Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
        guard (31 - sum % 31) % 31 == ranks[17] else { throw .wrongCheckCharacter }
        self.text = String(text)
    }
}

/// Why a text is not a unified social credit code.
package enum OrganisationCodeError: Error, Hashable, Sendable {
    /// Not 18 bytes; carries the number found.
    case wrongLength(Int)
    case wrongCharacter
    case wrongCheckCharacter
}
