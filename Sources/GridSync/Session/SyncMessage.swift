// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
package import GridLog

/// What passes between two nodes after the greetings, one message a frame
/// (Protocol/messages.md).
package enum SyncMessage: Hashable, Sendable {
    /// All logs of some areas, for a peer whose digest differed or who must start over.
    case frontier(areas: [AreaCode], rows: [FrontierRow])
    /// How much is to come, so that progress has a denominator.
    case totals([LaneTotal])
    /// A run in its envelope.
    case run([UInt8])
    /// What the sender of this message now has durably, and how many bytes of runs it grants.
    case ack(rows: [AckRow], credit: UInt64)
    /// A log of which no more is wanted, and why (a refusal's code).
    case refusal(log: LogID, code: String)
    /// Shows that the link is alive.
    case ping
    /// The sender is about to close, for the reason with this code.
    case bye(code: String)
    /// What the sender durably holds of the receiver's area, signed.
    case receipt(Receipt)
    /// Logs that have ended, by name: contexts may speak of those of which nothing counts.
    case ended([LogIdentity])
    /// What offices have said and does not stand in lane 0 where the sender is, and logs that have
    /// ended by it.
    case words([AuthorityWord], ending: [LogIdentity])
    /// Why the sender is about to close: the receiver's key was cut off.
    case cutOff(CutOff)
    /// What stands in the sender's branch of a log at some heights, ascending: the first 8 bytes of
    /// the hashes.
    case heads(log: LogID, rows: [HeadRow])
    /// Proofs of one branch of a log, in its order.
    case branch([BranchProof])
    /// Asks whether the receiver's tables are the sender's.
    case audit(AuditQuestion)
    /// What it has come to; on the wire one of two messages.
    case audited(AuditAnswer)
    /// The most patient lane of which the sender takes runs from now on.
    case lanes(Lane)

    /// An entry, by the first 8 bytes of its hash.
    package struct HeadRow: Hashable, Sendable {
        package let height: UInt64
        package let head: UInt64

        package init(height: UInt64, head: UInt64) {
            self.height = height
            self.head = head
        }
    }

    package struct LaneTotal: Hashable, Sendable {
        package let lane: Lane
        package let entries: UInt64
        package let bytes: UInt64

        package init(lane: Lane, entries: UInt64, bytes: UInt64) {
            self.lane = lane
            self.entries = entries
            self.bytes = bytes
        }
    }

    package struct AckRow: Hashable, Sendable {
        package let log: LogID
        package let height: UInt64

        package init(log: LogID, height: UInt64) {
            self.log = log
            self.height = height
        }
    }
}

private enum MessageTag: UInt8 {
    case frontier = 1
    case totals = 2
    case run = 3
    case ack = 4
    case refusal = 5
    case ping = 6
    case bye = 7
    case receipt = 8
    case ended = 9
    case cutOff = 10
    case heads = 11
    case branch = 12
    case audit = 13
    case audited = 14
    case auditParts = 15
    case lanes = 16
    case words = 17
}

extension ByteWriter {
    fileprivate mutating func audited(_ answer: AuditAnswer) {
        switch answer.content {
        case .whole(let digest, let records):
            byte(MessageTag.audited.rawValue)
            unsigned(answer.number)
            byte(0)
            auditWord(digest)
            unsigned(records)
        case .refused(let refusal, let number):
            byte(MessageTag.audited.rawValue)
            unsigned(answer.number)
            byte(1)
            byte(refusal.rawValue)
            unsigned(number)
        case .parts(let parts):
            byte(MessageTag.auditParts.rawValue)
            unsigned(answer.number)
            auditParts(parts)
        }
    }
}

