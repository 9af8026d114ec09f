// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Bytes changed at random in the closed database. Whatever the disk gives back, the store says
/// what is wrong or gives right answers, and never stops the process.
struct DamageTests {
    private static let rounds = 25

    /// Fills a folder and closes it with everything folded into the database.
    private func fill(_ folder: TestFolder) throws {
        try {
            let (node, clerk) = (try Node(11, in: folder), try Writer(3))
            let write = try node.author((0..<30).map { .note("记录 \($0)") })
            try clerk.admit(node.fetch().map { try $0.verified })
            for address in write.addresses {
                try clerk.author(
                    .write("notes", .existing(address), set: ["title": .assign(.text("丙"))]))
                try node.author(
                    .write(
                        "notes", .existing(address),
                        set: ["labels": .add([.text("急")]), "title": .assign(.text("丁"))]))
            }
            try node.admit(clerk.runs)
        }()
        try folder.tamper { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try folder.copy(of: "grid.db", to: "whole.db")
    }

    private func damage(_ folder: TestFolder, using random: inout SplitMix64) throws {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.folder.databasePath + suffix)
        }
        try folder.copy(of: "whole.db", to: "grid.db")
        let file = try #require(FileHandle(forUpdatingAtPath: folder.folder.databasePath))
        defer { try? file.close() }
        let size = try file.seekToEnd()
        for _ in 0...random.below(3) {
            let offset = UInt64(random.below(Int(size)))
            try file.seek(toOffset: offset)
            let byte = try #require(try file.read(upToCount: 1))[0]
            try file.seek(toOffset: offset)
            try file.write(contentsOf: [byte ^ UInt8(1 << random.below(8))])
        }
    }

    @Test func aDamagedDatabaseIsToldAndNeverEndsTheProcess() async throws {
        var random = SplitMix64()
        let seed = "ONEGRID_SEED=\(random.seed)"
        let folder = try TestFolder()
        defer { folder.remove() }
        try fill(folder)
        var whole = 0
        for _ in 0..<Self.rounds {
            try damage(folder, using: &random)
            do {
                let node = try Node(11, in: folder)
                let verification = try node.store.verify()
                if verification.findings.isEmpty { whole += 1 }
                try use(node)
            } catch let failure as StoreFailure {
                #expect(!failure.description.isEmpty)
            } catch {
                Issue.record("\(error) is no StoreFailure; \(seed)")
            }
            // Other tests measure time.
            await Task.yield()
        }
        // Bits in free space and in what nobody reads change nothing.
        #expect(whole < Self.rounds, "\(seed)")
    }

    /// What a running node asks of its store.
    private func use(_ node: Node) throws {
        for ask in [
            { _ = try node.fetch() }, { _ = try node.store.digests() },
            { _ = try node.records() }, { _ = try node.store.counts() },
            { _ = try node.store.conflictingRecords(limit: 100) },
            { _ = try node.store.peers() }, { _ = try node.store.heldByPeers() },
            { _ = try node.store.certificates() }, { _ = try node.author(.note("新")) },
            { _ = try node.store.rebuild() }, { try node.store.checkpoint() },
        ] {
            do { try ask() } catch is StoreFailure {}
        }
        if let state = try? node.records().values.first {
            do {
                _ = try node.store.history(of: state, redactions: RedactionBook())
            } catch is StoreFailure {}
        }
    }
}
