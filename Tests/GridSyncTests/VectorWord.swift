// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import Testing

/// What an office has said, as the vectors have it: `{"certificate": …}`, `{"cut_off": …}` or
/// `{"area_change": …}`.
struct VectorWord: Decodable, Sendable {
    private enum Form: String, CodingKey {
        case certificate, cutOff, areaChange
    }

    /// A cut-off, signed here once more.
    struct CutOffFields: Decodable, Sendable {
        let subject: VectorBytes
        let reason: UInt8
        let note: String
        let issuedAt: UInt64
        let rows: [VectorRow]
        let kept: [VectorBytes]
        let signature: VectorBytes

        var cutOff: CutOff {
            get throws {
                let cutOff = CutOff(
                    subject: PublicKey(try subject.bytes32),
                    reason: try #require(CutOff.Reason(rawValue: reason)), note: note,
                    issuedAt: issuedAt, rows: try rows.map { try $0.cutOffRow },
                    kept: try kept.map { try $0.reference },
                    // The township's key, as Protocol/reader/vectors/logs.py has it.
                    issuedBy: Author(SigningKey(seed: [UInt8](repeating: 0x11, count: 32))))
                #expect(cutOff.signature == signature.bytes)
                return cutOff
            }
        }
    }

    private struct CertificateFields: Decodable {
        let version: UInt8
        let subject: VectorBytes
        let name: String
        let post: String
        let holder: String?
        let area: String
        let rights: UInt8
        let validFrom: UInt64
        let validUntil: UInt64
        let issuer: VectorBytes
        let signature: VectorBytes

        /// The certificate, put together by its parts as the paper has them.
        var certificate: Certificate {
            get throws {
                var writer = ByteWriter()
                writer.byte(version)
                writer.raw(subject.bytes)
                writer.text(name)
                writer.text(post)
                if version == 2 { writer.text(holder ?? "") }
                writer.area(try AreaCode(parsing: area))
                writer.byte(rights)
                writer.unsigned(validFrom)
                writer.unsigned(validUntil)
                writer.raw(issuer.bytes)
                writer.raw(signature.bytes)
                return try Certificate(decoding: writer.bytes)
            }
        }
    }

    private struct AreaChangeFields: Decodable {
        let version: UInt8
        let kind: UInt8
        let from: String
        let to: String
        let day: UInt64
        let order: UInt64
        let note: String
        let issuedAt: UInt64
        let issuer: VectorBytes
        let signature: VectorBytes

        var change: AreaChange {
            get throws {
                var writer = ByteWriter()
                writer.byte(version)
                writer.byte(kind)
                writer.area(try AreaCode(parsing: from))
                writer.area(try AreaCode(parsing: to))
                writer.unsigned(day)
                writer.unsigned(order)
                writer.text(note)
                writer.unsigned(issuedAt)
                writer.raw(issuer.bytes)
                writer.raw(signature.bytes)
                return try AreaChange(decoding: writer.bytes)
            }
        }
    }

    let word: AuthorityWord

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Form.self)
        let form = try #require(object.allKeys.first)
        switch form {
        case .certificate:
            word = .certificate(
                try object.decode(CertificateFields.self, forKey: form).certificate)
        case .cutOff: word = .cutOff(try object.decode(CutOffFields.self, forKey: form).cutOff)
        case .areaChange:
            word = .areaChange(try object.decode(AreaChangeFields.self, forKey: form).change)
        }
    }
}
