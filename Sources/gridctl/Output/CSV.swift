// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A sheet for spreadsheets: UTF-8 with a byte order mark.
enum CSV {
    /// Writes a sheet; only this user may read the file.
    static func write(_ lines: [[String]], to path: String) throws {
        let text =
            "\u{FEFF}" + lines.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(
                .failed, "不能写入 \(path):\(error.localizedDescription)",
                "cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// A cell; what a spreadsheet would take for a formula is marked as text.
    private static func cell(_ text: String) -> String {
        var text = text
        if let first = text.first, "=+@\t".contains(first) || (first == "-" && Double(text) == nil)
        {
            text = "'" + text
        }
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
