// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridSync
import Testing

@testable import GridStore

struct BundleTests {
    private let sender = SigningKey(seed: [UInt8](repeating: 11, count: 32))
    private let recipient = SigningKey(seed: [UInt8](repeating: 12, count: 32))
    private var prelude: BundlePrelude {
        BundlePrelude(recipient: Author(recipient).key, id: 0x1234_5678_9ABC_DEF0, part: 3)
    }

    private func write(_ items: [BundleItem], to path: String) throws -> UInt64 {
        let chain = try County.chain(of: 11)
        let header = BundleHeader(
            root: County.author(1).key, chain: CertificateChain(chain.certificates),
            nonce: ReplicaNonce(high: 1, low: 2), area: County.village,
            recipient: prelude.recipient, time: 5, software: "test")
        var writer = try BundleWriter(
            path, prelude: prelude, header: header, from: sender.agreementKey)
        for item in items { try writer.append(item) }
        return try writer.finish(hasMore: true)
    }

    private func read(_ path: String, as key: SigningKey? = nil) throws -> [BundleItem] {
        let key = key ?? recipient
        var reader = try BundleReader(path, own: Author(key).key, key: key.agreementKey)
        #expect(reader.prelude == prelude)
        #expect(reader.senderKey == sender.agreementKey.publicKey)
        var items: [BundleItem] = []
        while let item = try reader.next() { items.append(item) }
        return items
    }

    @Test func whatIsSealedIsReadByItsRecipientAlone() throws {
        try withFolder { folder in
            let path = folder.folder.path + "/one.bundle"
            let runs = (0..<3).map {
                BundleItem.run([UInt8](repeating: $0, count: 100_000))
            }
            let bytes = try write(runs, to: path)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(size == Int(bytes))
            #expect(try read(path) == runs + [.end(runs: 3, hasMore: true)])
            #expect(throws: BundleFailure.forAnother(key: prelude.recipient.description)) {
                try read(path, as: sender)
            }
        }
    }

    @Test func everyCutAndEveryAlteredPlaceIsNamed() throws {
        try withFolder { folder in
            let path = folder.folder.path + "/one.bundle"
            _ = try write([.run([UInt8](repeating: 7, count: 70_000))], to: path)
            let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            let altered = folder.folder.path + "/two.bundle"
            func failure(_ bytes: [UInt8]) throws -> BundleFailure? {
                try Data(bytes).write(to: URL(fileURLWithPath: altered))
                do {
                    _ = try read(altered)
                    return nil
                } catch let failure as BundleFailure {
                    return failure
                }
            }
            for count in stride(from: 0, to: whole.count, by: 991) {
                let found = try failure(Array(whole[..<count]))
                #expect(found == (count < BundlePrelude.byteCount ? .notABundle : .incomplete))
            }
            for place in stride(from: 0, to: whole.count, by: 997) {
                var bytes = whole
                bytes[place] ^= 0x10
                #expect(try failure(bytes) != nil, "byte \(place)")
            }
            #expect(try failure(whole + [0]) == .malformed(code: "trailing_bytes"))
        }
    }

    @Test func theRoadIsWhatNobodyHasAcknowledgedAndGoesOnWithoutGaps() throws {
        let log = LogID(
            replica: ReplicaID(high: 1, low: 1),
            domain: Domain(area: County.village, lane: .routine))
        func part(_ number: Int, _ first: UInt64, _ last: UInt64) -> BundlePart {
            BundlePart(
                id: 1, part: number, peer: County.author(2).key, madeAt: UInt64(number),
                entries: last - first + 1, bytes: 1, hasMore: false,
                ranges: [BundlePart.Range(log: log, first: first, last: last)])
        }
        let parts = [part(1, 1, 10), part(2, 5, 12), part(3, 20, 25)]
        func road(_ acknowledged: UInt64, _ height: UInt64) -> BundlesOnRoad {
            BundlesOnRoad(
                parts, acknowledged: VersionVector([(log, acknowledged)]),
                frontier: VersionVector([(log, height)]))
        }
        #expect(road(0, 30).entries == 18)
        #expect(road(0, 30).belief[log] == 12)
        #expect(road(11, 30).entries == 7)
        #expect(road(11, 30).parts.map(\.part) == [2, 3])
        #expect(road(25, 30).parts.isEmpty)
        #expect(road(25, 30).belief[log] == 25)
        #expect(road(0, 7).entries == 7)
    }

    @Test func anAcknowledgementTakesBundlesOffTheRoadAndOnlyCarriedOnesAreOnIt() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for title in ["一", "二", "三"] { try node.author(.note(title)) }
            let store = node.store
            let log = try store.logs()[0].identity.log
            let peer = County.author(2).key
            let part = BundlePart(
                id: .max, part: 1, peer: peer, madeAt: 7, entries: 3, bytes: 100, hasMore: true,
                ranges: [BundlePart.Range(log: log, first: 1, last: 3)])
            try store.add(part)
            #expect(try store.bundlesOnTheRoad() == [])
            #expect(try store.lastBundle(to: peer) == nil)
            #expect(try store.carried(id: .max, part: 1, at: 8) == part)
            #expect(try store.carried(id: 5, part: 1, at: 8) == nil)
            #expect(try store.bundlesOnTheRoad() == [part])
            #expect(try store.lastBundle(to: peer) == part)
            try store.recordHeld([peer: [log: 2]], now: 9)
            #expect(try store.bundlesOnTheRoad() == [part])
            try store.recordHeld([peer: [log: 3]], now: 9)
            #expect(try store.bundlesOnTheRoad() == [])
            // What it has since lost is not on the road.
            try store.recordHeld([peer: [log: 0]], now: 10)
            #expect(try store.bundlesOnTheRoad() == [])
            try store.add(
                BundlePart(
                    id: 2, part: 1, peer: peer, madeAt: 11, entries: 0, bytes: 100, hasMore: false,
                    ranges: []))
            try store.forgetUncarriedBundles()
            #expect(try store.carried(id: 2, part: 1, at: 12) == nil)
        }
    }

    @Test func aPartThatIsMadeAgainWithLessInItHasNoMoreOnTheRoad() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.author(.note("甲", County.village), .note("乙", County.neighbour))
            let store = node.store
            let ranges = try store.logs().map {
                BundlePart.Range(log: $0.identity.log, first: 1, last: $0.height)
            }.sorted { $0.log < $1.log }
            try #require(ranges.count == 2)
            func part(_ bytes: UInt64, _ ranges: [BundlePart.Range]) -> BundlePart {
                BundlePart(
                    id: 9, part: 2, peer: County.author(11).key, madeAt: bytes, entries: 1,
                    bytes: bytes, hasMore: true, ranges: ranges)
            }
            // The stick was full: a smaller file is made under the same number.
            try store.add(part(200, ranges))
            let smaller = part(100, [ranges[0]])
            try store.add(smaller)
            #expect(try store.carried(id: 9, part: 2, at: 3) == smaller)
            #expect(try store.bundlesOnTheRoad() == [smaller])
        }
    }
}
