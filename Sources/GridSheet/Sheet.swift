// SPDX-License-Identifier: Apache-2.0

import GridCore
import SwiftCSV

/// The rows of a CSV file under the fields of a collection.
package struct Sheet {
    /// Rows as field name to text, with their numbers in the file, counted from 1.
    package let rows: [(number: Int, cells: [String: String])]
    /// Heads that name no field.
    package let unknownHeads: [String]
    package let encoding: String

    /// The head may stand in any of the first rows.
    package static let headRowsMax = 10

    /// Reads the bytes of a file, which may be anything at all.
    ///
    /// - Parameter fields: names of fields by the heads that they may stand under.
    package init(_ bytes: [UInt8], fields: [String: String]) throws(SheetViolation) {
        let text: String
        do throws(TextDecoding.Failure) {
            (text, encoding) = try TextDecoding.text(bytes)
        } catch {
            throw .unknownEncoding(row: bytes.prefix(error.offset).count { $0 == 0x0A } + 1)
        }
        let table: [[String]]
        do {
            table = try Self.table(text)
        } catch {
            throw .notCSV("\(error)")
        }
        let scores = table.prefix(Self.headRowsMax).map { row in
            row.count { fields[Self.plain($0)] != nil }
        }
        guard let best = scores.max(), best > 0, let head = scores.firstIndex(of: best) else {
            throw .noHead
        }
        let columns = table[head].map { fields[Self.plain($0)] }
        unknownHeads = zip(table[head], columns)
            .filter { $0.1 == nil && !Self.plain($0.0).isEmpty }.map(\.0)
        rows = table.enumerated().dropFirst(head + 1).compactMap { index, row in
            var cells: [String: String] = [:]
            for (name, text) in zip(columns, row) {
                let trimmed = TextFolding.trimmed(text)
                if let name, !trimmed.isEmpty { cells[name] = trimmed }
            }
            return cells.isEmpty ? nil : (index + 1, cells)
        }
    }

    /// All rows. Those that `EnumeratedCSV.rows` holds are filled up to the width of the longest one,
    /// so that a file of kilobytes can take gigabytes.
    private static func table(_ text: String) throws -> [[String]] {
        var rows: [[String]] = []
        try EnumeratedCSV(string: text, delimiter: .comma, loadColumns: false, rowLimit: 0)
            .enumerateAsArray(startAt: 0, rowLimit: nil) { rows.append($0) }
        return rows
    }

    /// A head without marks, spaces and width.
    private static func plain(_ head: String) -> String {
        TextFolding.words(head.filter { $0 != "*" && $0 != "\u{FF0A}" }).lowercased()
    }
}

/// Why the bytes of a file are no sheet.
package enum SheetViolation: Error, Hashable, Sendable {
    /// Neither UTF-8 nor GB18030 from this row on, counted from 1.
    case unknownEncoding(row: Int)
    /// Carries what the reader of CSV says.
    case notCSV(String)
    /// None of the first `Sheet.headRowsMax` rows names a field.
    case noHead
}
