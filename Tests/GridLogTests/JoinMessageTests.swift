// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import Testing

struct JoinMessageTests {
    private let issuer = Author(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
    private let joiner = Author(SigningKey(seed: [UInt8](repeating: 2, count: 32)))
    private let secret = [UInt8](repeating: 9, count: 16)

    private func violation(_ read: () throws -> Void) -> DecodingViolation? {
        do {
            try read()
            return nil
        } catch {
            return error as? DecodingViolation
        }
    }

    private func root(_ area: String = "522730") throws -> Certificate {
        Certificate(
            subject: issuer.key, name: "龙里县", area: try AreaCode(parsing: area), rights: .all,
            validFrom: 1, issuedBy: issuer)
    }

    private func leaf(_ area: String = "522730103210", for key: PublicKey? = nil) throws
        -> Certificate
    {
        Certificate(
            subject: key ?? joiner.key, name: "茶香村", area: try AreaCode(parsing: area),
            rights: [.write, .read], validFrom: 1, issuedBy: issuer)
    }

    @Test func aRequestIsReadAsItWasWrittenAndNothingElse() throws {
        let request = JoinRequest(
            key: joiner.key, secret: secret, name: "茶香村", software: "gridctl 0.1.0")
        let bytes = request.encoded
        #expect(try JoinRequest(decoding: bytes) == request)
        for count in bytes.indices {
            #expect(
                violation { _ = try JoinRequest(decoding: Array(bytes.prefix(count))) }
                    == .truncated)
        }
        #expect(violation { _ = try JoinRequest(decoding: bytes + [0]) } == .trailingBytes)
        #expect(
            violation { _ = try JoinRequest(decoding: [2] + bytes.dropFirst()) }
                == .unknownVersion)
        #expect(
            violation { _ = try JoinRequest(decoding: [UInt8](repeating: 1, count: 1_025)) }
                == .lengthTooLarge)
        var long = bytes
        long[49] = 121
        #expect(violation { _ = try JoinRequest(decoding: long) } == .lengthTooLarge)
    }

    @Test func answersAreReadAsTheyWereWritten() throws {
        let area = try AreaCode(parsing: "522730103210")
        for answer in [
            JoinAnswer.notTaken, .waiting(name: "茶香村", area: area, office: "龙里县"),
            .rejected(reason: "不认识"), .rejected(reason: ""),
            .approved(CertificateChain([try root(), try leaf()]), office: "龙里县"),
        ] {
            #expect(try JoinAnswer(decoding: answer.encoded) == answer)
            #expect(
                violation { _ = try JoinAnswer(decoding: answer.encoded + [0]) } == .trailingBytes)
        }
        #expect(violation { _ = try JoinAnswer(decoding: [1, 4]) } == .unknownTag)
        #expect(violation { _ = try JoinAnswer(decoding: [2, 0]) } == .unknownVersion)
        #expect(
            violation { _ = try JoinAnswer(decoding: [UInt8](repeating: 1, count: 8_193)) }
                == .lengthTooLarge)
        // A name, and an area finer than a village.
        #expect(violation { _ = try JoinAnswer(decoding: [1, 1, 0, 15, 1, 0]) } == .areaNotValid)
    }

    @Test func aGrantThatHoldsIsTaken() throws {
        let chain = CertificateChain([try root(), try leaf()])
        let verified = try GrantCheck.verify(
            chain, root: issuer.key, key: joiner.key, belongsTo: nil,
            toldArea: try AreaCode(parsing: "522730103210"))
        #expect(verified.leaf.name == "茶香村")
    }

    @Test func aGrantOfAnotherRootKeyOrAreaIsRefused() throws {
        let chain = CertificateChain([try root(), try leaf()])
        let area = try AreaCode(parsing: "522730103211")
        #expect(throws: GrantRefusal.chain(.foreignRoot)) {
            try GrantCheck.verify(chain, root: joiner.key, key: joiner.key, belongsTo: nil)
        }
        #expect(throws: GrantRefusal.foreignKey(name: "茶香村")) {
            try GrantCheck.verify(chain, root: issuer.key, key: issuer.key, belongsTo: nil)
        }
        #expect(throws: GrantRefusal.otherRoot) {
            try GrantCheck.verify(
                chain, root: issuer.key, key: joiner.key, belongsTo: joiner.key)
        }
        #expect(throws: GrantRefusal.otherArea(try leaf().area)) {
            try GrantCheck.verify(
                chain, root: issuer.key, key: joiner.key, belongsTo: nil, toldArea: area)
        }
    }

    /// The office certifies for more than its own area.
    @Test func aWidenedAreaIsRefused() throws {
        let chain = CertificateChain([try root("522730103"), try leaf("522730")])
        #expect(throws: GrantRefusal.chain(.areaWidened)) {
            try GrantCheck.verify(chain, root: issuer.key, key: joiner.key, belongsTo: nil)
        }
    }
}

struct CheckWordsTests {
    private func key(_ byte: UInt8) -> PublicKey {
        PublicKey(Bytes32 { $0.initializeMemory(as: UInt8.self, repeating: byte) })
    }

    private func words(_ root: UInt8, _ called: UInt8, _ joining: UInt8, _ secret: UInt8) -> String?
    {
        CheckWords(
            root: key(root), called: key(called), joining: key(joining),
            secret: key(secret).bytes)?.chinese
    }

    @Test func bothSidesSeeTheSameFourWords() throws {
        let said = try #require(words(1, 2, 3, 4))
        #expect(said.split(separator: " ").count == 4)
        #expect(words(1, 2, 3, 4) == said)
    }

    /// A man in the middle has another key on each side, or has made a code of his own.
    @Test func anyOtherKeyOrSecretGivesOtherWords() throws {
        let honest = words(1, 2, 3, 4)
        let others = [words(9, 2, 3, 4), words(1, 9, 3, 4), words(1, 2, 9, 4), words(1, 2, 3, 9)]
        #expect(Set(others + [honest]).count == 5)
    }

    @Test func noTwoOfThe1024PairsAreAlike() {
        let pairs = (0..<1_024).map { CheckWords.pair($0) }
        #expect(Set(pairs.map(\.chinese)).count == 1_024)
        #expect(Set(pairs.map(\.pinyin)).count == 1_024)
        #expect(Set(pairs.map(\.english)).count == 1_024)
        #expect(pairs.allSatisfy { $0.chinese.count == 2 })
    }

    @Test func wordsMayBeTypedInChineseOrPinyin() throws {
        let words = try #require(
            CheckWords(root: key(1), called: key(2), joining: key(3), secret: key(4).bytes))
        let plain = words.pinyin.folding()
        for said in [
            words.chinese, words.chinese.replacing(" ", with: "、"), words.pinyin, plain,
            plain.uppercased(),
        ] {
            #expect(words.isSaid(by: said), "\(said)")
        }
        let reversed = words.pairs.reversed().map(\.chinese).joined(separator: " ")
        for said in [
            "", " ", "红牛", reversed, words.chinese + "牛", String(words.chinese.dropLast()),
        ] {
            #expect(!words.isSaid(by: said), "\(said)")
        }
    }
}

extension String {
    /// Without tones, as it is typed.
    fileprivate func folding() -> String {
        let tones = ["āáǎà": "a", "ēéěè": "e", "īíǐì": "i", "ōóǒò": "o", "ūúǔù": "u", "ǜ": "v"]
        return String(
            map { letter in
                tones.first { $0.key.contains(letter) }?.value.first ?? letter
            })
    }
}
