// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// A whole folder as a daemon has it, with what tests of redactions ask of it.
final class RedactionNode {
    static let began: UInt64 = 1_790_000_000_000

    let files: TestFolder
    let folder: FolderReplica
    private var now = began
    /// What lay in the database after each step.
    private var met: [Piece] = []

    /// The node of this number in a folder of its own.
    init(_ number: UInt8, nonce: UInt64 = 1) throws {
        files = try TestFolder()
        do { _ = try Node(number, in: files, nonce: nonce) }
        folder = try FolderReplica(
            store: try Store(files.folder, catalogue: .small), author: County.author(number),
            now: Self.began)
    }

    deinit { files.remove() }

    var store: Store { folder.store }

    @discardableResult
    func write(_ changes: LocalChange...) throws -> AuthoredWrite {
        now += 1
        defer { try? look() }
        return try folder.commit(now: now) { batch, transaction in
            try transaction.author(changes, in: &batch)
        }.outcome
    }

    /// Everything that is held, as it would be sent.
    func runs(_ lanes: Set<Lane> = Set(Lane.allCases)) throws -> [VerifiedRun] {
        let ranges = try store.logs().map(\.identity.log).filter { lanes.contains($0.domain.lane) }
            .map { GridSync.FetchRequest.Range(log: $0, first: 1) }
        return try store.runs(
            for: GridSync.FetchRequest(lane: .routine, ranges: ranges, bytes: .max)
        ).map { try $0.verified }
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun]) throws -> [Verdict] {
        now += 1
        defer { try? look() }
        return try folder.commit(now: now) { batch, transaction in
            try transaction.admit(runs, from: County.author(99).key, in: &batch)
        }.outcome
    }

    /// Takes what another has, all of it at once or lane by lane.
    func take(from other: RedactionNode, _ lanes: Set<Lane> = Set(Lane.allCases)) throws {
        _ = try admit(try other.runs(lanes))
    }

    func state(_ address: RecordAddress, in collection: UInt32 = 16) throws -> RecordState {
        let states = try records()
        guard
            let state = states.values.first(where: {
                $0.address == address && $0.collection == collection
            })
        else { throw Missing() }
        return state
    }

    struct Missing: Error {}

    func display(_ address: RecordAddress) throws -> RecordDisplay {
        guard let notes = Catalogue.small.collection(named: "notes") else { throw Missing() }
        return RecordDisplay(try state(address), of: notes)
    }

    func history(of state: RecordState) throws -> [HistoryItem] {
        try store.history(of: state, redactions: folder.replica.redactions)
    }

    /// Orders a redaction, and sees to it.
    @discardableResult
    func redact(_ address: RecordAddress, fields: Set<UInt32>? = nil) throws -> [Redaction] {
        now += 1
        let ordered = try folder.redact(
            RedactionOrder(record: try state(address), fields: fields, reason: "本人要求"), now: now)
        attend()
        return ordered.redactions
    }

    func attend() { _ = folder.attendRedactions(now: now) }

    /// Writes an order into lane 0 as it is, whatever it is worth.
    func publish(_ redaction: Redaction, in area: AreaCode = County.village) throws {
        try write(
            LocalChange(
                domain: Domain(area: area, lane: .authority),
                draft: .authority(
                    SystemCollection.redactions, redaction.recordID,
                    field: SystemCollection.redactionBytesField, redaction.encoded)))
    }

    /// Something sealed, as it lay, and what it holds.
    private struct Piece {
        let sealed: Data
        let open: Data

        /// What is looked for in the files, in case a page that is not used any more has it: enough to
        /// be its own, and so little that it does not cross pages.
        var trace: Data { sealed.prefix(64) }
    }

    /// Everything sealed that lies in the database.
    private func pieces() throws -> [Piece] {
        let seal = store.seal
        return try store.read { database in
            let references = try LogReferences(database)
            var pieces: [Piece] = []
            for table in RunTable.allCases {
                let sql = "SELECT id, first, envelope FROM \(table.rawValue)"
                for row in try Row.fetchAll(database, sql: sql) {
                    let run = try RunEnvelope.open(seal.envelope(in: row))
                    pieces.append(
                        Piece(sealed: Data(try row.bytes("envelope")), open: Data(run.entryBytes)))
                }
            }
            for row in try Row.fetchAll(database, sql: "SELECT digest, bytes FROM restatements") {
                let open = try #require(try seal.restatement(in: row)).encoded
                pieces.append(Piece(sealed: Data(try row.bytes("bytes")), open: Data(open)))
            }
            for table in store.tables.values {
                let sql = "SELECT * FROM \"\(table.collection.name)\""
                for row in try Row.fetchAll(database, sql: sql) {
                    let state = try store.state(row, of: table, references: references)
                    pieces.append(
                        Piece(sealed: Data(try row.bytes("_merge")), open: Data("\(state)".utf8)))
                }
            }
            for row in try Row.fetchAll(database, sql: "SELECT * FROM other_records") {
                let state = try store.otherState(row, references: references)
                var open = Data("\(state)".utf8)
                for field in state.fields {
                    guard case .register(let register) = state[field.key] else { continue }
                    for case .bytes(let bytes) in register.siblings.map(\.value) {
                        open += Data(bytes)
                    }
                }
                pieces.append(Piece(sealed: Data(try row.bytes("_merge")), open: open))
            }
            return pieces
        }
    }

    private func look() throws { met += try pieces() }

    /// Whether a text stands anywhere: open in the files, sealed in the database, or in the files as
    /// it lay sealed after some earlier step.
    func holds(_ text: String) throws -> Bool {
        let wanted = Data(text.utf8)
        if try pieces().contains(where: { $0.open.range(of: wanted) != nil }) { return true }
        let traces = met.filter { $0.open.range(of: wanted) != nil }.map(\.trace) + [wanted]
        let names = try FileManager.default.contentsOfDirectory(atPath: files.folder.path)
        return names.contains { name in
            guard let data = FileManager.default.contents(atPath: "\(files.folder.path)/\(name)")
            else { return false }
            return traces.contains { data.range(of: $0) != nil }
        }
    }

    /// The states of all records but those of the system.
    func records() throws -> [RecordKey: RecordState] {
        try store.read { database in
            var records: [RecordKey: RecordState] = [:]
            let references = try LogReferences(database)
            for table in store.tables.values {
                let sql = "SELECT * FROM \"\(table.collection.name)\""
                for row in try Row.fetchAll(database, sql: sql) {
                    let state = try store.state(row, of: table, references: references)
                    records[
                        RecordKey(
                            domain: state.domain, collection: state.collection,
                            address: state.address)] = state
                }
            }
            return records
        }
    }
}
