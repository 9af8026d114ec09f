// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore

/// What an office has said and proves itself, whoever passes it on (Protocol/cutoffs.md, "Words").
package enum AuthorityWord: Hashable, Sendable {
    case certificate(Certificate)
    case cutOff(CutOff)
    case areaChange(AreaChange)

    private enum Tag: UInt8 {
        case certificate = 1
        case cutOff = 2
        case areaChange = 3
    }

    package var issuer: PublicKey {
        switch self {
        case .certificate(let certificate): certificate.issuer
        case .cutOff(let cutOff): cutOff.issuer
        case .areaChange(let change): change.issuer
        }
    }

    package var digest: Bytes32 {
        switch self {
        case .certificate(let certificate): certificate.digest
        case .cutOff(let cutOff): cutOff.digest
        case .areaChange(let change): change.digest
        }
    }

    /// Its own bytes, without what it is.
    package var content: [UInt8] {
        switch self {
        case .certificate(let certificate): certificate.encoded
        case .cutOff(let cutOff): cutOff.encoded
        case .areaChange(let change): change.encoded
        }
    }

    package func write(to writer: inout ByteWriter) {
        let tag: Tag =
            switch self {
            case .certificate: .certificate
            case .cutOff: .cutOff
            case .areaChange: .areaChange
            }
        writer.byte(tag.rawValue)
        writer.block(content)
    }

    package init(_ reader: inout ByteReader) throws(DecodingViolation) {
        guard let tag = Tag(rawValue: try reader.byte()) else { throw .unknownTag }
        // None is larger than a cut-off, and each knows its own limit.
        let bytes = try reader.block(max: ProtocolLimits.cutOffBytesMax)
        switch tag {
        case .certificate:
            guard bytes.count <= ProtocolLimits.certificateBytesMax else { throw .lengthTooLarge }
            self = .certificate(try Certificate(decoding: bytes))
        case .cutOff: self = .cutOff(try CutOff(decoding: bytes))
        case .areaChange: self = .areaChange(try AreaChange(decoding: bytes))
        }
    }
}

extension CertificateDirectory {
    /// Takes words in, in whatever order; what is not genuine is left out.
    package mutating func add(_ words: [AuthorityWord]) {
        var certificates: [Certificate] = []
        var cutOffs: [CutOff] = []
        var changes: [AreaChange] = []
        for word in words {
            switch word {
            case .certificate(let certificate): certificates.append(certificate)
            case .cutOff(let cutOff): cutOffs.append(cutOff)
            case .areaChange(let change): changes.append(change)
            }
        }
        add(certificates, cutOffs)
        if !changes.isEmpty { add(changes) }
    }

    package func contains(_ word: AuthorityWord) -> Bool { contains(word.digest) }

    /// Those of some words that were added which have any weight, or would have but for a cut-off: by
    /// the one something counts, by the other something ends.
    package func weighty(_ words: [AuthorityWord]) -> [AuthorityWord] {
        let hasChanges = words.contains { if case .areaChange = $0 { true } else { false } }
        // Weighed once for all of them.
        let weighty =
            hasChanges
            ? Set(allAreaChanges.filter { $0.standing != .withoutWeight }.map(\.change)) : []
        return words.filter { word in
            switch word {
            case .certificate(let certificate):
                isOrphan(certificate)
                    || certificates(of: certificate.subject).contains(certificate)
            case .cutOff(let cutOff): counts(cutOff)
            case .areaChange(let change): weighty.contains(change)
            }
        }
    }

    package func isOrphan(_ word: AuthorityWord) -> Bool {
        if case .certificate(let certificate) = word { isOrphan(certificate) } else { false }
    }

    /// The areas for which the issuer of a word speaks or spoke: who carries one of them has to know.
    package func areas(of word: AuthorityWord) -> [AreaCode] {
        certificates(of: word.issuer).map(\.area)
    }

    /// Words in the order in which each can be weighed by those before it, as far as areas tell;
    /// certificates without footing last.
    package func inOrder(_ words: [AuthorityWord]) -> [AuthorityWord] {
        func place(_ word: AuthorityWord) -> (Int, AreaLevel) {
            guard case .certificate(let certificate) = word else { return (1, .unit) }
            return (isOrphan(certificate) ? 2 : 0, certificate.area.level)
        }
        return words.map { (word: $0, place: place($0), digest: $0.digest) }
            .sorted { ($0.place.0, $0.place.1, $0.digest) < ($1.place.0, $1.place.1, $1.digest) }
            .map(\.word)
    }
}
