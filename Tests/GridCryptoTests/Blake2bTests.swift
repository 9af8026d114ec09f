// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import Testing

struct Blake2bTests {
    @Test func theDigestIsTheOneOfTheRFC() {
        // RFC 7693, appendix A.
        #expect(
            Blake2b.hash(Array("abc".utf8), length: 64, personal: .none)
                == bytes(
                    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"))
    }

    @Test func keySaltAndPersonalizationEnterTheDigest() {
        let personal = Personalization("onegrid/selftest")
        let (key, salt) = ([UInt8](0..<32), [UInt8](0..<16))
        let input = Array("onegrid self-test".utf8)
        let digest = Blake2b.hash(input, key: key, salt: salt, personal: personal)
        // From Python's hashlib.
        let expected = bytes("79486ef9721009eb2996359a4a42fc0adc6ca1b138281f7782a59a4f53c7c8d3")
        #expect(digest == expected)
        var output = [UInt8](repeating: 0, count: 32)
        output.withUnsafeMutableBytes { output in
            input.withUnsafeBytes { input in
                key.withUnsafeBytes { key in
                    salt.withUnsafeBytes { salt in
                        Blake2b.hash(input, into: output, key: key, salt: salt, personal: personal)
                    }
                }
            }
        }
        #expect(output == expected)
        #expect(Blake2b.hash(input, personal: personal) != Blake2b.hash(input, personal: .none))
    }

    @Test func piecesHashAsTheWhole() {
        let input = Random.bytes(1000)
        let personal = Personalization("test")
        var stream = Blake2bStream(length: 16, personal: personal)
        stream.update(Array(input[..<3]))
        stream.update([])
        stream.update(Array(input[3..<700]))
        stream.update(Array(input[700...]))
        #expect(stream.finish() == Blake2b.hash(input, length: 16, personal: personal))
    }

    @Test func personalizationIsPaddedWithZeros() {
        #expect(Personalization("a") == Personalization("a\0\0"))
        #expect(Personalization("a") != Personalization("b"))
        #expect(Personalization("") == .none)
    }

    @Test func randomBytesDifferAndComparisonSeesIt() {
        let (left, right) = (Random.bytes(32), Random.bytes(32))
        #expect(!ConstantTime.equal(left, right))
        #expect(ConstantTime.equal(left, left))
        #expect(!ConstantTime.equal(left, left + [0]))
        #expect(ConstantTime.equal([], []))
        #expect(Random.bytes(0).isEmpty)
    }
}
