// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GridCrypto

struct FolderKeyTests {
    private static let purpose = Personalization("onegrid/record/1")
    private static let place = Array("place".utf8)
    private let key = FolderKey([UInt8](0..<32))
    private let owner = SigningKey(seed: [UInt8](repeating: 7, count: 32))

    /// Protocol/at-rest.md, "Examples", which another program has reckoned.
    @Test func theBytesAreThoseOfThePaper() {
        let nonce = [UInt8](0..<24)
        #expect(
            key.wrapped(for: owner, nonce: nonce)
                == bytes(
                    "000102030405060708090a0b0c0d0e0f10111213141516177b0bcdbb13a0afff5c783953"
                        + "fd69d4b4be7c94604e49760ab31df96f265762f1d529022abab2bca876764bf510848b24"
                ))
        let place = bytes("140caac391a99b0f02000000010000000500")
        #expect(
            key.seal(Array("张三".utf8), as: Self.purpose, at: place)
                == bytes(
                    "11ad47c749a66f661846c12dab416ddd9c9cbf8b38526757"
                        + "8309e92a8d37fe0a0ee884ecfaf774987dee5d2f93fd"))
        #expect(
            key.mark(of: Array("522730194912310027".utf8), as: Personalization("onegrid/find/1"))
                == bytes("73938baa9ab34994d5936d803cd4e526"))
    }

    @Test func whatIsSealedOpensInItsPlaceAlone() {
        for count in [0, 1, 63, 64, 65, 4_096] {
            let plain = Random.bytes(count)
            let sealed = key.seal(plain, as: Self.purpose, at: Self.place)
            #expect(sealed.count == count + FolderKey.addedBytes)
            #expect(key.open(sealed, as: Self.purpose, at: Self.place) == plain)
            #expect(key.open(sealed, as: Self.purpose, at: Array("other".utf8)) == nil)
            let other = Personalization("onegrid/run/1")
            #expect(key.open(sealed, as: other, at: Self.place) == nil)
            #expect(FolderKey.generate().open(sealed, as: Self.purpose, at: Self.place) == nil)
        }
    }

    @Test func everyFlippedBitAndEveryCutIsNoticed() {
        let sealed = key.seal(Array("522730194912310027".utf8), as: Self.purpose, at: Self.place)
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(key.open(altered, as: Self.purpose, at: Self.place) == nil)
        }
        for count in 0..<sealed.count {
            #expect(key.open(Array(sealed[..<count]), as: Self.purpose, at: Self.place) == nil)
        }
    }

    @Test func onePieceInOnePlaceHasOneForm() {
        let piece = Array("甲".utf8)
        let sealed = key.seal(piece, as: Self.purpose, at: Self.place)
        #expect(sealed == key.seal(piece, as: Self.purpose, at: Self.place))
        #expect(sealed != key.seal(piece, as: Self.purpose, at: Array("other".utf8)))
        let other = key.seal(Array("乙".utf8), as: Self.purpose, at: Self.place)
        #expect(sealed.prefix(24) != other.prefix(24))
    }

    @Test func aWrappedKeyOpensForItsOwnerAlone() throws {
        let wrapped = key.wrapped(for: owner)
        #expect(wrapped.count == FolderKey.wrappedBytes)
        let opened = try #require(FolderKey(wrapped: wrapped, openedBy: owner))
        let mark = Self.purpose
        #expect(opened.mark(of: [1], as: mark) == key.mark(of: [1], as: mark))
        #expect(FolderKey(wrapped: wrapped, openedBy: .generate()) == nil)
        for bit in 0..<wrapped.count * 8 {
            var altered = wrapped
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(FolderKey(wrapped: altered, openedBy: owner) == nil)
        }
        #expect(FolderKey(wrapped: [], openedBy: owner) == nil)
    }

    @Test func marksAreOfTheKeyAndThePurpose() {
        let value = Array("522730194912310027".utf8)
        let mark = key.mark(of: value, as: Self.purpose)
        #expect(mark.count == 16)
        #expect(mark != FolderKey.generate().mark(of: value, as: Self.purpose))
        #expect(mark != key.mark(of: value, as: Personalization("onegrid/find/1")))
    }
}
