// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore

@testable import GridStore

extension Store {
    /// Opens a folder with the key that the tests' folders are sealed for.
    convenience init(_ folder: NodeFolder, catalogue: Catalogue = .grid) throws {
        try self.init(folder, catalogue: catalogue, owner: County.author(11))
    }
}

extension TestFolder {
    /// Alters an envelope under its seal, as only whoever has the folder's key can.
    func alterEnvelope(
        where condition: String, catalogue: Catalogue = .small,
        _ change: (inout [UInt8]) throws -> Void
    ) throws {
        let store = try Store(folder, catalogue: catalogue)
        try store.write { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, first, envelope FROM runs WHERE \(condition)")
            guard rows.count == 1, let row = rows.first else {
                preconditionFailure("\(rows.count) runs where one is to be altered")
            }
            var envelope = try store.seal.envelope(in: row)
            try change(&envelope)
            let id: Int64 = try row.cell("id")
            let sealed = store.seal.sealed(
                run: envelope, id: id, first: try row.cell("first"))
            try database.execute(
                sql: "UPDATE runs SET envelope = ? WHERE id = ?", arguments: [Data(sealed), id])
        }
    }
}
