// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync

@testable import GridStore

/// A replica with a real store, and a shell around both that does each thing in one transaction.
final class Node {
    let store: Store
    private(set) var replica: Replica
    var now: UInt64 = 1_790_000_000_000

    /// Opens the folder; a new one becomes the node of this number.
    init(
        _ number: UInt8, in folder: TestFolder, catalogue: Catalogue = .small, nonce: UInt64 = 1
    ) throws {
        store = try Store(folder.folder, catalogue: catalogue, owner: County.author(11))
        let chain = try County.chain(of: number)
        if try store.node() == nil {
            try store.setNode(
                NodeRecord(
                    name: "\(number)", area: chain.leaf.area,
                    nonce: ReplicaNonce(high: UInt64(number), low: nonce), chain: chain))
            for certificate in County.certificates.values {
                try store.add(certificate, waiting: false)
            }
        }
        guard let node = try store.node() else { preconditionFailure("the node is not kept") }
        replica = Replica(
            author: County.author(number), nonce: node.nonce, scope: Scope(node.area),
            directory: County.directory, logs: try store.logs())
    }

    @discardableResult
    func author(_ changes: LocalChange...) throws -> AuthoredWrite { try author(changes) }

    @discardableResult
    func author(_ changes: [LocalChange]) throws -> AuthoredWrite {
        now += 1
        return try work { try $1.author(changes, in: &$0) }
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun]) throws -> [Verdict] {
        try work { try $1.admit(runs, from: County.author(99).key, in: &$0) }
    }

    func work<Result>(
        _ body: (inout ReplicaBatch, StoreTransaction) throws -> Result
    ) throws -> Result {
        var batch = replica.batch(rules: store.catalogue, now: now)
        let result = try store.commit(&batch, body)
        replica.adopt(batch)
        return result
    }

    /// Everything the node holds, as it would be asked for by a peer that has nothing.
    func fetch(_ firsts: [LogID: UInt64] = [:], bytes: Int = .max) throws -> [OutgoingRun] {
        let ranges = try store.logs().map(\.identity.log).map {
            GridSync.FetchRequest.Range(log: $0, first: firsts[$0] ?? 1)
        }
        return try store.runs(
            for: GridSync.FetchRequest(lane: .routine, ranges: ranges, bytes: bytes))
    }

    /// All record states in the tables, those beside them included.
    func records() throws -> [RecordKey: RecordState] {
        try store.read { database in
            var records: [RecordKey: RecordState] = [:]
            let references = try LogReferences(database)
            func take(_ state: RecordState) {
                let key = RecordKey(
                    domain: state.domain, collection: state.collection, address: state.address)
                records[key] = state
            }
            for table in store.tables.values {
                let sql = "SELECT * FROM \"\(table.collection.name)\""
                for row in try Row.fetchAll(database, sql: sql) {
                    take(try store.state(row, of: table, references: references))
                }
            }
            for row in try Row.fetchAll(database, sql: "SELECT * FROM other_records") {
                take(try store.otherState(row, references: references))
            }
            return records
        }
    }

    /// The values of a query's first row, as text.
    func row(_ sql: String) throws -> [String] {
        try store.query(sql, isPlain: true).rows.first?.map { $0.plain } ?? []
    }
}

extension JSONValue {
    /// As the `sqlite3` program prints it.
    var plain: String { if case .text(let text) = self { text } else { description } }
}

extension OutgoingRun {
    var verified: VerifiedRun {
        get throws { try RunVerifier.verify(try RunEnvelope.open(envelope)) }
    }
}

extension [UInt8] {
    var data: Data { Data(self) }
}
