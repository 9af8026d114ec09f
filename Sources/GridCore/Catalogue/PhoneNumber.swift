// SPDX-License-Identifier: Apache-2.0

/// A telephone number of mainland China: a mobile one (1, then 3...9, then 9 digits) or one of
/// the fixed network with its prefix (0 and 2 or 3 digits, a hyphen or none, 7 or 8 digits).
package struct PhoneNumber: Hashable, Sendable {
    package let text: String
    package let isMobile: Bool

    /// Nil for any other form; nothing is repaired.
    package init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if Self.isMobile(bytes[...]) {
            isMobile = true
        } else if Self.isFixed(bytes) {
            isMobile = false
        } else {
            return nil
        }
        self.text = String(text)
    }

    static func isMobile(_ bytes: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return bytes.count == 11 && bytes[0] == 0x31 && bytes[1] >= 0x33
            && bytes.allSatisfy(isDigit)
    }

    private static func isFixed(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == 0x30 else { return false }
        let parts = bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.allSatisfy(isDigit) }) else { return false }
        switch parts.count {
        case 1: return (10...12).contains(bytes.count)
        case 2: return (3...4).contains(parts[0].count) && (7...8).contains(parts[1].count)
        default: return false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
