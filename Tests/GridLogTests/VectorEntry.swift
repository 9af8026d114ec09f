// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

@testable import GridLog

/// A vector of entries.json.
struct VectorEntry: Decodable, Sendable, CustomTestStringConvertible {
    struct Height: Decodable, Sendable {
        let replica: VectorBytes
        let height: UInt64
    }

    struct Context: Decodable, Sendable {
        let reference: UInt32?
        let replica: VectorBytes?
        let height: UInt64

        var change: ContextChange {
            get throws {
                if let reference { return .grown(reference: reference, height: height) }
                return .added(try #require(replica).replica, height: height)
            }
        }
    }

    let name: String
    let key: VectorBytes
    let nonce: VectorBytes
    let log: VectorLog
    let logDigest: VectorBytes
    let sequence: UInt64
    let backlink: VectorBytes
    let timestampChange: Int64
    let contextChanges: [Context]
    let changes: [VectorChange]
    let head: VectorBytes
    /// Nil, as the salt, where the values were redacted.
    let values: VectorBytes?
    let salt: VectorBytes?
    let valuesHash: VectorBytes
    let hash: VectorBytes
    let timestamp: UInt64?
    let context: [Height]?
    let recordIds: [VectorBytes]?

    var testDescription: String { name }

    var identity: LogIdentity {
        get throws {
            LogIdentity(
                key: PublicKey(try key.bytes32),
                nonce: ReplicaNonce(high: try nonce.words.high, low: try nonce.words.low),
                domain: try log.domain)
        }
    }

    /// The entry as a run of its own, which nobody signed.
    var run: Run {
        get throws {
            Run(
                identity: try identity, first: sequence, count: 1, backlink: try backlink.bytes32,
                salts: [salt.map { .salts([Salt($0.bytes)]) } ?? .withheld(entries: 1)],
                entryBytes: head.bytes + (values ?? valuesHash).bytes,
                signature: Array(repeating: 0, count: 64))
        }
    }
}

/// One record's part of an entry, as vectors show it.
struct VectorChange: Decodable, Sendable {
    struct Record: Decodable, Sendable {
        struct Existing: Decodable, Sendable {
            let log: UInt32
            let sequence: UInt64
            let index: UInt16
        }

        let new: UInt16?
        let existing: Existing?
        let named: VectorBytes?

        var reference: RecordReference {
            get throws {
                if let new { return .new(new) }
                if let existing {
                    return .existing(
                        log: existing.log, sequence: existing.sequence, index: existing.index)
                }
                return .named(try #require(named).record)
            }
        }
    }

    struct Write: Decodable, Sendable {
        let field: UInt32
        let operation: String
        let value: VectorValue?
        let values: [VectorValue]?
        let amount: Int64?

        var write: FieldWrite {
            get throws {
                let several = values?.map(\.value)
                let operation: FieldOperation? =
                    switch operation {
                    case "assign": .assign(try #require(value).value)
                    case "clear": .clear
                    case "add": .add(try #require(several))
                    case "remove": .remove(try #require(several))
                    case "append": .append(try #require(several))
                    case "increment": .increment(try #require(amount))
                    default: nil
                    }
                return FieldWrite(field: field, operation: try #require(operation))
            }
        }
    }

    let collection: UInt32
    let record: Record
    let archives: Bool
    let writes: [Write]
    /// Field and family of what was destroyed; nil where nothing can have been.
    let withheld: [[UInt32]]?

    var change: ShapedChange {
        get throws {
            ShapedChange(
                collection: collection, reference: try record.reference, archives: archives,
                writes: try writes.map { try $0.write },
                withheld: try (withheld ?? []).map {
                    FieldKey(
                        field: $0[0],
                        family: try #require(FieldKey.Family(rawValue: UInt8($0[1]))))
                })
        }
    }
}
