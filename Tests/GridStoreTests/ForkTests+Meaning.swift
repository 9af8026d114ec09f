// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// What entries mean beside a fork, whatever was known when they came.
extension ForkTests {
    /// A context that names an entry between the fork and the end is read as if it named the fork, by
    /// those too who had taken it before they knew of either, and learn of both at once.
    @Test func contextsAreReadAnewWhereAForkIsSettledInOneStep() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let log = trunk.state.identity.log
        let common = try trunk.note("a", "b")
        var other = trunk
        func retitled(_ title: String) -> DraftChange {
            LocalChange.write(
                "notes",
                .existing(.created(dot: Dot(log: log, sequence: 1), index: 0)),
                set: ["title": .assign(.text(title))]
            ).draft
        }
        let left = try trunk.write([retitled("left"), LocalChange.note("d").draft])
        let right = try other.note("e")
        // A clerk has seen the left branch up to its first entry, and writes over it.
        let clerk = Branch(3, Domain(area: County.village, lane: .routine))
        var writer = RunWriter(after: clerk.state)
        _ = try writer.append(
            [retitled("clerk")], applied: VersionVector([(log, UInt64(3))]),
            timestamp: HybridTimestamp(milliseconds: Self.began + 9, counter: 0))
        let seen = writer.seal(with: clerk.author)
        let proofs = try [left, right].flatMap {
            try #require(BranchProof.proofs(of: [$0], from: 3))
        }
        let word = CutOff(
            subject: County.author(11).key, reason: .forkClosed, issuedAt: 0,
            rows: [CutOff.Row(log: log, height: 4, head: left.hashes[1])],
            issuedBy: County.author(2))
        var lane = Branch(2, Domain(area: County.township, lane: .authority))
        let authority = try [
            lane.write(proofs.map { record(SystemCollection.forks, $0.recordID, $0.encoded) }),
            lane.write([record(SystemCollection.cutOffs, word.recordID, word.encoded)]),
        ]
        let entries = [common, left, seen]
        for order in [[entries, authority], [authority, entries], [entries + authority]] {
            try withFolder { folder in
                let replica = try open(3, in: folder)
                for runs in order { try admit(runs, to: replica) }
                for runs in order { try admit(runs, to: replica) }
                #expect(replica.replica.height(of: log) == 4)
                #expect(try replica.store.verify().findings.isEmpty)
                let conflicts = try replica.store.query(
                    "SELECT count(*) FROM conflicts", isPlain: true)
                #expect(conflicts.rows.first?.first?.plain == "1")
            }
        }
    }

    /// The front of a run that goes beyond a fork may go on from another that comes with it.
    @Test func runsThatComeTogetherLeadUpToAForkAndBeyondIt() throws {
        var trunk = Branch(11, Domain(area: County.village, lane: .routine))
        let log = trunk.state.identity.log
        let first = try trunk.note("a")
        // One run reaches over the fork.
        var state = trunk.state
        let left = try trunk.note("b", "c", "d")
        _ = try state.resolve(left.entries[0])
        state.advance(to: left.hashes[0])
        var other = Branch(going: state, by: 11)
        let right = try other.note("e")
        let proofs = try [
            #require(BranchProof.proofs(of: [left], from: 3)),
            #require(BranchProof.proofs(of: [right], from: 3)),
        ].flatMap { $0 }
        let word = CutOff(
            subject: County.author(11).key, reason: .forkClosed, issuedAt: 0,
            rows: [CutOff.Row(log: log, height: 4, head: try #require(left.hashes.last))],
            issuedBy: County.author(2))
        for runs in [[first, left], [left, first]] {
            try withFolder { folder in
                let clerk = try open(3, in: folder)
                try clerk.learn(proofs, now: Self.began)
                try clerk.learn(word)
                try admit(runs, to: clerk)
                #expect(try titles(clerk) == ["a", "b", "c", "d"])
                #expect(try clerk.store.verify().findings.isEmpty)
            }
        }
    }

    /// An order without what is said again would destroy what is to stay.
    @Test func aRedactionOnABranchIsLearntWithWhatItLeaves() throws {
        let (village, office) = (try RedactionNode(11), try RedactionNode(2))
        let written = try village.write(
            .write(
                "notes", set: ["title": .assign(.text("name")), "kind": .assign(.text("kind"))]))
        try office.admit(try village.runs([.routine]))
        let address = try #require(written.addresses.first)
        let key = RecordKey(
            domain: Domain(area: County.village, lane: .routine), collection: 16, address: address)
        let state = try #require(try office.store.recordStates()[key])
        _ = try office.folder.redact(
            RedactionOrder(record: state.state, fields: [1], reason: "asked"), now: Self.began)
        let said = try office.runs([.authority])
        let log = try #require(said.first?.run.identity.log)
        // The same office, put back, has said something else there.
        var twin = Branch(2, nonce: 1, Domain(area: log.domain.area, lane: .authority))
        #expect(twin.state.identity.log == log)
        let unsaid = try twin.note("x")
        let proofs = try [said, [unsaid]].flatMap {
            try #require(BranchProof.proofs(of: $0, from: 1))
        }
        func check(_ clerk: FolderReplica) throws {
            let rows = try clerk.store.query("SELECT title, kind FROM notes", isPlain: true).rows
            #expect(rows.map { $0.map(\.plain) } == [["null", "kind"]])
            #expect(try clerk.store.verify().findings.isEmpty)
        }
        try withFolder { folder in
            do {
                let clerk = try open(3, in: folder)
                try admit(try village.runs([.routine]), to: clerk)
                try clerk.learn(proofs, now: Self.began)
                #expect(try admit(said, to: clerk).allSatisfy { $0 == .setAside })
                try check(clerk)
            }
            try check(try open(3, in: folder))
        }
    }
}
