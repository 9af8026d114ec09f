// SPDX-License-Identifier: Apache-2.0

import GRDB

/// How far a folder that was written before anything was sealed has come. It is kept in the
/// database with each step, so that a step that was cut off is taken again.
enum SealingProgress: Hashable {
    /// Nothing is sealed, and there is no folder key.
    case open
    /// The runs up to this id are sealed.
    case runs(after: Int64)
    /// All runs are sealed, and what is in quarantine up to this id.
    case quarantined(after: Int64)
    /// All that is sealed too, and what is set aside up to this id.
    case setAside(after: Int64)
    /// The ledger is sealed; tables, and pages that nothing uses any more, may be open.
    case remnants

    private static let name = "sealing"

    /// Nil where all is sealed.
    static func read(_ database: Database) throws -> SealingProgress? {
        guard let bytes = try Store.meta(name, in: database) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        switch (words.first, words.last.flatMap { Int64($0) }) {
        case ("open", _): return .open
        case ("runs", let id?): return .runs(after: id)
        case ("quarantined", let id?): return .quarantined(after: id)
        case ("set_aside", let id?): return .setAside(after: id)
        case ("remnants", _): return .remnants
        default: throw StoreFailure.damaged(what: "table meta: sealing")
        }
    }

    func write(_ database: Database) throws {
        let text =
            switch self {
            case .open: "open"
            case .runs(let id): "runs \(id)"
            case .quarantined(let id): "quarantined \(id)"
            case .setAside(let id): "set_aside \(id)"
            case .remnants: "remnants"
            }
        try Store.setMeta(Self.name, Array(text.utf8), in: database)
    }

    static func end(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM meta WHERE name = ?", arguments: [name])
    }
}
