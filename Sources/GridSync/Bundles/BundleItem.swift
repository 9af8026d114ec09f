// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
package import GridLog

/// What a bundle carries, one after the other (Protocol/bundles.md, "Items"): a session of which
/// only one side speaks.
package enum BundleItem: Hashable, Sendable {
    /// What the sender durably holds of what the two share: the acknowledgement of all that has
    /// come to it so far.
    case holds([FrontierRow])
    /// What the sender takes the recipient to have when this part is opened: acknowledged, or on
    /// the road in earlier parts. The runs go on from there.
    case belief([SyncMessage.AckRow])
    /// Logs that have ended, by name, as in a session.
    case ended([LogIdentity])
    /// What the sender durably holds of the recipient's area, signed.
    case receipt(Receipt)
    /// A run in its envelope.
    case run([UInt8])
    /// Nothing follows. How many runs there were, and whether another part goes on from here.
    case end(runs: UInt64, hasMore: Bool)

    private enum Tag: UInt8 {
        case holds = 1
        case belief = 2
        case ended = 3
        case receipt = 4
        case run = 5
        case end = 6
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 64)
        switch self {
        case .holds(let rows):
            writer.byte(Tag.holds.rawValue)
            writer.frontier(rows)
        case .belief(let rows):
            writer.byte(Tag.belief.rawValue)
            writer.count(rows.count)
            for row in rows {
                writer.log(row.log)
                writer.unsigned(row.height)
            }
        case .ended(let logs):
            writer.byte(Tag.ended.rawValue)
            writer.endedLogs(logs)
        case .receipt(let receipt):
            writer.byte(Tag.receipt.rawValue)
            writer.raw(receipt.encoded)
        case .run(let envelope):
            writer.byte(Tag.run.rawValue)
            writer.raw(envelope)
        case .end(let runs, let hasMore):
            writer.byte(Tag.end.rawValue)
            writer.unsigned(runs)
            writer.flag(hasMore)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.frameBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard let tag = Tag(rawValue: try reader.byte()) else { throw .unknownTag }
        switch tag {
        case .holds: self = .holds(try reader.frontier())
        case .belief: self = .belief(try Self.belief(&reader))
        case .ended: self = .ended(try reader.endedLogs())
        case .receipt:
            guard reader.remaining <= ProtocolLimits.receiptBytesMax else { throw .lengthTooLarge }
            self = .receipt(try Receipt(decoding: try reader.raw(reader.remaining)))
        case .run: self = .run(try reader.raw(reader.remaining))
        case .end: self = .end(runs: try reader.unsigned(), hasMore: try reader.flag())
        }
        try reader.finish()
    }

    private static func belief(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> [SyncMessage.AckRow] {
        let count = try reader.count(max: ProtocolLimits.frontierRowsMax)
        var rows: [SyncMessage.AckRow] = []
        for _ in 0..<count {
            let row = SyncMessage.AckRow(log: try reader.log(), height: try reader.sequence())
            if let last = rows.last, last.log >= row.log { throw .notAscending }
            rows.append(row)
        }
        return rows
    }
}

extension BundleItem {
    /// Items for rows of any number, each with as many as one may have.
    package static func holds(all rows: [FrontierRow]) -> [BundleItem] {
        stride(from: 0, to: rows.count, by: ProtocolLimits.frontierRowsMax).map {
            .holds(Array(rows[$0..<min(rows.count, $0 + ProtocolLimits.frontierRowsMax)]))
        }
    }

    /// The same for what the recipient is taken to have.
    package static func belief(all heights: VersionVector) -> [BundleItem] {
        let rows = heights.rows.map { SyncMessage.AckRow(log: $0.log, height: $0.height) }
        return stride(from: 0, to: rows.count, by: ProtocolLimits.frontierRowsMax).map {
            .belief(Array(rows[$0..<min(rows.count, $0 + ProtocolLimits.frontierRowsMax)]))
        }
    }
}
