// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct PeerTests {
    private func peer(_ number: UInt8, nonce: UInt64 = 1) -> PeerRecord {
        let key = County.author(number).key
        return PeerRecord(
            key: key, name: "谷脚镇", area: County.township,
            replica: LogIdentity.replica(key: key, nonce: ReplicaNonce(high: 1, low: nonce)),
            software: "test", lastContact: 5, clockSkew: -3)
    }

    @Test func aMeetingIsWrittenDownWithItsCertificates() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let certificate = try #require(County.certificates[12])
            try store.met(peer(2), learning: [certificate])
            #expect(try store.peers() == [peer(2)])
            #expect(try store.certificates().all == [certificate])
            try store.left(peer(2).key, at: 9, reason: "closed")
            var left = peer(2)
            left.lastContact = 9
            left.lastReason = "closed"
            #expect(try store.peers() == [left])
        }
    }

    @Test func whatAPeerHasIsItsLastWord() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("旱"))
            let log = try node.store.logs()[0].identity.log
            let key = County.author(2).key
            try node.store.met(peer(2))
            for height in [3, 5, 4] as [UInt64] {
                try node.store.recordHeld([.init(log: log, height: height)], by: key)
                #expect(try node.store.heldByPeers() == [key: VersionVector([(log, height)])])
            }
            let unknown = LogID(replica: ReplicaID(high: 1, low: 1), domain: log.domain)
            try node.store.recordHeld([.init(log: unknown, height: 1)], by: key)
            #expect(try node.store.heldByPeers()[key]?.rows.count == 1)
        }
    }

    @Test func aPeerThatComesAsAnotherReplicaHasNothingUntilItSaysSo() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("旱"))
            let log = try node.store.logs()[0].identity.log
            for number in [2, 3] as [UInt8] {
                try node.store.met(peer(number))
                try node.store.recordHeld(
                    [.init(log: log, height: 1)], by: County.author(number).key)
            }
            try node.store.met(peer(2))
            #expect(try node.store.heldByPeers().count == 2)
            try node.store.met(peer(2, nonce: 9))
            #expect(try node.store.heldByPeers().keys.map { $0 } == [County.author(3).key])
        }
    }

    @Test func certificatesWaitUntilTheyArePublished() throws {
        try withFolder { folder in
            let store = try Store(folder.folder)
            let certificate = try #require(County.certificates[12])
            try store.add(certificate, waiting: true)
            #expect(try store.certificates().waiting == [certificate])
            try store.markPublished([certificate])
            #expect(try store.certificates().waiting.isEmpty)
            #expect(try store.certificates().all == [certificate])
        }
    }

    /// A village may show its certificate here before its office has written it down.
    @Test func aCertificateThatIsKnownAlreadyStillWaitsToBePublished() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            let certificate = try #require(County.certificates[12])
            #expect(try node.store.certificates().all.contains(certificate))
            try node.store.add(certificate, waiting: true)
            #expect(try node.store.certificates().waiting == [certificate])
            try node.author(.certificate(certificate, County.township))
            try node.store.markPublished([certificate])
            try node.store.add(certificate, waiting: true)
            try node.store.add(certificate, waiting: false)
            #expect(try node.store.certificates().waiting.isEmpty)
        }
    }
}
