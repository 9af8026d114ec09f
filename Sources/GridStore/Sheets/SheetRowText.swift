// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore

/// All that a row without a key says, by which it is known again. The folder keeps a mark of it, as
/// of sealed values (Protocol/at-rest.md): it may hold any of them.
package struct SheetRowText: Sendable {
    /// In the sheet, from 1.
    let number: Int
    let text: String

    package init(number: Int, text: String) {
        self.number = number
        self.text = text
    }

    func mark(_ seal: FolderSeal) -> DatabaseValue {
        Data(seal.mark(ofRow: text)).databaseValue
    }

    /// The record of the same row of the same file, else of an earlier file of this name that had
    /// it; nil for a row not seen yet.
    func record(
        of source: SheetSource, seal: FolderSeal, in database: Database
    ) throws -> RecordID? {
        let found = try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT record FROM sheet_rows JOIN sheets ON sheets.id = sheet
                    WHERE content = ?1 AND name = ?2 AND collection = ?3 AND area = ?4
                    AND (digest <> ?5 OR number = ?6)
                    ORDER BY digest <> ?5, number <> ?6, sheet DESC, number LIMIT 1
                    """),
            arguments: [
                mark(seal), source.name, source.collection, source.area.description,
                source.digest, number,
            ])
        return found.flatMap { RecordID(parsing: $0) }
    }
}
