// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What apps and admins may ask of a node, answered as JSON objects (Protocol/api.md). Asking
/// never waits for writing; writing goes to the engine.
package struct Desk: Sendable {
    let engine: ReplicationEngine
    package let board: LinkBoard
    /// Milliseconds since 1970.
    let startedAt: UInt64
    let version: String
    let feedReaders = FeedReaders()
    let tokenBook = TokenBook()
    let lookUps = LookUpAllowance()
    let notedSheets = NotedSheets()

    package init(engine: ReplicationEngine, board: LinkBoard, version: String) {
        self.engine = engine
        self.board = board
        self.version = version
        startedAt = WallClock.now
    }

    /// What has become of area codes.
    var areas: AreaMap { engine.current.directory.areas }

    var catalogue: Catalogue { engine.store.catalogue }

    func collection(_ name: String) throws -> CollectionDefinition {
        guard let collection = catalogue.collection(named: name) else {
            throw DeskRefusal.unknownCollection(name)
        }
        return collection
    }

    func display(_ id: String, in collection: CollectionDefinition) throws -> RecordDisplay {
        guard let recordID = RecordID(parsing: id),
            let display = try engine.store.record(recordID, in: collection)
        else { throw DeskRefusal.unknownRecord(collection: collection.name, id: id) }
        return display
    }

    /// An answer with the name of its schema.
    package static func answer(_ name: String, _ parts: [String: JSONValue]) -> JSONValue {
        .object(parts.merging(["schema": .text("onegrid.\(name)/1")]) { $1 })
    }

    /// Milliseconds since 1970, as answers have them.
    package static func time(_ milliseconds: UInt64) -> JSONValue {
        ChinaTime.text(of: Int64(clamping: milliseconds)).map { .text($0) } ?? .null
    }

    static func count(_ number: some BinaryInteger) -> JSONValue {
        .integer(Int64(clamping: number))
    }

    /// Who holds a key, as far as this node's certificates tell.
    func author(_ key: PublicKey) -> JSONValue {
        let leaf = engine.current.directory.chain(of: key)?.leaf
        return .object([
            "key": .text(key.description), "name": .text(leaf?.name ?? ""),
            "area": leaf.map { .text($0.area.description) } ?? .null,
        ])
    }

    /// Who wrote the entry at a dot.
    func author(of dot: Dot, in logs: [LogID: LogState]) -> JSONValue {
        logs[dot.log].map { author($0.identity.key) } ?? .null
    }

    func logsByID() throws -> [LogID: LogState] {
        Dictionary(
            try engine.store.logs().map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
    }
}
