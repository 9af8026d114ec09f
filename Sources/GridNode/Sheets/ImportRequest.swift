// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Rows of a sheet to be taken in.
package struct ImportRequest: Sendable {
    package static let rowsMax = 500
    /// No sheet has more rows.
    package static let firstRowMax = 10_000_000

    /// The file that rows come from, of which these may be a part.
    package struct Sheet: Sendable {
        /// Of its bytes, hexadecimal.
        package var digest: String
        /// All rows of it that will be asked to be written.
        package var rows: Int
        /// Whether no more rows of it come.
        package var isLast: Bool

        package init(digest: String, rows: Int, isLast: Bool) {
            self.digest = digest
            self.rows = rows
            self.isLast = isLast
        }
    }

    package var collection: String
    /// Texts by field name; `id` names the record that a row speaks of. Empty texts say nothing,
    /// null clears.
    package var rows: [[String: JSONValue]]
    /// The number of each row in the sheet, for messages and for finding it again.
    package var numbers: [Int]
    /// False checks only.
    package var applies: Bool
    package var area: String?
    /// Where the rows come from, for the audit trail; may be empty.
    package var file: String
    /// The fields by which records are found again; empty for those usual in the collection.
    package var key: [String]
    package var sheet: Sheet?

    package init(
        collection: String, rows: [[String: JSONValue]], numbers: [Int], applies: Bool,
        area: String?, file: String = "", key: [String] = [], sheet: Sheet? = nil
    ) {
        self.collection = collection
        self.rows = rows
        self.numbers = numbers
        self.applies = applies
        self.area = area
        self.file = file
        self.key = key
        self.sheet = sheet
    }
}

/// What became of rows, or would.
struct ImportOutcome: Sendable {
    var new = 0
    var changed = 0
    var same = 0
    /// By field: in how many rows of known records it changes.
    var changedFields: [String: Int] = [:]
    /// By field: how many new records would want it.
    var missingFields: [String: Int] = [:]
    var wrong: [(number: Int, refusal: DeskRefusal)] = []
    /// In the order of their rows.
    var written: [(number: Int, id: RecordID)] = []
    /// By number of the row: what tells it from rows with other keys; rows that are wrong, or that
    /// have no key, have none.
    var keys: [Int: String] = [:]
    /// The sheet begins with these rows.
    var beginsSheet = false
}