extension SyncMessage {
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 64)
        switch self {
        case .frontier(let areas, let rows):
            writer.byte(MessageTag.frontier.rawValue)
            writer.count(areas.count)
            for area in areas { writer.area(area) }
            writer.frontier(rows)
        case .totals(let totals):
            writer.byte(MessageTag.totals.rawValue)
            writer.count(totals.count)
            for total in totals {
                writer.byte(total.lane.rawValue)
                writer.unsigned(total.entries)
                writer.unsigned(total.bytes)
            }
        case .run(let envelope):
            writer.byte(MessageTag.run.rawValue)
            writer.raw(envelope)
        case .ack(let rows, let credit):
            writer.byte(MessageTag.ack.rawValue)
            writer.count(rows.count)
            for row in rows {
                writer.log(row.log)
                writer.unsigned(row.height)
            }
            writer.unsigned(credit)
        case .refusal(let log, let code):
            writer.byte(MessageTag.refusal.rawValue)
            writer.log(log)
            writer.text(code)
        case .ping: writer.byte(MessageTag.ping.rawValue)
        case .bye(let code):
            writer.byte(MessageTag.bye.rawValue)
            writer.text(code)
        case .receipt(let receipt):
            writer.byte(MessageTag.receipt.rawValue)
            writer.raw(receipt.encoded)
        case .cutOff(let cutOff):
            writer.byte(MessageTag.cutOff.rawValue)
            writer.raw(cutOff.encoded)
        case .heads(let log, let rows):
            writer.byte(MessageTag.heads.rawValue)
            writer.log(log)
            writer.count(rows.count)
            for row in rows {
                writer.unsigned(row.height)
                writer.fixed64(row.head)
            }
        case .branch(let proofs):
            writer.byte(MessageTag.branch.rawValue)
            writer.count(proofs.count)
            for proof in proofs { writer.block(proof.encoded) }
        case .audit(let question):
            writer.byte(MessageTag.audit.rawValue)
            writer.auditQuestion(question)
        case .audited(let answer): writer.audited(answer)
        case .ended(let logs):
            writer.byte(MessageTag.ended.rawValue)
            writer.endedLogs(logs)
        case .lanes(let lane):
            writer.byte(MessageTag.lanes.rawValue)
            writer.byte(lane.rawValue)
        case .words(let words, let logs):
            writer.byte(MessageTag.words.rawValue)
            writer.count(words.count)
            for word in words { word.write(to: &writer) }
            writer.endedLogs(logs)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.frameBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard let tag = MessageTag(rawValue: try reader.byte()) else { throw .unknownTag }
        switch tag {
        case .frontier: self = try Self.frontier(&reader)
        case .totals: self = .totals(try Self.totals(&reader))
        case .run: self = .run(try reader.raw(reader.remaining))
        case .ack: self = try Self.ack(&reader)
        case .refusal:
            let log = try reader.log()
            let code = try reader.text(max: ProtocolLimits.messageTextBytesMax)
            self = .refusal(log: log, code: code)
        case .ping: self = .ping
        case .bye: self = .bye(code: try reader.text(max: ProtocolLimits.messageTextBytesMax))
        case .receipt:
            guard reader.remaining <= ProtocolLimits.receiptBytesMax else { throw .lengthTooLarge }
            self = .receipt(try Receipt(decoding: try reader.raw(reader.remaining)))
        case .ended: self = .ended(try reader.endedLogs())
        case .heads: self = try Self.heads(&reader)
        case .branch: self = .branch(try Self.branch(&reader))
        case .audit: self = .audit(try reader.auditQuestion())
        case .audited: self = .audited(try reader.auditAnswer())
        case .auditParts: self = .audited(try reader.auditParts())
        case .lanes:
            guard let lane = Lane(rawValue: try reader.byte()) else { throw .unknownTag }
            self = .lanes(lane)
        case .words: self = try Self.words(&reader)
        case .cutOff: self = .cutOff(try CutOff(decoding: try reader.raw(reader.remaining)))
        }
        try reader.finish()
    }

    private static func frontier(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> SyncMessage {
        let count = try reader.count(max: ProtocolLimits.messageAreasMax)
        var areas: [AreaCode] = []
        for _ in 0..<count {
            let area = try reader.homeArea()
            if let last = areas.last, last >= area { throw .notAscending }
            areas.append(area)
        }
        return .frontier(areas: areas, rows: try reader.frontier())
    }

    private static func totals(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> [LaneTotal] {
        let count = try reader.count(max: Lane.allCases.count)
        var totals: [LaneTotal] = []
        for _ in 0..<count {
            guard let lane = Lane(rawValue: try reader.byte()) else { throw .unknownTag }
            if let last = totals.last, last.lane >= lane { throw .notAscending }
            totals.append(
                LaneTotal(
                    lane: lane, entries: try reader.unsigned(), bytes: try reader.unsigned()))
        }
        return totals
    }

    private static func heads(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> SyncMessage {
        let log = try reader.log()
        let count = try reader.count(max: ProtocolLimits.headsMax)
        guard count > 0 else { throw .empty }
        var rows: [HeadRow] = []
        for _ in 0..<count {
            let row = HeadRow(height: try reader.sequence(), head: try reader.fixed64())
            if let last = rows.last, last.height >= row.height { throw .notAscending }
            rows.append(row)
        }
        return .heads(log: log, rows: rows)
    }

    private static func words(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> SyncMessage {
        let count = try reader.count(max: ProtocolLimits.wordsMax)
        guard count > 0 else { throw .empty }
        var words: [AuthorityWord] = []
        for _ in 0..<count { words.append(try AuthorityWord(&reader)) }
        return .words(words, ending: try reader.endedLogs())
    }

    private static func branch(
        _ reader: inout ByteReader
    ) throws(DecodingViolation) -> [BranchProof] {
        let count = try reader.count(max: ProtocolLimits.branchProofsMax)
        guard count > 0 else { throw .empty }
        var proofs: [BranchProof] = []
        for _ in 0..<count {
            let bytes = try reader.block(max: ProtocolLimits.branchProofBytesMax)
            let proof = try BranchProof(decoding: bytes)
            if let last = proofs.last, last.identity != proof.identity || proof.first <= last.last {
                throw .notAscending
            }
            proofs.append(proof)
        }
        return proofs
    }

    private static func ack(_ reader: inout ByteReader) throws(DecodingViolation) -> SyncMessage {
        let count = try reader.count(max: ProtocolLimits.frontierRowsMax)
        var rows: [AckRow] = []
        for _ in 0..<count {
            let row = AckRow(log: try reader.log(), height: try reader.sequence())
            if let last = rows.last, last.log >= row.log { throw .notAscending }
            rows.append(row)
        }
        return .ack(
            rows: rows, credit: try reader.unsigned(max: ProtocolLimits.creditBytesMax))
    }
}
