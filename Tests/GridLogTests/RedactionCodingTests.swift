// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

/// Bytes that are no redaction or no restatement.
struct RedactionCodingTests {
    private let author = Pen(1).author
    private let entry = NamedEntry(
        dot: Dot(
            log: LogID(
                replica: ReplicaID(high: 1, low: 2),
                domain: Domain(area: Pen.area(Pen.villageText), lane: .routine)), sequence: 7),
        hash: .zero)

    private func redaction(
        fields: [UInt32] = [1, 2], reason: String = "r", rows: [Redaction.Row]? = nil
    ) -> Redaction {
        Redaction(
            collection: 22, record: RecordID(high: 1, low: 1), fields: fields, reason: reason,
            issuedAt: 5, rows: rows ?? [Redaction.Row(entry: entry, restatement: nil)],
            issuedBy: author)
    }

    private func violation(_ bytes: [UInt8]) -> DecodingViolation? {
        do throws(DecodingViolation) {
            _ = try Redaction(decoding: bytes)
            return nil
        } catch { return error }
    }

    @Test func whatIsWrittenIsReadAndHolds() throws {
        let redaction = redaction()
        let read = try Redaction(decoding: redaction.encoded)
        #expect(read == redaction && read.hasValidSignature)
        var changed = redaction.encoded
        changed[changed.count - 1] ^= 1
        #expect(try !Redaction(decoding: changed).hasValidSignature)
    }

    @Test func malformedBytesAreNamed() {
        let good = redaction().encoded
        #expect(violation([]) == .truncated)
        #expect(violation([2] + good.dropFirst()) == .unknownVersion)
        #expect(violation(good + [0]) == .trailingBytes)
        #expect(violation(Array(good.dropLast())) == .truncated)
        #expect(violation(redaction(fields: []).encoded) == .empty)
        #expect(violation(redaction(rows: []).encoded) == .empty)
        #expect(violation(redaction(fields: [3, 3]).encoded) == .notAscending)
        #expect(
            violation(redaction(fields: Array(0...UInt32(ProtocolLimits.recordWritesMax))).encoded)
                == .lengthTooLarge)
        let row = Redaction.Row(entry: entry, restatement: nil)
        #expect(violation(redaction(rows: [row, row]).encoded) == .notAscending)
        let long = String(repeating: "r", count: ProtocolLimits.redactionReasonBytesMax + 1)
        #expect(violation(redaction(reason: long).encoded) == .lengthTooLarge)
        // The flag of the only row stands before the issuer and the signature.
        var flag = good
        flag[flag.count - 97] = 2
        #expect(violation(flag) == .flagNotBinary)
        let large = [UInt8](repeating: 0, count: ProtocolLimits.redactionBytesMax + 1)
        #expect(violation(large) == .lengthTooLarge)
    }

    @Test func moreRowsThanOneOrderMayHaveAreRefused() {
        let rows = (1...UInt64(ProtocolLimits.redactionRowsMax) + 1).map { sequence in
            Redaction.Row(
                entry: NamedEntry(
                    dot: Dot(log: entry.dot.log, sequence: sequence), hash: .zero),
                restatement: nil)
        }
        #expect(violation(redaction(rows: rows).encoded) == .lengthTooLarge)
        #expect(violation(redaction(rows: Array(rows.dropLast())).encoded) == nil)
    }

    @Test func aRestatementIsReadAsItWasWritten() throws {
        let restatement = Restatement(of: entry, writes: [1, 2, 3])
        #expect(try Restatement(decoding: restatement.encoded) == restatement)
        #expect(throws: DecodingViolation.truncated) {
            try Restatement(decoding: Array(restatement.encoded.prefix(20)))
        }
        #expect(throws: DecodingViolation.unknownVersion) {
            try Restatement(decoding: [9] + restatement.encoded.dropFirst())
        }
        let large = [UInt8](repeating: 0, count: ProtocolLimits.restatementBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) { try Restatement(decoding: large) }
    }
}
