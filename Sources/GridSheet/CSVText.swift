// SPDX-License-Identifier: Apache-2.0

/// Rows as the text of a CSV that spreadsheets open: CRLF, quotes where they are needed.
package enum CSVText {
    /// One row with its end.
    ///
    /// - Parameter isGuarded: whether what looks like a formula is made harmless (`FormulaGuard`).
    ///   Not for rows that are given back as they were read.
    package static func row(_ cells: [String], isGuarded: Bool = true) -> String {
        cells.map { cell in
            let text = isGuarded ? FormulaGuard.guarded(cell) : cell
            guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
                return text
            }
            let doubled = text.unicodeScalars.reduce(into: String.UnicodeScalarView()) {
                if $1 == "\"" { $0.append("\"") }
                $0.append($1)
            }
            return "\"" + String(doubled) + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
