// SPDX-License-Identifier: Apache-2.0

/// Brings what input methods and spreadsheets make of a text to its plain form.
package enum TextFolding {
    /// For codes and numbers: full-width forms (U+FF01...U+FF5E) become ASCII, and what
    /// `trimmed` takes is gone.
    package static func code(_ text: some StringProtocol) -> String {
        trimmed(foldedWidth(String(text)))
    }

    /// For names and other words: full-width digits and letters become ASCII, but Chinese
    /// punctuation stays; spaces around are gone.
    package static func words(_ text: some StringProtocol) -> String {
        let folded = folding(String(text)) { scalar in
            switch scalar.value {
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: true
            default: false
            }
        }
        return trimmed(folded)
    }

    /// All full-width forms as ASCII, ideographic spaces as spaces.
    static func foldedWidth(_ text: String) -> String {
        folding(text) { (0xFF01...0xFF5E).contains($0.value) }
    }

    /// Without spaces, tabs, line ends, no-break and ideographic spaces, byte order marks and
    /// zero-width spaces around.
    package static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func folding(
        _ text: String, where isFolded: (Unicode.Scalar) -> Bool
    ) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\u{3000}" {
                output.append(" ")
            } else if isFolded(scalar), let plain = Unicode.Scalar(scalar.value - 0xFEE0) {
                output.append(plain)
            } else {
                output.append(scalar)
            }
        }
        return String(output)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x200B, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
