// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore
import Testing

struct InvitationTests {
    private let issuer = Author(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
    private let joiner = Author(SigningKey(seed: [UInt8](repeating: 2, count: 32)))
    private let now: UInt64 = 1_800_000_000_000

    private func office(_ rights: Rights = .all) throws -> Certificate {
        Certificate(
            subject: issuer.key, name: "谷脚镇", area: try AreaCode(parsing: "522730103"),
            rights: rights, validFrom: 1, issuedBy: issuer)
    }

    private func make(
        _ area: String = "522730103210", name: String = "茶香村", seconds: UInt64 = 3_600,
        addresses: Int = 1, rights: Rights = .all
    ) throws -> Invitation {
        let address = try #require(InvitationCode.Address(host: "10.8.0.1", port: 7440))
        return try InvitationDraft(
            name: name, area: try AreaCode(parsing: area),
            addresses: [InvitationCode.Address](repeating: address, count: addresses),
            seconds: seconds
        ).invitation(
            by: try office(rights), root: issuer.key, called: issuer.key,
            dice: Random.bytes(20), now: now
        ).invitation
    }

    private func withStore(_ body: (Store) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "onegrid-invite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(try Store(NodeFolder(folder.path)))
    }

    private func guest(_ key: PublicKey) -> Invitation.Guest {
        Invitation.Guest(
            key: key, name: "", software: "test", remote: "10.8.0.9", askedAt: now + 1)
    }

    private func chain(_ area: String = "522730103210", for key: PublicKey) throws -> VerifiedChain
    {
        let leaf = Certificate(
            subject: key, name: "茶香村", area: try AreaCode(parsing: area),
            rights: [.write, .read], validFrom: 1, issuedBy: issuer)
        return try VerifiedChain.verify(
            CertificateChain([try office(), leaf]), root: issuer.key)
    }

    @Test func anInvitationIsKeptWithoutItsSecret() throws {
        try withStore { store in
            let address = try #require(InvitationCode.Address(host: "a", port: 1))
            let (code, invitation) = try InvitationDraft(
                name: "茶香村", area: try AreaCode(parsing: "522730103210"),
                addresses: [address], seconds: 60
            ).invitation(
                by: try office(), root: issuer.key, called: joiner.key, dice: Random.bytes(20),
                now: now)
            try store.add(invitation)
            #expect(try store.invitations() == [invitation])
            #expect(invitation.secret == InvitationCode.digest(ofSecret: code.secret))
            let files = try FileManager.default.contentsOfDirectory(atPath: store.folder.path)
            for file in files {
                let bytes = FileManager.default.contents(atPath: store.folder.path + "/" + file)
                #expect(bytes?.range(of: Data(code.secret)) == nil, "\(file)")
            }
        }
    }

    @Test func whatCannotBeInvitedIsRefused() throws {
        #expect(throws: InvitationRefusal.mayNotCertify) { try make(rights: [.write, .read]) }
        #expect(throws: InvitationRefusal.self) { try make("522731101201") }
        #expect(throws: InvitationRefusal.self) { try make("522730103210001") }
        #expect(throws: InvitationRefusal.badName) { try make(name: "") }
        #expect(throws: InvitationRefusal.badName) { try make(name: "a\u{0}") }
        #expect(throws: InvitationRefusal.badAddresses) { try make(addresses: 0) }
        #expect(throws: InvitationRefusal.badAddresses) { try make(addresses: 4) }
        #expect(throws: InvitationRefusal.badLifetime) { try make(seconds: 59) }
        #expect(throws: InvitationRefusal.badLifetime) { try make(seconds: 7_776_001) }
    }

    @Test func theFirstKeyHasTheCodeForEver() throws {
        try withStore { store in
            let invitation = try make()
            try store.add(invitation)
            try store.claim(invitation.id, by: guest(joiner.key))
            try store.claim(invitation.id, by: guest(issuer.key))
            let kept = try #require(try store.invitations().first)
            #expect(kept.state == .waiting)
            #expect(kept.guest == guest(joiner.key))
        }
    }

    @Test func anApprovalKeepsTheCertificateForLaneZeroAndForTheGuest() throws {
        try withStore { store in
            let invitation = try make()
            try store.add(invitation)
            try store.claim(invitation.id, by: guest(joiner.key))
            #expect(throws: InvitationRefusal.otherCertificate) {
                try store.approve(invitation.id, chain: chain(for: issuer.key), now: now)
            }
            #expect(throws: InvitationRefusal.otherCertificate) {
                try store.approve(
                    invitation.id, chain: chain("522730103211", for: joiner.key), now: now)
            }
            #expect(try store.certificates().waiting.isEmpty)
            let granted = try chain(for: joiner.key)
            let kept = try store.approve(invitation.id, chain: granted, now: now)
            #expect(kept.state == .approved)
            #expect(try store.invitations() == [kept])
            #expect(kept.chain?.certificates == granted.certificates)
            #expect(try store.certificates().waiting == [granted.leaf])
            #expect(throws: InvitationRefusal.wrongState(invitation.id, .approved)) {
                try store.withdraw(invitation.id, now: now)
            }
        }
    }

    @Test func onlyWhoWaitsIsDecidedOn() throws {
        try withStore { store in
            let invitation = try make()
            try store.add(invitation)
            #expect(throws: InvitationRefusal.wrongState(invitation.id, .open)) {
                try store.approve(invitation.id, chain: chain(for: joiner.key), now: now)
            }
            #expect(throws: InvitationRefusal.wrongState(invitation.id, .open)) {
                try store.reject(invitation.id, reason: "", now: now)
            }
            #expect(throws: InvitationRefusal.unknown("none")) {
                try store.withdraw("none", now: now)
            }
            try store.claim(invitation.id, by: guest(joiner.key))
            #expect(try store.reject(invitation.id, reason: "不认识", now: now).reason == "不认识")
        }
    }

    @Test func whatIsThereAlreadyIsRefusedAndTheStoreGoesOn() throws {
        try withStore { store in
            let invitation = try make()
            try store.add(invitation)
            #expect(throws: InvitationRefusal.idTaken) { try store.add(invitation) }
            try store.add(try make())
            #expect(try store.invitations().count == 2)
        }
    }

    @Test func noMoreThanSoManyAreOpen() throws {
        try withStore { store in
            for _ in 0..<256 { try store.add(try make()) }
            #expect(throws: InvitationRefusal.tooMany) { try store.add(try make()) }
            let some = try #require(try store.invitations().first)
            _ = try store.withdraw(some.id, now: now)
            try store.add(try make())
        }
    }

    @Test func everyRefusalSaysWhatItIsInBothLanguages() throws {
        let area = try AreaCode(parsing: "522730")
        let refusals: [InvitationRefusal] = [
            .mayNotCertify, .outsideArea(area, area), .badName, .badAddresses, .badLifetime,
            .tooMany, .idTaken, .unknown("x"), .wrongState("x", .withdrawn), .otherCertificate,
        ]
        #expect(Set(refusals.map(\.code)).count == refusals.count)
        for refusal in refusals {
            #expect(refusal.chinese.contains { !$0.isASCII })
            #expect(!refusal.english.isEmpty)
        }
    }

    @Test func theCodeOfAJoinUnderWayIsRememberedUntilItIsDone() throws {
        try withStore { store in
            #expect(try store.joiningCode() == nil)
            try store.setJoiningCode([1, 2])
            #expect(try store.joiningCode() == [1, 2])
            try store.setJoiningCode(nil)
            #expect(try store.joiningCode() == nil)
        }
    }
}
