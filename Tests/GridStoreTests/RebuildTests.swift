// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct RebuildTests {
    private struct Held: Equatable {
        let records: [RecordKey: RecordState]
        let digests: [AreaDigests]

        init(_ node: Node) throws {
            records = try node.records()
            digests = try node.store.digests()
        }
    }

    @Test func everythingDerivedIsRepaired() throws {
        try withFolder { folder in
            let before = try {
                let node = try Node(11, in: folder)
                for number in 0..<4 { try node.author(.note("\(number)")) }
                return try Held(node)
            }()
            for damage in [
                "DELETE FROM notes", "UPDATE notes SET title = 'x', _merge = x'00'",
                "UPDATE logs SET height = 1, bytes = 5", "UPDATE logs SET state = NULL",
                "UPDATE runs SET total = 0", "INSERT INTO conflicts VALUES (16, 1, 1)",
            ] {
                try folder.tamper { try $0.execute(sql: damage) }
                let store = try Store(folder.folder, catalogue: .small)
                #expect(try store.verify().findings != [], "\(damage)")
                #expect(try store.rebuild().findings == [], "\(damage)")
                #expect(try store.verify().findings == [], "\(damage)")
            }
            #expect(try Held(Node(11, in: folder)) == before)
        }
    }

    @Test func tablesMarkedAsStaleAreRebuiltAtTheNextOpening() throws {
        try withFolder { folder in
            try {
                let node = try Node(11, in: folder)
                try node.author(.note("旱"))
            }()
            try {
                let store = try Store(folder.folder, catalogue: .small)
                #expect(store.rebuiltAtOpening == nil)
                try store.markStale()
            }()
            #expect(try Store(folder.folder, catalogue: .small).rebuiltAtOpening != nil)
            #expect(try Store(folder.folder, catalogue: .small).rebuiltAtOpening == nil)
        }
    }

    @Test func readersGoOnWhileTablesAreRebuilt() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let node = try Node(11, in: folder)
        for number in 0..<30 { try node.author(.note("\(number)")) }
        let store = node.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<20 {
                        let records = try store.counts().map(\.counts.records)
                        #expect(records == [30])
                    }
                }
            }
            for _ in 0..<5 { _ = try store.rebuild() }
            try await group.waitForAll()
        }
    }

    /// Flips a bit of the run that begins at an entry of the first log.
    private func damage(_ folder: TestFolder, first: Int64) throws {
        try folder.alterEnvelope(where: "first = \(first) AND id >> 32 = 1") {
            $0[$0.count - 1] ^= 1
        }
    }

    @Test func nothingIsCutOffThatNobodyElseHas() throws {
        try withFolder { folder in
            let before = try {
                let node = try Node(11, in: folder)
                for number in 0..<4 { try node.author(.note("\(number)")) }
                return try Held(node)
            }()
            try damage(folder, first: 2)
            let node = try Node(11, in: folder)
            let log = try #require(try node.store.logs().first).identity.log
            for height: UInt64? in [nil, 3] {
                if let height {
                    try node.store.recordHeld(
                        [.init(log: log, height: height)], by: County.author(2).key)
                }
                #expect {
                    _ = try node.store.rebuild()
                } throws: {
                    if case StoreFailure.irreplaceable = $0 { true } else { false }
                }
                #expect(try Held(node) == before)
            }
        }
    }

    @Test func whatPeersHaveIsCutOffAndComesBackFromThem() throws {
        try withFolder { folder in
            let village = try Writer(11)
            for number in 0..<4 { try village.author(.note("\(number)")) }
            let before = try {
                let node = try Node(2, in: folder)
                for run in village.runs { try node.admit([run]) }
                return try Held(node)
            }()
            try damage(folder, first: 3)
            do {
                let store = try Node(2, in: folder).store
                let log = village.runs[0].run.identity.log
                try store.recordHeld([.init(log: log, height: 4)], by: County.author(11).key)
                let rebuilding = try store.rebuild()
                #expect(rebuilding.cuts.map(\.identity.log) == [log])
                #expect(rebuilding.cuts.map(\.from) == [4])
                #expect(rebuilding.cuts.map(\.to) == [2])
                #expect(rebuilding.findings.first?.contains("signature_wrong") == true)
                #expect(try store.verify().findings == [])
            }
            let node = try Node(2, in: folder)
            #expect(try node.store.logs().map(\.height) == [2])
            #expect(try node.records().count == 2)
            try node.admit([village.joined(2...3)])
            #expect(try Held(node) == before)
            #expect(try node.store.verify().findings == [])
        }
    }

    /// What depends on an entry that cannot be read goes with it, and only when peers have it too.
    @Test func entriesThatHadSeenALostOneAreCutOffWithIt() throws {
        try withFolder { folder in
            let (village, clerk) = (try Writer(11), try Writer(3))
            try village.author(.note("甲"))
            try clerk.author(.note("乙"))
            try clerk.admit(village.runs)
            try clerk.author(.note("丙"))
            try {
                let node = try Node(2, in: folder)
                try node.admit(village.runs)
                try node.admit(clerk.runs)
            }()
            try damage(folder, first: 1)
            let node = try Node(2, in: folder)
            let logs = try node.store.logs().map(\.identity.log)
            let (one, other) = (logs[0], logs[1])
            try node.store.recordHeld([.init(log: one, height: 2)], by: County.author(1).key)
            try node.store.recordHeld([.init(log: other, height: 1)], by: County.author(1).key)
            let held = try node.store.heldByPeers()
            #expect(held[County.author(1).key]?.rows.count == 2)
            let damaged = village.runs[0].run.identity.log
            let heights: [LogID: UInt64] = [
                damaged: 1, (damaged == one ? other : one): 2,
            ]
            for (log, height) in heights {
                try node.store.recordHeld(
                    [.init(log: log, height: height)], by: County.author(1).key)
            }
            let rebuilding = try node.store.rebuild()
            #expect(rebuilding.cuts.map { "\($0.from)>\($0.to)" }.sorted() == ["1>0", "2>1"])
            #expect(try node.row("SELECT group_concat(title) FROM notes") == ["乙"])
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func aLogThatIsShorterThanItClaimsIsSetRight() throws {
        try withFolder { folder in
            try withNode(folder) { node in
                for number in 0..<3 { try node.author(.note("\(number)")) }
            }
            try folder.tamper { try $0.execute(sql: "DELETE FROM runs WHERE first = 3") }
            let store = try Store(folder.folder, catalogue: .small)
            let rebuilding = try store.rebuild()
            #expect(rebuilding.cuts.map(\.from) == [3])
            #expect(rebuilding.cuts.map(\.to) == [2])
            #expect(try store.verify().findings == [])
        }
    }
}
