// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import Testing

struct SealedStreamTests {
    private static let pieces: [[UInt8]] = [
        [UInt8](repeating: 7, count: SealedStream.pieceBytes), [1, 2, 3],
    ]

    private func key(_ passphrase: String = "谷脚", salt: UInt8 = 1) throws -> SealingKey {
        try #require(
            SealingKey(
                passphrase: Array(passphrase.utf8),
                salt: [UInt8](repeating: salt, count: PassphraseKey.saltLength), cost: .least))
    }

    private func sealed(_ key: SealingKey) -> (header: [UInt8], pieces: [[UInt8]]) {
        var sealer = StreamSealer(key: key)
        let first = sealer.seal(Self.pieces[0], isLast: false, context: [9])
        return (sealer.header, [first, sealer.seal(Self.pieces[1], isLast: true)])
    }

    /// What is opened of pieces, as far as that goes.
    private func opened(
        _ pieces: [[UInt8]], _ header: [UInt8], by key: SealingKey, context: [UInt8] = [9]
    ) -> [[UInt8]] {
        guard var opener = StreamOpener(key: key, header: header) else { return [] }
        var opened: [[UInt8]] = []
        for (index, sealed) in pieces.enumerated() {
            let context = index == 0 ? context : []
            guard let (piece, isLast) = opener.open(sealed, context: context) else { break }
            #expect(isLast == (piece == Self.pieces[1]))
            opened.append(piece)
        }
        return opened
    }

    @Test func whatIsSealedIsOpenedWithTheSamePassphraseAndEndsWhereItEnded() throws {
        let (header, pieces) = sealed(try key())
        #expect(opened(pieces, header, by: try key()) == Self.pieces)
    }

    @Test func anotherPassphraseSaltOrContextOpensNothing() throws {
        let (header, pieces) = sealed(try key())
        for other in [try key("谷"), try key(salt: 2)] {
            #expect(opened(pieces, header, by: other).isEmpty)
        }
        #expect(opened(pieces, header, by: try key(), context: [8]).isEmpty)
    }

    @Test func aPieceThatWasAlteredLeftOutOrMovedIsNoticed() throws {
        let (header, pieces) = sealed(try key())
        var altered = pieces[0]
        altered[100] ^= 1
        let others: [[[UInt8]]] = [
            [altered], [pieces[1]], [[1, 2, 3]], [[UInt8](repeating: 0, count: 100_000)],
        ]
        for other in others { #expect(opened(other, header, by: try key()).isEmpty) }
        #expect(opened([pieces[0], pieces[0]], header, by: try key()).count == 1)
        #expect(opened(pieces, [1], by: try key()).isEmpty)
    }

    @Test func onlyTheRecipientMakesTheKeyAgain() throws {
        let owner = SigningKey.generate()
        let (key, token) = try #require(SealingKey.make(for: owner.publicKey))
        let (header, pieces) = sealed(key)
        let again = try #require(SealingKey(openedBy: owner, token: token))
        #expect(opened(pieces, header, by: again) == Self.pieces)
        let stranger = try #require(SealingKey(openedBy: .generate(), token: token))
        #expect(opened(pieces, header, by: stranger).isEmpty)
        #expect(SealingKey.make(for: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(SealingKey(openedBy: owner, token: [UInt8](repeating: 0, count: 32)) == nil)
    }

    @Test(arguments: [(0, 1_024), (21, 1_024), (1, 7), (1, 1_048_577)] as [(UInt32, UInt32)])
    func aCostThatNoHonestFileHasIsNone(cost: (passes: UInt32, kibibytes: UInt32)) {
        #expect(PassphraseKey.Cost(passes: cost.passes, memoryKibibytes: cost.kibibytes) == nil)
    }
}
