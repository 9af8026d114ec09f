// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// What a hostile machine may put into a carried quarantine, and what becomes of it at the office.
struct CarriedQuarantineTests {
    /// A village that was cut off before its first entry, another that was not, and one that nobody
    /// has certified, with a pen for each.
    private struct Scene {
        let county: TestCounty
        let lost: Writer
        let live: Writer
        let stranger: Writer

        init() throws {
            county = try TestCounty()
            lost = try Writer(county, "522730103210", "茶香村")
            live = try Writer(county, "522730103211", "双生村")
            stranger = Writer(chain: lost.chain, key: SigningKey.generate())
        }
    }

    /// Somebody who writes runs and seals files.
    private struct Writer {
        let chain: VerifiedChain
        let key: SigningKey
        var author: Author { Author(key) }

        init(chain: VerifiedChain, key: SigningKey) {
            self.chain = chain
            self.key = key
        }

        init(_ county: TestCounty, _ code: String, _ name: String) throws {
            let folder = try county.makeVillage(code, name: name)
            key = try KeyFile.read(at: folder.nodeKeyPath)
            chain = try #require(try Store(folder).node()?.chain)
        }

        func runs(
            _ titles: [[String]], in area: AreaCode? = nil, lane: Lane = .urgent,
            seen: VersionVector = VersionVector(), target: DraftChange.Target = .new
        ) throws -> [VerifiedRun] {
            try runs(
                titles.map { $0.map { .text($0) } }, in: area, lane: lane, seen: seen,
                target: target)
        }

        func runs(
            _ titles: [[FieldValue]], in area: AreaCode? = nil, lane: Lane = .urgent,
            seen: VersionVector = VersionVector(), target: DraftChange.Target = .new,
            after former: LogState? = nil
        ) throws -> [VerifiedRun] {
            let matters = try #require(Catalogue.grid.collection(named: "matters"))
            let title = try #require(matters.field(named: "title"))
            var state =
                former
                ?? LogState(
                    identity: LogIdentity(
                        key: author.key, nonce: ReplicaNonce(high: 1, low: 2),
                        domain: Domain(area: area ?? chain.leaf.area, lane: lane)))
            return try titles.map { titles in
                var writer = RunWriter(after: state)
                for value in titles {
                    let draft = DraftChange(
                        collection: matters.number, target: target, archives: false,
                        writes: [
                            FieldWrite(field: title.number, operation: .assign(value))
                        ])
                    let (entry, hash) = try writer.append(
                        [draft], applied: seen,
                        timestamp: HybridTimestamp(
                            milliseconds: 1_790_000_000_000 + state.height, counter: 0))
                    try state.take(entry)
                    state.advance(to: hash)
                }
                return writer.seal(with: author)
            }
        }
    }

    /// Makes a file, and has the office take it in.
    private func take(
        _ items: [BundleItem], from writer: Writer, sealedBy key: SigningKey? = nil,
        as kind: BundlePrelude.Kind = .quarantine, at engine: ReplicationEngine,
        altering alter: ([UInt8]) -> [UInt8] = { $0 }
    ) async throws -> JSONValue {
        let folder = try BundleFiles.makeFolder(of: engine.store.folder)
        let path = "\(folder)/file"
        try? FileManager.default.removeItem(atPath: path)
        let header = BundleHeader(
            root: engine.current.directory.root,
            chain: CertificateChain(writer.chain.certificates),
            nonce: ReplicaNonce(high: 1, low: 2), area: writer.chain.leaf.area,
            recipient: engine.author.key, time: 5, software: "test")
        var file = try BundleWriter(
            path,
            prelude: BundlePrelude(kind, recipient: engine.author.key, id: 1, part: 1),
            header: header, from: (key ?? writer.key).agreementKey)
        for item in items { try file.append(item) }
        _ = try file.finish(hasMore: false)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        try Data(alter(bytes)).write(to: URL(fileURLWithPath: path))
        return try await Desk(engine: engine, board: LinkBoard(), version: "0")
            .importQuarantine(file: "file", caller: "")
    }

    private func items(_ runs: [VerifiedRun]) -> [BundleItem] {
        runs.map { .run(RunEnvelope.seal($0.run)) }
    }

    /// How many records a machine is known to have had, all of its own among them.
    private func exposed(of writer: Writer, at engine: ReplicationEngine) throws -> Int {
        try engine.store.exposure { $0.key == writer.author.key ? .max : nil }.count(
            where: \.isKnown)
    }

    private func refused(_ answer: JSONValue) -> [String: Int64] {
        var found: [String: Int64] = [:]
        for item in answer.at("refused")?.items ?? [] {
            if let code = item.at("code")?.text, case .integer(let runs)? = item.at("runs") {
                found[code] = runs
            }
        }
        return found
    }

