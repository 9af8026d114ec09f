// SPDX-License-Identifier: Apache-2.0

/// Takes a CSV (RFC 4180) apart, as its bytes come: it holds the rows that nobody has taken yet and
/// the one that is under way, never a file.
///
/// Rows end with CR, LF or both. A quote within a cell that began without one is a character like
/// others, as spreadsheets read it; after a closing quote only a comma or the end of a row may stand.
package struct CSVReader: Sendable {
    /// As many columns as a spreadsheet has.
    package static let columnsMax = 16_384
    /// Of one row: an entry holds 64 KiB.
    package static let rowBytesMax = 1_048_576

    private enum Place {
        /// At the beginning of a cell.
        case start
        case plain
        case quoted
        /// After a quote in a quoted cell: it ends it, or stands for itself when another follows.
        case afterQuote
    }

    private var place = Place.start
    private var isAfterReturn = false
    private var cell: [UInt8] = []
    private var row: [String] = []
    private var rowBytes = 0
    private var rows: [[String]] = []
    private var nextRow = 0
    /// The number of the row under way, from 1.
    private var number = 1

    package init() {}

    /// The next whole row; nil when more bytes are wanted.
    package mutating func next() -> [String]? {
        guard nextRow < rows.count else {
            rows.removeAll(keepingCapacity: true)
            nextRow = 0
            return nil
        }
        nextRow += 1
        return rows[nextRow - 1]
    }

    /// Takes UTF-8; what is none is replaced.
    package mutating func take(_ bytes: [UInt8]) throws(SheetViolation) {
        for byte in bytes { try take(byte) }
    }

    /// After the last byte.
    package mutating func finish() throws(SheetViolation) {
        if case .quoted = place { throw .openQuote(row: number) }
        if !row.isEmpty || !cell.isEmpty || place == .afterQuote { endRow() }
    }

    private mutating func take(_ byte: UInt8) throws(SheetViolation) {
        defer { isAfterReturn = byte == 0x0D && place != .quoted }
        switch (place, byte) {
        case (.quoted, 0x22): place = .afterQuote
        case (.quoted, _): try append(byte)
        case (.afterQuote, 0x22):
            place = .quoted
            try append(byte)
        case (.start, 0x22): place = .quoted
        case (_, 0x2C): try endCell()
        case (_, 0x0A) where isAfterReturn: break
        case (_, 0x0A), (_, 0x0D): endRow()
        case (.afterQuote, _): throw .textAfterQuote(row: number)
        case (.start, _), (.plain, _):
            place = .plain
            try append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) throws(SheetViolation) {
        rowBytes += 1
        guard rowBytes <= Self.rowBytesMax else { throw .rowTooLong(row: number) }
        cell.append(byte)
    }

    private mutating func endCell() throws(SheetViolation) {
        guard row.count < Self.columnsMax else { throw .rowTooLong(row: number) }
        row.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
        place = .start
    }

    private mutating func endRow() {
        row.append(String(decoding: cell, as: UTF8.self))
        rows.append(row)
        cell.removeAll(keepingCapacity: true)
        row = []
        rowBytes = 0
        place = .start
        number += 1
    }
}
