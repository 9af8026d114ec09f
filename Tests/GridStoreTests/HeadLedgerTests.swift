// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct HeadLedgerTests {
    private static let rowBytes: UInt64 = 96

    private func row(_ height: UInt64, _ lane: Lane = .routine, nonce: UInt64 = 1) -> HeadLedger.Row
    {
        let identity = LogIdentity(
            key: County.author(11).key, nonce: ReplicaNonce(high: 11, low: nonce),
            domain: Domain(area: County.village, lane: lane))
        return HeadLedger.Row(
            log: identity.log, height: height,
            head: Bytes32(words: (height, UInt64(lane.rawValue), 3, 4)))
    }

    private func file(_ folder: TestFolder) throws -> FileHandle {
        try #require(FileHandle(forUpdatingAtPath: folder.folder.headLedgerPath))
    }

    private func size(_ folder: TestFolder) throws -> UInt64 { try file(folder).seekToEnd() }

    private func heights(_ folder: TestFolder) throws -> [UInt64] {
        try HeadLedger(folder.folder).rows.values.map(\.height).sorted()
    }

    @Test func theLastRowOfEachLogIsReadBack() throws {
        try withFolder { folder in
            do {
                let ledger = try HeadLedger(folder.folder)
                #expect(ledger.rows.isEmpty)
                for height in 1...3 { ledger.append([row(UInt64(height)), row(9, .urgent)]) }
                try ledger.sync()
            }
            let rows = try HeadLedger(folder.folder).rows
            #expect(rows[row(1).log] == row(3))
            #expect(rows[row(1, .urgent).log] == row(9, .urgent))
            #expect(try size(folder) == 6 * Self.rowBytes)
        }
    }

    @Test func theLongestRowHasRoom() throws {
        try withFolder { folder in
            let area = try AreaCode(parsing: "999999999999")
            let log = LogID(
                replica: ReplicaID(high: .max, low: .max),
                domain: Domain(area: area, lane: .routine))
            let row = HeadLedger.Row(log: log, height: .max, head: .zero)
            try HeadLedger(folder.folder).append([row])
            #expect(try HeadLedger(folder.folder).rows[log] == row)
        }
    }

    /// The ledger lags after a crash between a commit and its row; an older image of the database is
    /// found out by it later all the same.
    @Test func eachOpeningCatchesUpWithWhatWasCommitted() throws {
        try withFolder { folder in
            _ = try Node(11, in: folder)
            func open() throws -> FolderReplica {
                try FolderReplica(
                    store: try Store(folder.folder, catalogue: .small),
                    author: County.author(11), now: 1)
            }
            let replica = try {
                let replica = try open()
                _ = try replica.commit(now: 1) { batch, transaction in
                    try transaction.author([.note("a"), .note("b")], in: &batch)
                }
                return replica.replica.id
            }()
            let rows = try HeadLedger(folder.folder).rows
            #expect(!rows.isEmpty)
            try file(folder).truncate(atOffset: 0)
            #expect(try HeadLedger(folder.folder).rows.isEmpty)
            #expect(try open().replica.id == replica)
            #expect(
                try HeadLedger(folder.folder).rows.filter { $0.value.height > 0 }
                    == rows.filter { $0.value.height > 0 })
        }
    }

    @Test(arguments: [1, 40, 95] as [UInt64])
    func aTornLastRowIsForgottenAndTheNextOneIsKept(bytes: UInt64) throws {
        try withFolder { folder in
            for height in 1...3 { try HeadLedger(folder.folder).append([row(UInt64(height))]) }
            try file(folder).truncate(atOffset: 2 * Self.rowBytes + bytes)
            #expect(try heights(folder) == [2])
            try HeadLedger(folder.folder).append([row(7)])
            #expect(try heights(folder) == [7])
            #expect(try size(folder).isMultiple(of: Self.rowBytes))
        }
    }

    @Test func aFlippedBitCostsItsRowOnly() throws {
        try withFolder { folder in
            for offset in 0..<Self.rowBytes {
                try? FileManager.default.removeItem(atPath: folder.folder.headLedgerPath)
                do {
                    let ledger = try HeadLedger(folder.folder)
                    ledger.append([row(1), row(2), row(3)])
                }
                let file = try file(folder)
                try file.seek(toOffset: 2 * Self.rowBytes + offset)
                let byte = try #require(try file.read(upToCount: 1))[0]
                try file.seek(toOffset: 2 * Self.rowBytes + offset)
                try file.write(contentsOf: [byte ^ 0x10])
                #expect(try heights(folder) == [2], "byte \(offset)")
            }
        }
    }

    @Test func aLongFileIsWrittenAnewWithTheLastRows() throws {
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder, bytesMax: 1_000)
            ledger.append([row(50, .urgent)])
            for height in 1...100 {
                ledger.append([row(UInt64(height))])
                #expect(try size(folder) <= 1_000)
                #expect(try heights(folder) == [50, UInt64(height)].sorted())
            }
            try ledger.sync()
        }
    }

    @Test func whatCouldNotBeWrittenComesWithTheNextRow() throws {
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder, bytesMax: 500)
            ledger.append([row(1)])
            let blocker = "\(folder.folder.headLedgerPath).new"
            try FileManager.default.createDirectory(
                atPath: blocker, withIntermediateDirectories: true)
            // The file is to be written anew and cannot be: it lags.
            for height in 2...9 { ledger.append([row(UInt64(height))]) }
            #expect(try heights(folder) == [5])
            try FileManager.default.removeItem(atPath: blocker)
            ledger.append([row(10)])
            #expect(try heights(folder) == [10])
        }
    }

    @Test func aDatabaseThatLacksCommittedEntriesIsAnOlderImage() throws {
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder)
            let node = try Node(11, in: folder)
            func commit() throws -> [LogState] {
                try node.author(.note("旱"))
                let logs = try node.store.logs()
                ledger.append(
                    logs.map { .init(log: $0.identity.log, height: $0.height, head: $0.head) })
                return logs
            }
            let older = try commit()
            #expect(!ledger.isAhead(of: older, as: node.replica.id))
            let newer = try commit()
            #expect(!ledger.isAhead(of: newer, as: node.replica.id))
            #expect(ledger.isAhead(of: older, as: node.replica.id))
            #expect(ledger.isAhead(of: [], as: node.replica.id))
            // It may lag.
            ledger.append([.init(log: older[0].identity.log, height: 1, head: older[0].head)])
            #expect(!ledger.isAhead(of: newer, as: node.replica.id))
        }
    }

    @Test func anotherEntryAtTheSameHeightIsAnOlderImageGoneAstray() throws {
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder)
            let node = try Node(11, in: folder)
            try node.author(.note("旱"))
            let log = try node.store.logs()[0]
            ledger.append([.init(log: log.identity.log, height: 1, head: .zero)])
            #expect(ledger.isAhead(of: [log], as: node.replica.id))
        }
    }

    @Test func aDatabaseThatWritesAsAnotherReplicaIsAnOlderImage() throws {
        try withFolder { folder in
            let ledger = try HeadLedger(folder.folder)
            let first = LogIdentity.replica(
                key: County.author(11).key, nonce: ReplicaNonce(high: 11, low: 1))
            let second = LogIdentity.replica(
                key: County.author(11).key, nonce: ReplicaNonce(high: 11, low: 2))
            ledger.append([row(5)])
            #expect(ledger.isAhead(of: [], as: first))
            ledger.begin(as: second, in: County.village)
            #expect(!ledger.isAhead(of: [], as: second))
            // Also before the new replica has written anything, and after a restart.
            #expect(ledger.isAhead(of: [], as: first))
            let again = try HeadLedger(folder.folder)
            #expect(again.isAhead(of: [], as: first))
            #expect(!again.isAhead(of: [], as: second))
            again.append([row(1, nonce: 2)])
            #expect(try HeadLedger(folder.folder).isAhead(of: [], as: second))
        }
    }

    @Test func aLostLedgerAccusesNobody() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("旱"))
            let ledger = try HeadLedger(folder.folder)
            #expect(!ledger.isAhead(of: try node.store.logs(), as: node.replica.id))
        }
    }

    @Test func aFolderWhereNoFileCanBeMadeIsRefused() {
        #expect(throws: StoreFailure.self) { try HeadLedger(NodeFolder("/nowhere/at/all")) }
    }
}
