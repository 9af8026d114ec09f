// SPDX-License-Identifier: Apache-2.0

/// Bytes as people copy them: Crockford's base 32 in groups of five, a check symbol at the end of
/// each row, so that a wrong row is named (Protocol/enrolment.md, "The code as text").
package enum CodeText {
    /// Why a text holds no bytes; rows count from 1.
    package enum Violation: Error, Hashable, Sendable {
        case empty
        /// A character that is no symbol of the alphabet.
        case noSymbol(Character, row: Int)
        /// The row's check symbol does not fit: something in it is wrong, missing or swapped.
        case row(Int)
        /// Every row fits, but the last symbols hold bits that no byte has.
        case unevenEnd
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    /// Symbols of a row before its check symbol: 15 bytes.
    private static let rowSymbols = 24
    private static let groupSymbols = 5

    /// The rows, in upper case.
    package static func rows(of bytes: [UInt8]) -> [String] {
        symbols(of: bytes).map { row in
            let letters = row.map { alphabet[Int($0)] }
            let groups = stride(from: 0, to: letters.count, by: groupSymbols).map {
                String(letters[$0..<min($0 + groupSymbols, letters.count)])
            }
            return groups.joined(separator: " ")
        }
    }

    /// All symbols without spaces, as a QR code carries them.
    package static func compact(_ bytes: [UInt8]) -> String {
        String(symbols(of: bytes).joined().map { alphabet[Int($0)] })
    }

    /// Reads either form. Case, spaces, line breaks and hyphens do not matter, nor full-width forms;
    /// I and L are read as 1, O as 0.
    package static func bytes(of text: String) throws(Violation) -> [UInt8] {
        var rows: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars where !isSpace(scalar) {
            if rows[rows.count - 1].count == rowSymbols + 1 { rows.append([]) }
            guard let symbol = symbol(scalar) else {
                throw .noSymbol(Character(scalar), row: rows.count)
            }
            rows[rows.count - 1].append(symbol)
        }
        guard rows[0].count > 0 else { throw .empty }
        for (index, row) in rows.enumerated()
        where row.count < 2 || check(row.dropLast(), row: index) != row.last {
            throw .row(index + 1)
        }
        return try joined(rows.flatMap { $0.dropLast() })
    }

    /// Rows of symbols with their check symbols.
    private static func symbols(of bytes: [UInt8]) -> [[UInt8]] {
        var symbols: [UInt8] = []
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                symbols.append(UInt8(pending >> bits & 31))
            }
            pending &= (1 << bits) - 1
        }
        if bits > 0 { symbols.append(UInt8(pending << (5 - bits) & 31)) }
        return stride(from: 0, to: symbols.count, by: rowSymbols).enumerated().map { row, start in
            let part = symbols[start..<min(start + rowSymbols, symbols.count)]
            return Array(part) + [check(part, row: row)]
        }
    }

    private static func joined(_ symbols: [UInt8]) throws(Violation) -> [UInt8] {
        var bytes: [UInt8] = []
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for symbol in symbols {
            pending = pending << 5 | UInt32(symbol)
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(pending >> bits & 255))
            pending &= (1 << bits) - 1
        }
        guard bits < 5, pending == 0 else { throw .unevenEnd }
        return bytes
    }

    /// A weighted sum in the field of 32 elements (x⁵+x²+1). Each place has a weight of its own, so
    /// that one wrong symbol, or two that changed places, always show; the row's number is added, so
    /// that rows that changed places show as well.
    private static func check(_ symbols: some Sequence<UInt8>, row: Int) -> UInt8 {
        var sum = UInt8((row + 1) & 31)
        var weight: UInt8 = 1
        for symbol in symbols {
            weight = doubled(weight)
            sum ^= product(weight, symbol)
        }
        return sum
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (sum, term): (UInt8, UInt8) = (0, left)
        for bit in 0..<5 {
            if right >> UInt8(bit) & 1 == 1 { sum ^= term }
            term = doubled(term)
        }
        return sum
    }

    private static func doubled(_ value: UInt8) -> UInt8 {
        let twice = value << 1
        return twice & 32 == 0 ? twice : twice ^ 0x25
    }

    private static func symbol(_ scalar: Unicode.Scalar) -> UInt8? {
        var value = scalar.value
        // Chinese keyboards write full-width letters.
        if (0xFF01...0xFF5E).contains(value) { value -= 0xFEE0 }
        if (0x61...0x7A).contains(value) { value -= 32 }
        switch value {
        case 0x49, 0x4C: return 1
        case 0x4F: return 0
        default: break
        }
        guard let letter = Unicode.Scalar(value) else { return nil }
        return alphabet.firstIndex(of: Character(letter)).map { UInt8($0) }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20, 0x2D, 0xA0, 0x2010...0x2015, 0x3000, 0xFF0D, 0xFEFF: true
        default: false
        }
    }
}
