// SPDX-License-Identifier: Apache-2.0

/// Why a file is no sheet. Rows count from 1, as spreadsheets do.
package enum SheetViolation: Error, Hashable, Sendable {
    /// Neither UTF-8 nor GB18030 from this row on.
    case unknownEncoding(row: Int)
    /// A quoted cell that begins in this row does not end.
    case openQuote(row: Int)
    /// Something stands between the end of a quoted cell and the next comma.
    case textAfterQuote(row: Int)
    /// More than `CSVReader.columnsMax` cells or `CSVReader.rowBytesMax` bytes.
    case rowTooLong(row: Int)
    /// More than `SheetRows.rowsMax` rows.
    case tooManyRows
    /// None of the first `SheetRows.headRowsMax` rows names a field.
    case noHead
}
