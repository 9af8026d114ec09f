// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct IncidentTests {
    private static let began: UInt64 = 1_790_000_000_000

    private func open(_ folder: TestFolder, at now: UInt64 = began) throws -> FolderReplica {
        if try !isNode(folder) { _ = try Node(11, in: folder) }
        return try FolderReplica(
            store: try Store(folder.folder, catalogue: .small), author: County.author(11), now: now)
    }

    private func isNode(_ folder: TestFolder) throws -> Bool {
        try Store(folder.folder, catalogue: .small).node() != nil
    }

    private func write(_ title: String, to folder: FolderReplica, at now: UInt64 = began) throws {
        _ = try folder.commit(now: now) { batch, transaction in
            _ = try transaction.author([.note(title)], in: &batch)
        }
    }

    private func log(of replica: ReplicaID) -> LogID {
        LogID(replica: replica, domain: Domain(area: County.village, lane: .routine))
    }

    /// Lets a peer be met.
    private func meet(_ folder: FolderReplica, at now: UInt64, nonce: UInt64 = 1) throws {
        folder.meet(
            try County.chain(of: 2),
            greeting: Greeting(
                software: "", nonce: ReplicaNonce(high: 2, low: nonce), clock: now, credit: 0,
                credential: .init(of: try County.chain(of: 2), isKnown: true),
                area: County.township, holdings: .frontier([])), now: now)
    }

    /// The word was kept, and the machine went down before the records were built anew by it.
    @Test func aLogThatHasEndedIsNoOlderImageAtTheNextStart() throws {
        try withFolder { folder in
            do {
                let opened = try open(folder)
                try write("1", to: opened)
                opened.syncHeads()
                try opened.store.markStale()
                try opened.store.add(
                    CutOff(
                        subject: County.author(11).key, reason: .lost, issuedAt: 0, rows: [],
                        issuedBy: County.author(2)), waiting: false)
            }
            let opened = try FolderReplica(
                store: try Store(folder.folder, catalogue: .small), author: County.author(11),
                now: Self.began)
            #expect(opened.store.rebuiltAtOpening?.cuts.map(\.isEnded) == [true])
            #expect(opened.replica.height(of: log(of: opened.replica.id)) == 0)
            #expect(try opened.store.incidents().isEmpty)
            #expect(try opened.store.quarantine().count == 1)
        }
    }

    @Test func anOlderImageIsKeptWithWhatIsMissingUntilThatIsBack() throws {
        try withFolder { folder in
            var left = ReplicaID(high: 0, low: 0)
            var runs: [VerifiedRun] = []
            do {
                let opened = try open(folder)
                try write("1", to: opened)
                left = opened.replica.id
            }
            try folder.tamper { _ in }
            try folder.copy(of: "grid.db", to: "older.db")
            do {
                let opened = try open(folder)
                for title in ["2", "3"] { try write(title, to: opened) }
                opened.syncHeads()
                let range = GridSync.FetchRequest.Range(log: log(of: left), first: 2)
                runs = try opened.store.runs(
                    for: .init(lane: .routine, ranges: [range], bytes: .max)
                ).map { try $0.verified }
            }
            let older = try Data(contentsOf: URL(filePath: folder.folder.path + "/older.db"))
            for name in ["grid.db-wal", "grid.db-shm"] {
                try? FileManager.default.removeItem(atPath: "\(folder.folder.path)/\(name)")
            }
            // In place, as a disk that is put back does it.
            let file = try FileHandle(forWritingTo: URL(filePath: folder.folder.databasePath))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: older)
            try file.close()

            let opened = try open(folder, at: Self.began + 1_000)
            #expect(opened.replica.id != left)
            var incident = try #require(try opened.store.incidents().first)
            #expect(incident.code == .olderImage)
            #expect(incident.at == Self.began + 1_000)
            #expect(incident.replica == left)
            #expect(incident.parts == [.init(log: log(of: left), held: 1, known: 3)])
            #expect(incident.missing { opened.replica.height(of: $0) } == 2)
            #expect(incident.lost == 2)

            try meet(opened, at: Self.began + 2_000)
            opened.attend(now: Self.began + 20_000)
            #expect(try opened.store.incidents().first?.endedAt == nil)
            _ = try opened.commit(now: Self.began + 20_000) { batch, transaction in
                try transaction.admit(runs, from: County.author(2).key, in: &batch)
            }
            opened.attend(now: Self.began + 21_000)
            incident = try #require(try opened.store.incidents().first)
            #expect(incident.endedAt == Self.began + 21_000)
            #expect(incident.lost == 2)
            // A peer knows still more: it is not over after all.
            _ = opened.recordHeld([County.author(2).key: [log(of: left): 5]])
            #expect(try opened.store.incidents().first?.endedAt == nil)
        }
    }

    @Test func aCopiedFolderSaysSoAndIsOverWhenAPeerKnowsNoMore() throws {
        try withFolder { folder in
            try write("1", to: try open(folder))
            let copy = NodeFolder(folder.folder.path + "-copy")
            defer { try? FileManager.default.removeItem(atPath: copy.path) }
            try FileManager.default.copyItem(atPath: folder.folder.path, toPath: copy.path)
            let opened = try FolderReplica(
                store: try Store(copy, catalogue: .small), author: County.author(11),
                now: Self.began)
            #expect(try opened.store.incidents().map(\.code) == [.folderCopied])
            try meet(opened, at: Self.began + 1)
            opened.attend(now: Self.began + 2)
            #expect(try opened.store.incidents().first?.endedAt == nil)
            opened.attend(now: Self.began + 10_000)
            #expect(try opened.store.incidents().first?.endedAt == Self.began + 10_000)
        }
    }

    @Test func whatAPeerKnowsMoreIsKeptInTheTransactionThatMakesTheNewReplica() throws {
        try withFolder { folder in
            let opened = try open(folder)
            try write("1", to: opened)
            let left = opened.replica.id
            opened.doubtReplica(log(of: left), height: 40)
            let incident = try #require(try opened.store.incidents().first)
            #expect(incident.code == .rolledBack)
            #expect(incident.parts == [.init(log: log(of: left), held: 1, known: 40)])
            let kept = try opened.store.node()
            #expect(kept?.nonce == opened.node.nonce)
            #expect(opened.replica.id != left)
        }
    }

    @Test func aForkOfOnesOwnLogIsKeptAsThat() throws {
        try withFolder { folder in
            let opened = try open(folder)
            try write("1", to: opened)
            opened.leaveBehind(opened.replica.id)
            #expect(try opened.store.incidents().map(\.code) == [.ownLogForked])
        }
    }

    @Test func aPeerThatComesBackAsAnotherReplicaLostWhatItNoLongerNames() throws {
        try withFolder { folder in
            let opened = try open(folder)
            for title in ["1", "2", "3"] { try write(title, to: opened) }
            let own = log(of: opened.replica.id)
            let peer = County.author(2).key
            try meet(opened, at: Self.began)
            _ = opened.recordHeld([peer: [own: 3]])
            try meet(opened, at: Self.began + 1_000)
            #expect(try opened.store.incidents().isEmpty)
            try meet(opened, at: Self.began + 2_000, nonce: 2)
            let incident = try #require(try opened.store.incidents().first)
            #expect(incident.code == .peerRestored)
            #expect(incident.peer == peer)
            #expect(incident.parts == [.init(log: own, held: 0, known: 3)])
            // Once more before it has everything: still one matter.
            _ = opened.recordHeld([peer: [own: 1]])
            try meet(opened, at: Self.began + 3_000, nonce: 3)
            #expect(try opened.store.incidents().count == 1)
            _ = opened.recordHeld([peer: [own: 3]])
            opened.attend(now: Self.began + 20_000)
            #expect(try opened.store.incidents().first?.endedAt == Self.began + 20_000)
        }
    }

    @Test func entriesOfAnEarlierFolderWithTheSameKeyAreToldOfAsThat() throws {
        try withFolder { older in
            try withFolder { newer in
                let before = try open(older)
                try write("1", to: before)
                let runs = try Node(11, in: newer, nonce: 2).fetch()
                #expect(runs.isEmpty)
                let opened = try open(newer, at: Self.began + 60_000)
                let range = GridSync.FetchRequest.Range(log: log(of: before.replica.id), first: 1)
                let lost = try before.store.runs(
                    for: .init(lane: .routine, ranges: [range], bytes: .max))
                _ = try opened.commit(now: Self.began + 61_000) { batch, transaction in
                    try transaction.admit(
                        lost.map { try $0.verified }, from: County.author(2).key, in: &batch)
                }
                #expect(try opened.store.incidents().map(\.code) == [.folderReplaced])
                try write("2", to: before, at: Self.began + 120_000)
                let more = try before.store.runs(
                    for: .init(
                        lane: .routine, ranges: [.init(log: range.log, first: 2)], bytes: .max))
                _ = try opened.commit(now: Self.began + 121_000) { batch, transaction in
                    try transaction.admit(
                        more.map { try $0.verified }, from: County.author(2).key, in: &batch)
                }
                #expect(try opened.store.incidents().first?.code == .keyElsewhere)
            }
        }
    }

    @Test func oldOnesThatAreOverAreForgotten() throws {
        try withFolder { folder in
            let store = try Store(folder.folder, catalogue: .small)
            var incident = Incident(.folderCopied, at: 1)
            incident.endedAt = 2
            for _ in 0..<(Store.incidentsMax + 10) { _ = try store.record(incident) }
            let count = try store.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM incidents")
            }
            #expect(count == Store.incidentsMax)
        }
    }
}
