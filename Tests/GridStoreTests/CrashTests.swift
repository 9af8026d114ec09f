// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// Copies of a folder taken while it is open: what a power cut leaves.
struct CrashTests {
    private static let files = ["grid.db", "grid.db-wal", "heads.ledger"]

    private func image(of folder: TestFolder) throws -> TestFolder {
        let image = try TestFolder()
        for name in Self.files {
            let from = "\(folder.folder.path)/\(name)"
            guard FileManager.default.fileExists(atPath: from) else { continue }
            try FileManager.default.copyItem(atPath: from, toPath: "\(image.folder.path)/\(name)")
        }
        return image
    }

    private func note(_ node: Node, in ledger: HeadLedger) throws {
        ledger.append(
            try node.store.logs().map {
                HeadLedger.Row(log: $0.identity.log, height: $0.height, head: $0.head)
            })
    }

    @Test func whatWasAcknowledgedIsThereAfterAPowerCut() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for number in 1...12 {
                try node.author(.note("\(number)"))
                let image = try image(of: folder)
                defer { image.remove() }
                let restarted = try Node(11, in: image)
                #expect(try restarted.records() == node.records())
                #expect(restarted.replica.frontier == node.replica.frontier)
                #expect(try restarted.store.verify().findings == [])
            }
        }
    }

    @Test func aTornLogOfTheDatabaseLosesWholeCommitsOnlyAndThatIsSeen() throws {
        var random = SplitMix64()
        try expectPrefixes(&random) { image, random in
            let path = image.folder.databasePath + "-wal"
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            defer { try? file.close() }
            let size = try file.seekToEnd()
            try file.truncate(atOffset: size / 2 + UInt64(random.below(Int(size / 2))))
        }
    }

    @Test func aBitFlippedInTheLogOfTheDatabaseIsSeen() throws {
        var random = SplitMix64()
        try expectPrefixes(&random) { image, random in
            let path = image.folder.databasePath + "-wal"
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            defer { try? file.close() }
            let size = try file.seekToEnd()
            let offset = size / 2 + UInt64(random.below(Int(size / 2)))
            try file.seek(toOffset: offset)
            let byte = try #require(try file.read(upToCount: 1))[0]
            try file.seek(toOffset: offset)
            try file.write(contentsOf: [byte ^ 1])
        }
    }

    /// After damage to the write-ahead log the database is whole, holds the first so many commits,
    /// and the head ledger tells when that are not all.
    private func expectPrefixes(
        _ random: inout SplitMix64, _ damage: (TestFolder, inout SplitMix64) throws -> Void
    ) throws {
        let seed = "ONEGRID_SEED=\(random.seed)"
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder)
            let node = try Node(11, in: folder)
            for number in 1...20 {
                try node.author(.note("\(number)"))
                try note(node, in: ledger)
            }
            var losses = 0
            for _ in 0..<10 {
                let image = try image(of: folder)
                defer { image.remove() }
                try damage(image, &random)
                let restarted = try Node(11, in: image)
                let logs = try restarted.store.logs()
                let height = logs.first?.height ?? 0
                #expect(
                    try restarted.row(
                        "SELECT count(*), ifnull(max(CAST(title AS INTEGER)), 0) FROM notes")
                        == ["\(height)", "\(height)"], "\(seed)")
                #expect(try restarted.store.verify().findings == [], "\(seed)")
                let isAhead = try HeadLedger(image.folder)
                    .isAhead(of: logs, as: restarted.replica.id)
                #expect(isAhead == (height < 20), "\(seed)")
                losses += height < 20 ? 1 : 0
            }
            #expect(losses > 0, "\(seed)")
        }
    }
}
