// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// What was ordered to be destroyed.
extension Truth {
    struct Destruction {
        let redaction: Redaction
        let record: RecordKey
        /// Nil for all.
        let fields: Set<UInt32>?
        /// Whether the office was told that it is done, and has not lost its folder since.
        var isAcknowledged: Bool
    }

    /// Whether an order counts: of one that went with a disk that was put back nobody knows.
    func isInForce(_ destruction: Destruction) -> Bool {
        knownRedactions.contains(destruction.redaction.digest)
    }

    /// Whether the values of an entry are to be nowhere.
    func names(_ entry: NamedEntry) -> Bool {
        destructions.contains { destruction in
            isInForce(destruction) && destruction.redaction.rows.contains { $0.entry == entry }
        }
    }

    /// Whether what an entry wrote to a field of a record is destroyed.
    func isDestroyed(_ dot: Dot, _ collection: UInt32, _ address: RecordAddress, _ field: UInt32)
        -> Bool
    {
        destructions.contains { destruction in
            destruction.record.collection == collection && destruction.record.address == address
                && destruction.record.domain == dot.log.domain
                && (destruction.fields?.contains(field) ?? true) && isInForce(destruction)
                && destruction.redaction.rows.contains { $0.entry.dot == dot }
        }
    }

    /// An office has lost its folder: orders that nobody else had went with it. Those that come back
    /// from others are in force all the same.
    mutating func buryRedactions(of issuer: PublicKey) {
        for index in destructions.indices where destructions[index].redaction.issuer == issuer {
            destructions[index].isAcknowledged = false
        }
    }

    /// Takes for ordered what is known to anybody, and finds out what an order that was not
    /// acknowledged was about.
    mutating func settle(known redactions: [Redaction]) {
        knownRedactions = Set(redactions.map(\.digest))
        let told = Set(destructions.map(\.redaction.digest))
        for redaction in redactions where !told.contains(redaction.digest) {
            let asked = doubtfulRedactions.first { record, fields in
                RecordNaming.id(of: record.address) == redaction.record
                    && record.collection == redaction.collection
                    && fields.map { $0.isSuperset(of: redaction.fields) } ?? true
            }
            guard let asked else { continue }
            destructions.append(
                Destruction(
                    redaction: redaction, record: asked.record,
                    fields: asked.fields == nil ? nil : Set(redaction.fields),
                    isAcknowledged: false))
        }
    }
}
