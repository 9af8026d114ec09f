// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// An office's stolen key certifies a stranger, who writes; what honest machines write after that names
/// the stranger's log. Then the office is cut off, and keeps no word of him.
struct OrphanTests {
    private typealias Branch = ForkTests.Branch

    private let puppet = Certificate(
        subject: County.author(50).key, name: "50", area: County.village, rights: [.write, .read],
        validFrom: 0, issuedBy: County.author(2))
    private let routine = Domain(area: County.village, lane: .routine)

    private func open(_ number: UInt8, in folder: TestFolder) throws -> FolderReplica {
        try ForkTests().open(number, in: folder)
    }

    @discardableResult
    private func admit(_ runs: [VerifiedRun], to folder: FolderReplica) throws -> [Verdict] {
        try ForkTests().admit(runs, to: folder)
    }

    private func run(of log: LogID, in folder: FolderReplica) throws -> VerifiedRun {
        let request = GridSync.FetchRequest(
            lane: .routine, ranges: [GridSync.FetchRequest.Range(log: log, first: 1)], bytes: .max)
        let outgoing = try #require(try folder.store.runs(for: request).first)
        return try RunVerifier.verify(envelope: outgoing.envelope)
    }

    private func titles(_ folder: FolderReplica) throws -> [String] {
        try ForkTests().titles(folder)
    }

    @Test func whoNeverMetTheCertificatesLearnsFromOthersThatWhatTheyWroteHasEnded() throws {
        var office = Branch(2, Domain(area: County.township, lane: .authority))
        let said = try office.write([
            ForkTests().record(SystemCollection.certificates, puppet.recordID, puppet.encoded)
        ])
        var stranger = Branch(50, routine)
        let written = try stranger.note("false")
        let kept = [3, 11, 12].compactMap { County.certificates[$0]?.reference }
        let word = CutOff(
            subject: County.author(2).key, reason: .lost, issuedAt: 0, rows: [],
            kept: kept.sorted(), issuedBy: County.author(1))
        try withFolder { first in
            let honest: VerifiedRun
            do {
                let village = try open(11, in: first)
                #expect(
                    try admit([said, written], to: village)
                        == [.admitted(entries: 1), .admitted(entries: 1)])
                _ = try village.commit(now: ForkTests.began) { batch, transaction in
                    try transaction.author([.note("honest")], in: &batch)
                }
                honest = try run(
                    of: LogID(replica: village.replica.id, domain: routine), in: village)
                try village.learn(word)
                #expect(try titles(village) == ["honest"])
            }
            // It is known after a start, too, though the office's own word of it was taken out.
            let village = try open(11, in: first)
            let ended = village.replica.endedLogs { _ in true }
            #expect(ended.contains(stranger.state.identity))
            let words = try village.unsaidWords { _ in true }
            #expect(words.contains(.certificate(puppet)))
            try withFolder { second in
                do {
                    let clerk = try open(3, in: second)
                    try clerk.learn(word)
                    #expect(try admit([said], to: clerk) == [.refused(.cutOff)])
                    #expect(try admit([honest], to: clerk) == [.parked])
                    var learnt = try clerk.learn(ended: ended, now: ForkTests.began)
                    #expect(!learnt.ended.contains(stranger.state.identity))
                    #expect(try titles(clerk).isEmpty)
                    #expect(try clerk.learn(words))
                    #expect(try !clerk.learn(words))
                    learnt = try clerk.learn(ended: ended, now: ForkTests.began)
                    #expect(learnt.ended.contains(stranger.state.identity))
                    #expect(try titles(clerk) == ["honest"])
                }
                let clerk = try open(3, in: second)
                #expect(clerk.replica.endedLogs { _ in true }.contains(stranger.state.identity))
                #expect(try admit([written], to: clerk) == [.refused(.cutOff)])
                #expect(try clerk.store.verify().findings.isEmpty)
            }
        }
    }

    @Test func onlyWhatWouldLeadToTheRootButForACutOffIsKept() throws {
        let stray = Certificate(
            subject: County.author(51).key, name: "51", area: County.village, rights: .all,
            validFrom: 0, issuedBy: County.author(50))
        let word = CutOff(
            subject: County.author(2).key, reason: .lost, issuedAt: 0, rows: [], kept: [],
            issuedBy: County.author(1))
        try withFolder { folder in
            let clerk = try open(3, in: folder)
            try clerk.learn(word)
            #expect(try !clerk.learn([.certificate(stray)]))
            #expect(!clerk.replica.directory.contains(stray))
            // A village may not certify, whoever made it one.
            #expect(try clerk.learn([.certificate(stray), .certificate(puppet)]))
            #expect(clerk.replica.directory.contains(puppet))
            #expect(!clerk.replica.directory.contains(stray))
        }
    }

    /// The village has taken the office's branch out, and has nothing of it to send.
    @Test func anOfficeThatWasPutBackHearsOfWhatItHadSaidFromThoseWhoHadHeardIt() throws {
        let change = AreaChange(
            AreaMap.Step(
                from: County.area("522730103219"), to: County.village, kind: .merge), day: 20_000,
            order: 1, issuedAt: 0, issuedBy: County.author(2))
        var trunk = Branch(2, Domain(area: County.township, lane: .authority))
        var other = trunk
        let said = try trunk.write([
            ForkTests().record(SystemCollection.areaChanges, change.recordID, change.encoded)
        ])
        let unsaid = try other.note("x")
        let proofs = try [said, unsaid].flatMap {
            try #require(BranchProof.proofs(of: [$0], from: 1))
        }
        try withFolder { first in
            let village = try open(11, in: first)
            try admit([said], to: village)
            #expect(try village.unsaidWords { _ in true }.isEmpty)
            try village.learn(proofs, now: ForkTests.began)
            let words = try village.unsaidWords { _ in true }
            #expect(words.contains(.areaChange(change)))
            #expect(
                try !village.unsaidWords { $0 == County.neighbour }.contains(.areaChange(change)))
            try withFolder { second in
                let office = try open(2, in: second)
                try admit([unsaid], to: office)
                try office.learn(proofs, now: ForkTests.began)
                #expect(office.replica.directory.areas.isEmpty)
                #expect(try office.learn(words))
                #expect(office.replica.directory.areas.current(change.step.from) == County.village)
                #expect(try office.store.areaChanges().waiting == [change])
                #expect(!office.publishAuthority(now: ForkTests.began).isEmpty)
                #expect(try !office.unsaidWords { _ in true }.contains(.areaChange(change)))
            }
        }
    }

    /// Records of lane 0 are named by what they hold, and anybody who may write there can say otherwise.
    @Test func aWordThatWasWrittenOverIsKnownAfterAStartAllTheSame() throws {
        let word = CutOff(
            subject: County.author(11).key, reason: .lost, issuedAt: 0, rows: [],
            issuedBy: County.author(2))
        var office = Branch(2, Domain(area: County.township, lane: .authority))
        let said = try office.write([
            ForkTests().record(SystemCollection.cutOffs, word.recordID, word.encoded)
        ])
        var above = Branch(1, Domain(area: County.township, lane: .authority))
        let over = try above.write([
            ForkTests().record(SystemCollection.cutOffs, word.recordID, [1, 2, 3])
        ])
        try withFolder { folder in
            do {
                let clerk = try open(3, in: folder)
                try admit([said, over], to: clerk)
                #expect(clerk.replica.directory.allCutOffs == [word])
            }
            let clerk = try open(3, in: folder)
            #expect(clerk.replica.directory.allCutOffs == [word])
            #expect(try clerk.store.verify().findings.isEmpty)
        }
    }
}
