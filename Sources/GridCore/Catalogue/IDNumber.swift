// SPDX-License-Identifier: Apache-2.0

/// A resident number of GB 11643: 6 digits of the area that issued it, 8 of the birth date, 3 in
/// sequence (odd for men), and a check character.
///
/// The area is where the number was issued, perhaps long ago; it is not compared with any table.
/// Numbers of 15 digits (before 1999) are not read.
package struct IDNumber: Hashable, Sendable {
    package let text: String
    package let birthDate: CivilDate
    package let isMale: Bool

    private static let weights: [Int] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkCharacters: [UInt8] = Array("10X98765432".utf8)

    /// Reads 17 digits and a digit or upper-case X. Anything else is refused, never repaired.
    package init(parsing text: some StringProtocol) throws(IDNumberError) {
        let bytes = Array(text.utf8)
        guard bytes.count == 18 else { throw .wrongLength(bytes.count) }
        let digits = bytes.dropLast().map { Int($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }),
            Self.checkCharacters.contains(bytes[17])
        else { throw .wrongCharacter }
        let sum = zip(digits, Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
        guard Self.checkCharacters[sum % 11] == bytes[17] else { throw .wrongCheckDigit }
        let number = digits[6..<14].reduce(0) { $0 * 10 + $1 }
        guard
            let birthDate = CivilDate(
                year: number / 10_000, month: number / 100 % 100, day: number % 100)
        else { throw .noSuchDate }
        self.text = String(text)
        self.birthDate = birthDate
        isMale = !digits[16].isMultiple(of: 2)
    }
}

/// Why a text is not a resident number.
package enum IDNumberError: Error, Hashable, Sendable {
    /// Not 18 bytes; carries the number found.
    case wrongLength(Int)
    case wrongCharacter
    case wrongCheckDigit
    /// The birth date is not in the calendar.
    case noSuchDate
}
