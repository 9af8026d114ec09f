// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct CertificateTests {
    private let village = Seal.village(1)

    @Test func aCertificateReadsBackAsItself() throws {
        let full = Certificate(
            subject: Pen(5).author.key, name: "茶香村", post: "支部书记", area: Pen.area("522730"),
            rights: [.write, .redact], validFrom: 1, validUntil: .max,
            issuedBy: Pen(6).author)
        for certificate in [Seal.root, Seal.township, village, full] {
            let read = try Certificate(decoding: certificate.encoded)
            #expect(read == certificate)
            #expect(read.digest == certificate.digest)
            #expect(read.recordID == certificate.recordID)
            #expect(read.hasValidSignature)
        }
    }

    @Test func noFlippedBitGoesUnnoticed() {
        let bytes = village.encoded
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let certificate = try? Certificate(decoding: damaged) else { continue }
            #expect(!certificate.hasValidSignature, "bit \(bit)")
        }
    }

    @Test func noCutCertificateIsRead() {
        let bytes = village.encoded
        for length in 0..<bytes.count {
            #expect(throws: DecodingViolation.self) {
                try Certificate(decoding: Array(bytes[..<length]))
            }
        }
        #expect(throws: DecodingViolation.trailingBytes) { try Certificate(decoding: bytes + [0]) }
    }

    private func claim(
        version: UInt8 = 1, name: String = "a", area: String = "522730", rights: UInt8 = 15
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(version)
        writer.raw(Bytes32.zero)
        writer.text(name)
        writer.text("")
        writer.area(Pen.area(area))
        writer.byte(rights)
        writer.raw([0, 0])
        writer.raw([UInt8](repeating: 0, count: 96))
        return writer.bytes
    }

    @Test func malformedCertificatesAreRefusedByName() throws {
        let long = String(repeating: "a", count: ProtocolLimits.certificateNameBytesMax)
        #expect(try Certificate(decoding: claim(name: long)).name == long)
        let cases: [([UInt8], DecodingViolation)] = [
            (claim(version: 3), .unknownVersion),
            (claim(name: long + "a"), .lengthTooLarge),
            (claim(area: "522730103201007"), .areaNotHome),
            (claim(rights: 16), .unknownTag),
            ([UInt8](repeating: 1, count: 1025), .lengthTooLarge),
        ]
        for (bytes, violation) in cases {
            #expect(throws: violation) { try Certificate(decoding: bytes) }
        }
    }

    @Test func chainsReadBackAsThemselves() throws {
        let chain = CertificateChain([Seal.root, Seal.township, village])
        #expect(try CertificateChain(decoding: chain.encoded) == chain)
        #expect(throws: DecodingViolation.trailingBytes) {
            try CertificateChain(decoding: chain.encoded + [0])
        }
        #expect(throws: DecodingViolation.empty) { try CertificateChain(decoding: [0]) }
        let six = CertificateChain([Certificate](repeating: village, count: 6))
        #expect(throws: DecodingViolation.lengthTooLarge) {
            try CertificateChain(decoding: six.encoded)
        }
        var writer = ByteWriter()
        writer.count(1)
        writer.count(ProtocolLimits.certificateBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) {
            try CertificateChain(decoding: writer.bytes)
        }
    }
}
