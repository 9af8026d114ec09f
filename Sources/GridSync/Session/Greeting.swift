// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
package import GridLog

/// What a side says of itself in the first message, inside the handshake
/// (Protocol/messages.md, "Greeting").
package struct Greeting: Hashable, Sendable {
    /// What a side holds, in full or in brief.
    package enum Holdings: Hashable, Sendable {
        case frontier([FrontierRow])
        /// For each area one digest of its rows; the rows follow for areas that differ.
        case digests([AreaDigest])

        /// All rows where they are small, else a digest of each area's.
        ///
        /// - Parameters:
        ///   - rows: ascending by log.
        ///   - frontierBytesMax: up to this many bytes are small.
        package init(
            of rows: [FrontierRow],
            frontierBytesMax: Int = ProtocolLimits.greetingFrontierBytesMax
        ) {
            var writer = ByteWriter()
            for row in rows { writer.frontierRow(row) }
            guard writer.bytes.count > frontierBytesMax else {
                self = .frontier(rows)
                return
            }
            let areas = Dictionary(grouping: rows, by: \.log.domain.area)
            self = .digests(
                areas.sorted { $0.key < $1.key }.map {
                    AreaDigest(area: $0.key, digest: FrontierDigest(of: $0.value))
                })
        }
    }

    package struct AreaDigest: Hashable, Sendable {
        package let area: AreaCode
        package let digest: FrontierDigest

        package init(area: AreaCode, digest: FrontierDigest) {
            self.area = area
            self.digest = digest
        }
    }

    /// By what a side shows who it is.
    package enum Credential: Hashable, Sendable {
        case chain(CertificateChain)
        /// To a peer that knows the certificate: its chain ends there.
        case reference(CertificateReference)

        /// - Parameter isKnown: whether the peer is believed to know the chain.
        package init(of chain: VerifiedChain, isKnown: Bool) {
            self =
                isKnown
                ? .reference(chain.leaf.reference)
                : .chain(CertificateChain(chain.certificates))
        }

        /// The chain it stands for, when it holds; nil where the certificate is not known.
        package func chain(
            in directory: CertificateDirectory
        ) throws(ChainRefusal) -> VerifiedChain? {
            switch self {
            case .chain(let chain): return try .verify(chain, root: directory.root)
            case .reference(let reference): return directory.chain(to: reference)
            }
        }
    }

    /// Versions of the protocol that this side speaks.
    package let versions: ClosedRange<UInt64>
    /// Options offered, one bit each; unknown bits are ignored.
    package let features: UInt64
    /// Name and version of the program, for people.
    package let software: String
    package let nonce: ReplicaNonce
    /// Wall time in milliseconds since 1970.
    package let clock: UInt64
    /// How many bytes of runs the other side may send at once.
    package let credit: UInt64
    package let credential: Credential
    /// The certificate by which this side knows the other, if it does.
    package let recognized: CertificateReference?
    /// The area whose scope this side carries.
    package let area: AreaCode
    package let holdings: Holdings

    package init(
        versions: ClosedRange<UInt64> = 1...1, features: UInt64 = 0, software: String,
        nonce: ReplicaNonce, clock: UInt64, credit: UInt64,
        credential: Credential, recognized: CertificateReference? = nil, area: AreaCode,
        holdings: Holdings
    ) {
        self.versions = versions
        self.features = features
        self.software = software
        self.nonce = nonce
        self.clock = clock
        self.credit = credit
        self.credential = credential
        self.recognized = recognized
        self.area = area
        self.holdings = holdings
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 1024)
        writer.byte(1)
        writer.unsigned(versions.lowerBound)
        writer.unsigned(versions.upperBound)
        writer.unsigned(features)
        writer.text(software)
        writer.fixed64(nonce.high)
        writer.fixed64(nonce.low)
        writer.unsigned(clock)
        writer.unsigned(credit)
        switch credential {
        case .chain(let chain):
            writer.byte(0)
            writer.block(chain.encoded)
        case .reference(let reference):
            writer.byte(1)
            writer.reference(reference)
        }
        writer.byte(recognized == nil ? 0 : 1)
        if let recognized { writer.reference(recognized) }
        writer.area(area)
        switch holdings {
        case .frontier(let rows):
            writer.byte(0)
            writer.frontier(rows)
        case .digests(let digests):
            writer.byte(1)
            writer.count(digests.count)
            for item in digests {
                writer.area(item.area)
                writer.fixed64(item.digest.high)
                writer.fixed64(item.digest.low)
            }
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingViolation) {
        guard bytes.count <= ProtocolLimits.greetingBytesMax else { throw .lengthTooLarge }
        var reader = ByteReader(bytes)
        guard try reader.byte() == 1 else { throw .unknownVersion }
        let lowest = try reader.unsigned()
        let highest = try reader.unsigned()
        guard lowest <= highest else { throw .notAscending }
        versions = lowest...highest
        features = try reader.unsigned()
        software = try reader.text(max: ProtocolLimits.messageTextBytesMax)
        nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
        clock = try reader.unsigned()
        credit = try reader.unsigned(max: ProtocolLimits.creditBytesMax)
        switch try reader.byte() {
        case 0:
            credential = .chain(
                try CertificateChain(
                    decoding: try reader.block(max: ProtocolLimits.greetingBytesMax)))
        case 1: credential = .reference(try reader.reference())
        default: throw .unknownTag
        }
        switch try reader.byte() {
        case 0: recognized = nil
        case 1: recognized = try reader.reference()
        default: throw .unknownTag
        }
        area = try reader.homeArea()
        switch try reader.byte() {
        case 0: holdings = .frontier(try reader.frontier())
        case 1:
            let count = try reader.count(max: ProtocolLimits.messageAreasMax)
            var digests: [AreaDigest] = []
            for _ in 0..<count {
                let area = try reader.homeArea()
                if let last = digests.last, last.area >= area { throw .notAscending }
                let digest = FrontierDigest(
                    high: try reader.fixed64(), low: try reader.fixed64())
                digests.append(AreaDigest(area: area, digest: digest))
            }
            holdings = .digests(digests)
        default: throw .unknownTag
        }
        try reader.finish()
    }
}

extension ByteWriter {
    fileprivate mutating func reference(_ reference: CertificateReference) {
        fixed64(reference.high)
        fixed64(reference.low)
    }
}

extension ByteReader {
    fileprivate mutating func reference() throws(DecodingViolation) -> CertificateReference {
        CertificateReference(high: try fixed64(), low: try fixed64())
    }
}