    /// An office that knows both villages and has cut one off.
    private func office(
        _ body: (Scene, ReplicationEngine) async throws -> Void
    ) async throws {
        let scene = try Scene()
        defer { scene.county.remove() }
        let folder = try scene.county.makeTownship()
        do {
            let store = try Store(folder)
            for writer in [scene.lost, scene.live] {
                try store.add(writer.chain.leaf, waiting: true)
            }
        }
        try await running(openEngine(folder)) { engine in
            await engine.publishAuthority()
            _ = try await engine.publish(
                CutOff(
                    subject: scene.lost.author.key, reason: .lost, issuedAt: 0, rows: [],
                    issuedBy: Author(scene.county.rootKey)))
            try await body(scene, engine)
        }
    }

    @Test func whatIsGenuineWaitsForADecisionAndComesOnce() async throws {
        try await office { scene, engine in
            let runs = try scene.lost.runs([["a", "b"], ["c"]])
            // The parts of one log come in any order.
            let first = try await take(items(runs.reversed()), from: scene.lost, at: engine)
            #expect(first.at("new_entries") == .integer(3))
            #expect(first.at("refused")?.items == [])
            let held = try engine.store.quarantine()
            #expect(held.map(\.entries.count) == [3])
            #expect(held.flatMap(\.sources).map(\.key) == [scene.lost.author.key])
            #expect(engine.current.frontier[runs[0].run.identity.log] == 0)
            #expect(try exposed(of: scene.lost, at: engine) == 3)
            let again = try await take(items(runs), from: scene.lost, at: engine)
            #expect(again.at("new_entries") == .integer(0))
            #expect(again.at("known_runs") == .integer(2))
            try await engine.discard(quarantined: scene.lost.author.key)
            #expect(try engine.store.quarantine().isEmpty)
            let settled = try await take(items(runs), from: scene.lost, at: engine)
            #expect(settled.at("known_runs") == .integer(2))
            #expect(try engine.store.quarantine().isEmpty)
            #expect(try engine.store.verify().findings.isEmpty)
        }
    }

    @Test func whatComesAfterWorkThatWasSettledCanBeReadAndTakenOver() async throws {
        try await office { scene, engine in
            let runs = try scene.lost.runs([["a", "b"], ["c"], ["d"]])
            let key = scene.lost.author.key
            _ = try await take(items([runs[0]]), from: scene.lost, at: engine)
            try await engine.discard(quarantined: key)
            // The stick of the next month has all of it once more.
            let second = try await take(items(Array(runs[..<2])), from: scene.lost, at: engine)
            #expect(second.at("new_entries") == .integer(1))
            var writing = try #require(try engine.store.quarantine().first)
            #expect((writing.entries.map(\.dot.sequence), writing.unreadable) == ([3], 0))
            let third = try await take(items(runs), from: scene.lost, at: engine)
            #expect(third.at("new_entries") == .integer(1))
            writing = try #require(try engine.store.quarantine().first)
            #expect((writing.entries.map(\.dot.sequence), writing.unreadable) == ([3, 4], 0))
            #expect(try exposed(of: scene.lost, at: engine) == 2)
            #expect(try await engine.adopt(writing).created == 2)
            #expect(try engine.store.quarantine().isEmpty)
            let last = try await take(items(runs), from: scene.lost, at: engine)
            #expect(last.at("known_runs") == .integer(3))
            #expect(try engine.store.verify().findings.isEmpty)
        }
    }

