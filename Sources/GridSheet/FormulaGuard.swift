// SPDX-License-Identifier: Apache-2.0

/// Keeps spreadsheets from taking a cell of a CSV for a formula: what begins like one gets `'`
/// before it, and what would look as if it had one gets another, so that reading gives back each
/// text as it was.
package enum FormulaGuard {
    /// Full-width signs are formulas to Chinese and Japanese spreadsheets.
    private static let signs: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// The text of a cell that nothing is calculated from.
    package static func guarded(_ text: String) -> String {
        isFormula(text) || isGuarded(text) ? "'" + text : text
    }

    /// What `guarded` was given.
    package static func unguarded(_ text: String) -> String {
        isGuarded(text) ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// Plain numbers are what they look like.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, signs.contains(first) else { return false }
        return !(first == "-" && isNumber(text.dropFirst()))
    }

    private static func isGuarded(_ text: String) -> Bool {
        let rest = text.unicodeScalars.drop { $0 == "'" }
        guard rest.count < text.unicodeScalars.count else { return false }
        return isFormula(String(String.UnicodeScalarView(rest)))
    }

    private static func isNumber(_ text: Substring) -> Bool {
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
