// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import Testing

struct LogIdentityTests {
    private let nonce = ReplicaNonce(high: 1, low: 2)
    private let domain = Pen(1).log.domain

    @Test func anotherKeyNeverGivesTheSameReplica() {
        let keys = (0...UInt8.max).map { Pen($0).author.key }
        let replicas = Set(keys.map { LogIdentity.replica(key: $0, nonce: nonce) })
        #expect(replicas.count == 256)
    }

    @Test func anotherNonceNeverGivesTheSameReplica() {
        let key = Pen(1).author.key
        let replicas = (0..<200).map { number in
            LogIdentity.replica(
                key: key, nonce: ReplicaNonce(high: UInt64(number % 20), low: UInt64(number / 20)))
        }
        #expect(Set(replicas).count == 200)
    }

    @Test func everyPartOfTheIdentityEntersItsDigest() {
        let key = Pen(1).author.key
        let urgent = Domain(area: domain.area, lane: .urgent)
        let county = Domain(area: Pen.area("522730"), lane: domain.lane)
        let identities = [
            LogIdentity(key: key, nonce: nonce, domain: domain),
            LogIdentity(key: Pen(2).author.key, nonce: nonce, domain: domain),
            LogIdentity(key: key, nonce: ReplicaNonce(high: 2, low: 1), domain: domain),
            LogIdentity(key: key, nonce: nonce, domain: urgent),
            LogIdentity(key: key, nonce: nonce, domain: county),
        ]
        #expect(Set(identities.map(\.digest)).count == identities.count)
        #expect(Set(identities.map(\.log)).count == identities.count)
    }

    @Test func oneReplicaWritesInAllItsDomains() {
        let key = Pen(1).author.key
        let urgent = Domain(area: domain.area, lane: .urgent)
        let first = LogIdentity(key: key, nonce: nonce, domain: domain)
        let second = LogIdentity(key: key, nonce: nonce, domain: urgent)
        #expect(first.log.replica == second.log.replica)
    }

    @Test func recordsAreNamedByTheirBirthOrTheirKey() {
        let dot = Dot(log: Pen(1).log, sequence: 1)
        let born = [
            RecordNaming.id(createdAt: dot, index: 0), RecordNaming.id(createdAt: dot, index: 1),
            RecordNaming.id(createdAt: Dot(log: dot.log, sequence: 2), index: 0),
            RecordNaming.id(createdAt: Dot(log: Pen(2).log, sequence: 1), index: 0),
        ]
        #expect(Set(born).count == born.count)
        #expect(RecordNaming.id(of: .created(dot: dot, index: 1)) == born[1])
        let area = domain.area
        let named = [
            RecordNaming.id(collection: 1, area: area, key: [.text("a")]),
            RecordNaming.id(collection: 2, area: area, key: [.text("a")]),
            RecordNaming.id(collection: 1, area: Pen.area("522730"), key: [.text("a")]),
            RecordNaming.id(collection: 1, area: area, key: [.text("b")]),
            RecordNaming.id(collection: 1, area: area, key: [.text("a"), .text("")]),
        ]
        #expect(Set(named).count == named.count)
        #expect(RecordNaming.id(of: .named(named[0])) == named[0])
    }
}