    @Test func anEntryThatSpeaksOfWhatItCannotKnowIsTurnedAwayByName() async throws {
        try await office { scene, engine in
            let other = LogID(
                replica: ReplicaID(high: 7, low: 7),
                domain: Domain(area: scene.lost.chain.leaf.area, lane: .urgent))
            let sound = try scene.lost.runs([["a"]])
            // Its writer goes on as if the entry before it had named a log, which it has not.
            var state = ByteWriter()
            state.unsigned(UInt64(1))
            state.raw(try #require(sound[0].hashes.last))
            state.unsigned(UInt64(0))
            state.count(1)
            state.replica(other.replica)
            state.unsigned(UInt64(5))
            var reader = ByteReader(state.bytes)
            let broken = try scene.lost.runs(
                [[.text("b")]],
                target: .existing(.created(dot: Dot(log: other, sequence: 5), index: 0)),
                after: reader.logState(identity: sound[0].run.identity))
            let answer = try await take(items(sound + broken), from: scene.lost, at: engine)
            #expect(refused(answer) == ["malformed_unknown_reference": 1])
            #expect(answer.at("new_entries") == .integer(1))
            #expect(try engine.store.quarantine().map(\.entries.count) == [1])
        }
    }

    @Test func aLogHasRoomForSoMuchAndTheRestComesWhenThatIsSettled() async throws {
        try await office { scene, engine in
            let piece = ProtocolLimits.entryBytesMax - 1_000
            let count = ProtocolLimits.setAsideBytesMax / piece + 3
            let many = items(
                try scene.lost.runs(
                    (0..<count).map { _ in [.bytes(Random.bytes(piece))] }))
            let few = items(try scene.lost.runs([["a"]], lane: .routine))
            let full = try await take(many + few, from: scene.lost, at: engine)
            let left = refused(full)["quarantine_full"] ?? 0
            #expect(left > 1 && refused(full) == ["quarantine_full": left])
            // The other log has room of its own.
            #expect(full.at("new_entries") == .integer(Int64(count + 1) - left))
            let again = try await take(many, from: scene.lost, at: engine)
            #expect(refused(again) == ["quarantine_full": left])
            #expect(again.at("new_entries") == .integer(0))
            try await engine.discard(quarantined: scene.lost.author.key)
            let rest = try await take(many + few, from: scene.lost, at: engine)
            #expect(rest.at("new_entries") == .integer(left))
            let writing = try #require(try engine.store.quarantine().first)
            #expect((Int64(writing.entries.count), writing.unreadable) == (left, 0))
        }
    }

    @Test func whatHasNoPlaceThereIsTurnedAwayByName() async throws {
        try await office { scene, engine in
            let runs = try scene.lost.runs([["a"], ["b"]])
            let whole = try scene.lost.runs([["a", "b"]])[0]
            var altered = RunEnvelope.seal(runs[0].run)
            altered[altered.count - 1] ^= 1
            let cases: [(String, [BundleItem], Writer)] = [
                ("run_not_genuine", [.run(altered)], scene.lost),
                ("run_not_genuine", [.run([UInt8](repeating: 0xFF, count: 90))], scene.lost),
                ("log_not_ended", items(try scene.live.runs([["a"]])), scene.live),
                ("area_not_shared", items([runs[0]]), scene.live),
                ("unknown_key", items(try scene.stranger.runs([["a"]])), scene.lost),
                ("no_work", items(try scene.lost.runs([["a"]], lane: .authority)), scene.lost),
                ("follows_nothing", items([runs[1]]), scene.lost),
                ("end_unknown", items([whole.part(upTo: 1)]), scene.lost),
                (
                    "not_entitled",
                    items(try scene.live.runs([["a"]], in: scene.lost.chain.leaf.area)),
                    scene.lost
                ),
            ]
            for (code, items, writer) in cases {
                let answer = try await take(items, from: writer, at: engine)
                #expect(refused(answer) == [code: 1])
                #expect(answer.at("new_entries") == .integer(0))
                #expect(answer.at("noted") == .null)
            }
            #expect(try engine.store.quarantine().isEmpty)
            #expect(try !engine.store.hasQuarantine)
        }
    }

    @Test func whoSealsForAnotherIsNotHeardAndOtherFilesAreNone() async throws {
        try await office { scene, engine in
            let runs = items(try scene.lost.runs([["a"]]))
            func code(_ work: () async throws -> JSONValue) async -> String? {
                do {
                    return try await work().at("problem", "code")?.text
                } catch {
                    return (error as? DeskRefusal)?.code
                }
            }
            #expect(
                await code {
                    try await take(
                        runs, from: scene.lost, sealedBy: scene.stranger.key, at: engine)
                } == "key_mismatch")
            #expect(
                await code {
                    try await take(runs, from: scene.lost, as: .bundle, at: engine)
                } == "not_a_quarantine")
            // A bundle with another's mark does not open: the mark is part of the seal.
            #expect(
                await code {
                    try await take(runs, from: scene.lost, as: .bundle, at: engine) {
                        Array("onegrid-quaran-1\n".utf8) + $0.dropFirst(17)
                    }
                } == "bundle_damaged")
            #expect(
                await code {
                    try await take([.belief([])] + runs, from: scene.lost, at: engine)
                } == "bundle_malformed_unknown_tag")
            #expect(try engine.store.quarantine().isEmpty)
            // What was whole before the end of a file counts, and nothing that was not.
            let many = try scene.lost.runs([[String(repeating: "甲", count: 900)]])
            #expect(
                await code {
                    try await take(items(many), from: scene.lost, at: engine) {
                        Array($0.dropLast(1))
                    }
                } == "bundle_incomplete")
            #expect(try engine.store.quarantine().isEmpty)
        }
    }

    @Test func anEntryAboutARecordThatNobodyKnowsIsLeftOutWhenItIsAdopted() async throws {
        try await office { scene, engine in
            let other = LogID(
                replica: ReplicaID(high: 7, low: 7),
                domain: Domain(area: scene.lost.chain.leaf.area, lane: .urgent))
            var seen = VersionVector()
            seen.raise(other, to: 5)
            let runs = try scene.lost.runs(
                [["a"]], seen: seen,
                target: .existing(.created(dot: Dot(log: other, sequence: 5), index: 0)))
            let answer = try await take(items(runs), from: scene.lost, at: engine)
            #expect(answer.at("new_entries") == .integer(1))
            let writing = try #require(try engine.store.quarantine().first)
            let adoption = try await engine.adopt(writing)
            #expect(adoption.skipped.count == 1)
            #expect((adoption.created, adoption.changed) == (0, 0))
            #expect(try engine.store.quarantine().isEmpty)
            #expect(try engine.store.verify().findings.isEmpty)
        }
    }
}
