// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridNode
import GridStore
import GridSync
import Logging
import Testing

/// What the one writer does when its folder is not what it was, or fails.
struct EngineSafetyTests {
    private static let chaxiang = "522730103210"
    private static let sqlite = "/usr/bin/sqlite3"

    private func household(_ number: Int) -> WriteRequest {
        WriteRequest(collection: "households", fields: ["household_no": .text("\(number)")])
    }

    private func copy(_ folder: NodeFolder, to name: String) throws -> NodeFolder {
        let copy = NodeFolder("\(folder.path)-\(name)")
        try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
        return copy
    }

    /// Gives the files of a folder the contents of another's, as a disk that is put back does.
    private func putBack(_ older: NodeFolder, in folder: NodeFolder) throws {
        for name in ["grid.db-wal", "grid.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
        for name in ["grid.db", "heads.ledger"] {
            let file = try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/\(name)"))
            try file.truncate(atOffset: 0)
            try file.write(
                contentsOf: Data(contentsOf: URL(filePath: "\(older.path)/\(name)")))
            try file.close()
        }
    }

    /// Changes a database behind the node's back.
    private func change(_ folder: NodeFolder, _ statement: String) throws {
        try Process.run(
            URL(filePath: Self.sqlite), arguments: [folder.databasePath, statement]
        ).waitUntilExit()
    }

    private func allRuns(_ engine: ReplicationEngine) throws -> [VerifiedRun] {
        let ranges = try engine.store.logs().map {
            FetchRequest.Range(log: $0.identity.log, first: 1)
        }
        return try engine.store.runs(
            for: FetchRequest(lane: .routine, ranges: ranges, bytes: .max)
        ).map { try RunVerifier.verify(RunEnvelope.open($0.envelope)) }
    }

    /// A village whose disk was put back to its first household, and what it had written by then.
    private func rolledBack(
        _ county: TestCounty, after households: [Int]
    ) async throws -> (folder: NodeFolder, runs: [VerifiedRun]) {
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await running(openEngine(folder)) { _ = try await $0.submit(household(1)) }
        let older = try copy(folder, to: "older")
        let runs = try await running(openEngine(folder)) { engine in
            for number in households { _ = try await engine.submit(household(number)) }
            return try allRuns(engine)
        }
        try putBack(older, in: folder)
        return (folder, runs)
    }

    /// The whole disk is an older image, so that only a peer can tell. It does so while a write
    /// waits for the same commit.
    @Test func aRolledBackFolderWritesUnderANewNameAndUsesNoSequenceTwice() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let (folder, runs) = try await rolledBack(county, after: [2, 3])
        let peer = Author(county.townshipKey).key
        let rolledBack = try openEngine(folder)
        let before = rolledBack.current.replica
        try await running(rolledBack, after: .milliseconds(200)) { engine in
            async let written = engine.submit(household(4))
            async let verdicts = engine.admit(runs, from: peer)
            let (receipt, judged) = try await (written, verdicts)
            #expect(receipt.entries.count == 1)
            #expect(!receipt.entries[0].hasPrefix("\(before)"))
            #expect(judged.map(\.verdict) == [.admitted(entries: 2)])
            #expect(engine.current.replica != before)
            #expect(try engine.store.counts().map(\.counts.records) == [4])
            #expect(try engine.store.verify().findings == [])
        }
    }

    /// The disk was put back and written to before any peer could tell: both branches are as long.
    @Test func aFolderWhoseOwnLogIsForkedWritesUnderANewName() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let (folder, runs) = try await rolledBack(county, after: [2])
        let peer = Author(county.townshipKey).key
        try await running(openEngine(folder)) { engine in
            let before = engine.current.replica
            let forked = try await engine.submit(household(3))
            #expect(forked.entries.first?.hasPrefix("\(before)") == true)
            let judged = try await engine.admit(runs, from: peer)
            #expect(judged.map(\.verdict) == [.refused(.forked(at: 2))])
            #expect(engine.current.replica != before)
            let after = try await engine.submit(household(4))
            #expect(after.entries.first?.hasPrefix("\(before)") == false)
            #expect(try engine.store.counts().map(\.counts.records) == [3])
        }
    }

    @Test func anOlderDatabaseBesideItsHeadLedgerBecomesANewReplicaOnce() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await running(openEngine(folder)) { _ = try await $0.submit(household(1)) }
        let older = try copy(folder, to: "older")
        let first = try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(household(2))
            return engine.current.replica
        }
        for name in ["grid.db", "grid.db-wal", "grid.db-shm"] {
            let path = "\(folder.path)/\(name)"
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.copyItem(atPath: "\(older.path)/\(name)", toPath: path)
        }
        let second = try openEngine(folder).current.replica
        #expect(second != first)
        #expect(try openEngine(folder).current.replica == second)
        try await running(openEngine(folder)) { _ = try await $0.submit(household(3)) }
        #expect(try openEngine(folder).current.replica == second)
    }

    @Test func aCopiedFolderBecomesANewReplicaOnceAndTheOriginalStaysWhatItIs() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let first = try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(household(1))
            return engine.current.replica
        }
        let copied = try copy(folder, to: "copy")
        let second = try await running(openEngine(copied)) { engine in
            let receipt = try await engine.submit(household(2))
            #expect(receipt.entries.first?.hasPrefix("\(first)") == false)
            return engine.current.replica
        }
        #expect(second != first)
        #expect(try openEngine(copied).current.replica == second)
        #expect(try openEngine(folder).current.replica == first)
        #expect(try openEngine(copied).store.counts().map(\.counts.records) == [2])
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: Self.sqlite)))
    func aNodeWhoseStoreFailedWritesNothingAnyMoreAndSaysSo() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(household(1))
            try change(folder, "ALTER TABLE households RENAME TO gone")
            for _ in 0..<2 {
                let refusal = await #expect(throws: DeskRefusal.self) {
                    _ = try await engine.submit(household(2))
                }
                #expect(refusal?.code == "store_failed")
            }
            #expect(!engine.current.isWriting)
            let log = try #require(engine.store.logs().first).identity.log
            let peer = Author(county.townshipKey).key
            engine.recordHeld([.init(log: log, height: 1)], by: peer)
            await engine.tidy()
            #expect(try engine.store.heldByPeers().isEmpty)
            await #expect(throws: DeskRefusal.self) { _ = try await engine.rebuild() }
            #expect(try engine.store.logs().map(\.height) == [1])
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: Self.sqlite)))
    func aFailureThatUpkeepMeetsIsShownBeforeAnyoneWrites() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(household(1))
            try change(folder, "DROP TABLE peer_heights")
            let log = try #require(engine.store.logs().first).identity.log
            engine.recordHeld([.init(log: log, height: 1)], by: Author(county.townshipKey).key)
            #expect(engine.current.isWriting)
            await engine.tidy()
            #expect(!engine.current.isWriting)
        }
    }

    @Test func aRebuildLeavesTheNodeWriting() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(household(1))
            let before = engine.current
            #expect(try await engine.rebuild().cuts.isEmpty)
            #expect(engine.current.frontier == before.frontier)
            #expect(engine.current.replica == before.replica)
            _ = try await engine.submit(household(2))
            #expect(try engine.store.logs().map(\.height) == [2])
        }
    }
}
