// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog
package import GridSync

/// Privacy classes of fields about persons.
package struct ExposedClasses: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let p2 = ExposedClasses(rawValue: 1)
    package static let p3 = ExposedClasses(rawValue: 2)
    package static let p4 = ExposedClasses(rawValue: 4)
    /// Of a field that the edition here does not know.
    package static let unknown = ExposedClasses(rawValue: 8)

    /// None for a field of a lower class.
    init(_ field: FieldDefinition?) {
        self =
            switch field?.privacy {
            case .p0?, .p1?: []
            case .p2?: .p2
            case .p3?: .p3
            case .p4?: .p4
            case nil: .unknown
            }
    }
}

/// One record about persons that a node could read.
package struct ExposedRecord: Hashable, Sendable {
    package let key: RecordKey
    /// Of the fields that entries have touched which the node is known to have had.
    package fileprivate(set) var known: ExposedClasses
    /// Of the fields that the other entries here have touched.
    package fileprivate(set) var possible: ExposedClasses

    package var isKnown: Bool { !known.isEmpty }
}

extension Store {
    /// The records about persons in logs that a node could read, ascending by collection and id.
    /// Fields whose values were overwritten or destroyed since count: the node may have them yet.
    ///
    /// - Parameter known: up to which height a node is known to have had a log; nil for one that it
    ///   could not read.
    package func exposure(
        known: (LogIdentity) -> UInt64?
    ) throws -> [ExposedRecord] {
        try read { database in
            var walk = ExposureWalk(catalogue)
            let references = try references(database).identities
            for (reference, identity) in references.sorted(by: { $0.key < $1.key }) {
                guard let height = known(identity) else { continue }
                walk.begin(identity, known: height)
                try eachRun(of: reference, in: database) { try walk.take($0) }
                try walkAside(reference, identity, &walk, in: database)
            }
            return walk.records
        }
    }

    /// Goes through what of a log lies beside it: of a fork, or carried here out of a quarantine.
    private func walkAside(
        _ reference: Int64, _ identity: LogIdentity, _ walk: inout ExposureWalk,
        in database: Database
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, first, envelope, start
                FROM set_aside LEFT JOIN carried USING (log, last, head)
                WHERE log = ? ORDER BY first, last
                """,
            arguments: [reference])
        while let row = try rows.next() {
            if let start = try row.cell("start", as: Data?.self) {
                var reader = ByteReader(Array(start))
                walk.goOn(from: try reader.logState(identity: identity))
            }
            try walk.take(RunVerifier.read(RunEnvelope.open(seal.envelope(in: row))))
        }
    }

    /// Shows records of the catalogue one after the other, in no order; those that are not in its
    /// tables are left out.
    package func eachRecord(
        at keys: [RecordKey], _ body: (RecordKey, RecordDisplay) throws -> Void
    ) throws {
        try read { database in
            let references = try references(database)
            for (number, keys) in Dictionary(grouping: keys, by: \.collection) {
                guard let table = tables[number] else { continue }
                for start in stride(from: 0, to: keys.count, by: Self.recordsAtOnce) {
                    let part = keys[start..<min(start + Self.recordsAtOnce, keys.count)]
                    let found = try rows(
                        database, of: table, sql: Self.condition(part, references),
                        arguments: [], references: references)
                    for (_, display) in found {
                        let state = display.state
                        try body(
                            RecordKey(
                                domain: state.domain, collection: number, address: state.address),
                            display)
                    }
                }
            }
        }
    }

    private static let recordsAtOnce = 256

    /// Numbers and texts of the record's own, that need no quoting.
    private static func condition(
        _ keys: some Sequence<RecordKey>, _ references: LogReferences
    ) -> String {
        let choices = keys.compactMap { key -> String? in
            switch key.address {
            case .created(let dot, let index):
                guard let log = references[dot.log] else { return nil }
                return "_key = \(RowKey(log: log, sequence: dot.sequence, index: index).rawValue)"
            case .named(let id):
                return "(id = '\(id)' AND _key < 0 AND _area = '\(key.domain.area)')"
            }
        }
        return choices.isEmpty ? "WHERE 0" : "WHERE " + choices.joined(separator: " OR ")
    }
}

/// Goes through logs, entry by entry.
private struct ExposureWalk {
    private let catalogue: Catalogue
    private var state: LogState?
    private var known: UInt64 = 0
    private var found: [RecordKey: ExposedRecord] = [:]

    init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    mutating func begin(_ identity: LogIdentity, known: UInt64) {
        state = LogState(identity: identity)
        self.known = known
    }

    /// Goes on from a state whose entries are here no more.
    mutating func goOn(from state: LogState) { self.state = state }

    /// Takes what of a run goes on from here; a branch that does not is left out.
    mutating func take(_ run: VerifiedRun) throws {
        guard var state, run.run.last > state.height, run.hash(at: state.height) == state.head
        else { return }
        let domain = state.identity.domain
        for (entry, hash) in zip(run.entries, run.hashes) where entry.sequence > state.height {
            try state.take(entry)
            let dot = Dot(log: state.identity.log, sequence: entry.sequence)
            try entry.eachTouch { collection, reference, fields in
                guard collection > SystemCollection.numberMax else { return }
                let definition = catalogue.collection(numbered: collection)
                let classes = fields.reduce(into: ExposedClasses()) {
                    $0.formUnion(ExposedClasses(definition?.field(numbered: $1)))
                }
                guard !classes.isEmpty else { return }
                let key = RecordKey(
                    domain: domain, collection: collection,
                    address: try state.address(of: reference, in: dot))
                var record = found[key] ?? ExposedRecord(key: key, known: [], possible: [])
                if entry.sequence <= known {
                    record.known.formUnion(classes)
                } else {
                    record.possible.formUnion(classes)
                }
                found[key] = record
            }
            state.advance(to: hash)
        }
        self.state = state
    }

    var records: [ExposedRecord] {
        found.values.map { ($0, RecordNaming.id(of: $0.key.address)) }
            .sorted { ($0.0.key.collection, $0.1) < ($1.0.key.collection, $1.1) }.map(\.0)
    }
}
