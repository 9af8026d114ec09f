// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// The sheet that rows come from: a file under a name, for one collection and area.
package struct SheetSource: Hashable, Sendable {
    package static let nameMax = 255

    /// The file's name without its folder.
    package let name: String
    package let collection: UInt32
    /// Where its rows go when they say nothing else.
    package let area: AreaCode
    /// Of the file's bytes, hexadecimal.
    package let digest: String

    package init(name: String, collection: UInt32, area: AreaCode, digest: String) {
        self.name = name
        self.collection = collection
        self.area = area
        self.digest = digest
    }
}

/// A sheet as the folder remembers it (`013-sheets`).
package struct SheetRecord: Sendable {
    package let number: Int64
    package let source: SheetSource
    package let caller: String
    /// Milliseconds since 1970.
    package let beganAt: UInt64
    /// Nil while it is under way or was broken off.
    package let endedAt: UInt64?
    package let rows: Int
    package let new: Int
    package let changed: Int
}

/// A row of a sheet and the record that it has written.
package struct SheetRowRecord: Sendable {
    package let sheet: Int64
    /// In the sheet, from 1.
    package let number: Int
    package let record: RecordID

    package init(sheet: Int64, number: Int, record: RecordID) {
        self.sheet = sheet
        self.number = number
        self.record = record
    }
}
