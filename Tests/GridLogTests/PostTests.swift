// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import Testing

/// Posts, their holders, and keys that take each other's place.
struct PostTests {
    private func author(_ number: UInt8) -> Author { Pen(number).author }

    private func village(
        _ subject: UInt8, holder: String = "", from: UInt64 = 10, until: UInt64 = 0
    ) -> Certificate {
        Certificate(
            subject: author(subject).key, name: "茶香村", post: "村文书", holder: holder,
            area: Pen.area("522730103210"), rights: [.write, .read], validFrom: from,
            validUntil: until, issuedBy: author(2))
    }

    private func directory(
        _ certificates: [Certificate], _ cutOffs: [CutOff] = []
    ) -> CertificateDirectory {
        var directory = CertificateDirectory(root: Seal.rootKey)
        directory.add([Seal.root, Seal.township] + certificates, cutOffs)
        return directory
    }

    private func ended(_ subject: UInt8) -> CutOff {
        CutOff(
            subject: author(subject).key, reason: .replaced, issuedAt: 50, rows: [],
            issuedBy: author(2))
    }

    @Test func aCertificateWithAHolderIsReadAsItWasWrittenAndHasOneForm() throws {
        let certificate = village(10, holder: "张三")
        #expect(certificate.encoded.first == 2)
        #expect(try Certificate(decoding: certificate.encoded) == certificate)
        #expect(certificate.hasValidSignature)
        #expect(village(10).encoded.first == 1)
        // Version 2 without a holder would be a second form of version 1.
        var bytes = village(10).encoded
        bytes[0] = 2
        bytes.insert(0, at: 33 + 1 + "茶香村".utf8.count + 1 + "村文书".utf8.count)
        #expect(throws: DecodingViolation.empty) { try Certificate(decoding: bytes) }
    }

    @Test func aPostStaysWhenItsKeyAndItsHolderChange() {
        let former = village(10, holder: "张三")
        let present = village(11, holder: "李四", from: 50)
        let known = directory([former, present], [ended(10)])
        let held = known.holdings.filter { $0.post == Post(of: former) }
        #expect(held.map(\.certificate) == [former, present])
        #expect(known.holding(of: author(10).key)?.isLive == false)
        #expect(known.holding(of: author(11).key)?.isLive == true)
        #expect(known.isEarlierKey(author(10).key))
        #expect(!known.isEarlierKey(author(11).key))
    }

    @Test func aKeyThatNobodyFollowedIsNoEarlierKey() {
        #expect(!directory([village(10)], [ended(10)]).isEarlierKey(author(10).key))
        #expect(!directory([village(10), village(11)]).isEarlierKey(author(10).key))
    }

    @Test func postsAreTheSameInWhateverOrderTheyBecameKnown() {
        let certificates = [
            village(10, holder: "张三"), village(11, holder: "李四", from: 50),
            village(11, holder: "李四", from: 60, until: 90),
        ]
        let expected = directory(certificates, [ended(10)]).holdings
        #expect(expected.count == 3)
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for cutOffFirst in [true, false] {
                var known = CertificateDirectory(root: Seal.rootKey)
                if cutOffFirst { known.add(ended(10)) }
                for index in order { try? known.add(certificates[index]) }
                if !cutOffFirst { known.add(ended(10)) }
                for certificate in [Seal.township, Seal.root] { try? known.add(certificate) }
                #expect(known.holdings == expected)
            }
        }
    }

    @Test func aRenewedCertificateIsTheOneAKeyGoesBy() {
        let first = village(10, from: 10, until: 100)
        let renewed = village(10, from: 90, until: 200)
        let known = directory([renewed, first])
        #expect(known.currentChain(of: author(10).key)?.leaf == renewed)
        #expect(known.holding(of: author(10).key)?.since == 10)
    }

    @Test func anExpiredCertificateWritesAsBeforeAndIsFlagged() {
        let known = directory([village(10, from: 10, until: 100)])
        let area = Pen.area("522730103210")
        let key = author(10).key
        let domain = Domain(area: area, lane: .routine)
        #expect(known.level(of: key, in: domain) == .village)
        #expect(!known.isExpired(key, in: area, at: 100))
        #expect(known.isExpired(key, in: area, at: 101))
        // Before it was made the clocks differ.
        #expect(!known.isExpired(key, in: area, at: 9))
        let renewed = directory([village(10, until: 100), village(10, from: 150)])
        #expect(renewed.isExpired(key, in: area, at: 120))
        #expect(!renewed.isExpired(key, in: area, at: 160))
    }

    @Test func aRotationRequestNeedsBothKeys() throws {
        let request = RotationRequest(from: author(10), to: author(11), software: "gridctl")
        let bytes = request.encoded
        #expect(try RotationRequest(decoding: bytes) == request)
        #expect(request.isGenuine)
        for place in [1, 33, bytes.count - 100, bytes.count - 1] {
            var forged = bytes
            forged[place] ^= 1
            let read = try? RotationRequest(decoding: forged)
            #expect(read?.isGenuine != true, "byte \(place)")
        }
        for count in bytes.indices {
            #expect(throws: DecodingViolation.self) {
                try RotationRequest(decoding: Array(bytes.prefix(count)))
            }
        }
        #expect(throws: DecodingViolation.unknownVersion) {
            try RotationRequest(decoding: [1] + bytes.dropFirst())
        }
        #expect(throws: DecodingViolation.trailingBytes) {
            try RotationRequest(decoding: bytes + [0])
        }
        #expect(throws: DecodingViolation.lengthTooLarge) {
            try RotationRequest(decoding: [UInt8](repeating: 2, count: 1_025))
        }
        let same: [UInt8] = Array(bytes[..<33]) + Array(bytes[1..<33]) + Array(bytes[65...])
        #expect(throws: DecodingViolation.contradiction) { try RotationRequest(decoding: same) }
    }

    @Test func aSuccessionIsTheReplacedKeysWord() throws {
        let log = LogID(
            replica: LogIdentity.replica(key: author(10).key, nonce: ReplicaNonce(high: 1, low: 2)),
            domain: Domain(area: Pen.area("522730103210"), lane: .routine))
        let succession = Succession(
            of: author(10), by: author(11).key,
            rows: [CutOff.Row(log: log, height: 3, head: Seal.root.digest)])
        let bytes = succession.encoded
        #expect(try Succession(decoding: bytes) == succession)
        #expect(succession.hasValidSignature)
        for place in [1, 33, bytes.count - 70, bytes.count - 1] {
            var forged = bytes
            forged[place] ^= 1
            let read = try? Succession(decoding: forged)
            #expect(read?.hasValidSignature != true, "byte \(place)")
        }
        for count in bytes.indices {
            #expect(throws: DecodingViolation.self) {
                try Succession(decoding: Array(bytes.prefix(count)))
            }
        }
        let same: [UInt8] = Array(bytes[..<33]) + Array(bytes[1..<33]) + Array(bytes[65...])
        #expect(throws: DecodingViolation.contradiction) { try Succession(decoding: same) }
    }
}
