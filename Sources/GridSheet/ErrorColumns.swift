// SPDX-License-Identifier: Apache-2.0

/// The columns that an error file has before those of the sheet: the file can be corrected and taken
/// in again as it is, and rows keep the numbers they had.
package enum ErrorColumns {
    package static let heads = ["原行号 row", "出错列 columns", "代码 codes", "怎么办", "what to do"]
}
