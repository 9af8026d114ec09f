// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// An authority's word where the logs of a key end (Protocol/cutoffs.md): the key is revoked, or one
/// of its logs went on in two ways and this is the one that counts.
package struct CutOff: Hashable, Sendable {
    /// Why. The raw value is the byte form.
    package enum Reason: UInt8, CaseIterable, Sendable {
        /// The machine or its key is in the wrong hands, or nobody knows where it is.
        case lost = 1
        /// Another key has taken its place.
        case replaced = 2
        /// Whoever held the post has left it.
        case left = 3
        /// A device that has been silent is no longer waited for.
        case retired = 4
        /// The key goes on; logs of it that were forked end.
        case forkClosed = 5

        /// Whether the key writes nothing more, in whatever log.
        package var endsKey: Bool { self != .forkClosed }

        /// The stable word for it.
        package var word: String {
            switch self {
            case .lost: "lost"
            case .replaced: "replaced"
            case .left: "left"
            case .retired: "retired"
            case .forkClosed: "fork_closed"
            }
        }
    }

    /// The last entry of a log that counts.
    package struct Row: Hashable, Sendable {
        package let log: LogID
        /// At least 1; a log of which nothing counts is not listed.
        package let height: UInt64
        /// The hash of the entry at that height.
        package let head: Bytes32

        package init(log: LogID, height: UInt64, head: Bytes32) {
            self.log = log
            self.height = height
            self.head = head
        }
    }

    package let subject: PublicKey
    package let reason: Reason
    /// For people; may be empty.
    package let note: String
    /// Milliseconds since 1970. It flags; nothing is judged by it.
    package let issuedAt: UInt64
    /// Ascending by log. Where the key ends, all other logs of it end before their first entry.
    package let rows: [Row]
    /// What the key had issued and still counts, certificates and cut-offs; ascending.
    package let kept: [CertificateReference]
    package let issuer: PublicKey
    /// 64 bytes, the issuer's.
    package let signature: [UInt8]

    /// Issues a cut-off. Precondition: note, rows and kept within their limits.
    package init(
        subject: PublicKey, reason: Reason, note: String = "", issuedAt: UInt64, rows: [Row],
        kept: [CertificateReference] = [], issuedBy author: Author
    ) {
        self.subject = subject
        self.reason = reason
        self.note = note
        self.issuedAt = issuedAt
        self.rows = rows.sorted { $0.log < $1.log }
        self.kept = kept.sorted()
        issuer = author.key
        let claim = Self.claim(
            subject, reason, note, issuedAt, self.rows, self.kept, author.key)
        signature = author.sign(.cutOff, over: Hashing.digest(claim, personal: .cutOff))
    }

    package func row(of log: LogID) -> Row? { rows.first { $0.log == log } }

    /// BLAKE2b-256 of all its bytes.
    package var digest: Bytes32 { Hashing.digest(encoded, personal: .cutOff) }

    package var reference: CertificateReference { CertificateReference(startOf: digest) }

    /// The record under which it stands in lane 0: its digest's first 80 bits.
    package var recordID: RecordID { RecordID(startOf: digest) }

    package var hasValidSignature: Bool {
        let claim = Self.claim(subject, reason, note, issuedAt, rows, kept, issuer)
        return Signing.isValid(
            signature, of: .cutOff, over: Hashing.digest(claim, personal: .cutOff), by: issuer)
    }

    package var encoded: [UInt8] {
        Self.claim(subject, reason, note, issuedAt, rows, kept, issuer) + signature
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.cutOffBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        subject = PublicKey(try reader.bytes32())
        guard let reason = Reason(rawValue: try reader.byte()) else { throw .unknownTag }
        self.reason = reason
        note = try reader.text(max: ProtocolLimits.certificateNameBytesMax)
        issuedAt = try reader.unsigned()
        rows = try reader.cutOffRows()
        let keptCount = try reader.count(max: ProtocolLimits.cutOffKeptMax)
        var kept: [CertificateReference] = []
        for _ in 0..<keptCount {
            let reference = CertificateReference(
                high: try reader.fixed64(), low: try reader.fixed64())
            if let last = kept.last, last >= reference { throw .notAscending }
            kept.append(reference)
        }
        self.kept = kept
        issuer = PublicKey(try reader.bytes32())
        signature = try reader.raw(64)
        try reader.finish()
    }

    private static func claim(
        _ subject: PublicKey, _ reason: Reason, _ note: String, _ issuedAt: UInt64,
        _ rows: [Row], _ kept: [CertificateReference], _ issuer: PublicKey
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 256 + 64 * rows.count + 16 * kept.count)
        writer.byte(1)
        writer.raw(subject.bytes)
        writer.byte(reason.rawValue)
        writer.text(note)
        writer.unsigned(issuedAt)
        writer.cutOffRows(rows)
        writer.count(kept.count)
        for reference in kept {
            writer.fixed64(reference.high)
            writer.fixed64(reference.low)
        }
        writer.raw(issuer.bytes)
        return writer.bytes
    }
}
