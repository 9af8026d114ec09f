// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct ReceiptTests {
    private static let began: UInt64 = 1_790_000_000_000
    private static let minute: UInt64 = 60_000

    private func withVillage(_ body: (FolderReplica) throws -> Void) throws {
        try withFolder { folder in
            do { _ = try Node(11, in: folder) }
            try body(
                try FolderReplica(
                    store: try Store(folder.folder, catalogue: .small), author: County.author(11),
                    now: Self.began))
        }
    }

    private func write(_ title: String, to folder: FolderReplica) throws {
        _ = try folder.commit(now: Self.began) { batch, transaction in
            _ = try transaction.author([.note(title)], in: &batch)
        }
    }

    private func log(_ folder: FolderReplica) -> LogID {
        LogID(
            replica: folder.replica.id, domain: Domain(area: County.village, lane: .routine))
    }

    /// What the township would sign, its rows changed.
    private func receipt(
        _ folder: FolderReplica, at time: UInt64 = began,
        _ change: (Receipt.Row) -> Receipt.Row = { $0 }
    ) -> Receipt {
        let honest = folder.receipt(for: folder.replica.id, area: County.village, now: time)
        return Receipt(
            for: folder.replica.id, area: County.village, time: time,
            rows: honest.rows.map(change), issuedBy: County.author(2))
    }

    @Test func eachEntryIsAnsweredForByTheFirstReceiptThatCoversIt() throws {
        try withVillage { folder in
            let hour: UInt64 = 3_600_000
            var receipts: [Receipt] = []
            for number in 0..<3 {
                try write("\(number)", to: folder)
                let now = Self.began + UInt64(number) * hour
                receipts.append(receipt(folder, at: now))
                #expect(folder.keep(receipts[number], now: now) == .kept)
            }
            for number in 0..<3 {
                let found = try folder.store.receipts(
                    for: Dot(log: log(folder), sequence: UInt64(number + 1)))
                #expect(found.map(\.receipt) == [receipts[number]])
            }
            let none = try folder.store.receipts(for: Dot(log: log(folder), sequence: 4))
            #expect(none.isEmpty)
            #expect(
                try folder.store.latestReceipts() == [County.author(2).key: [log(folder): 3]])
        }
    }

    @Test func ofEachHourAndLaterOfEachDayTheLastIsKept() throws {
        try withVillage { folder in
            try write("1", to: folder)
            let hour: UInt64 = 3_600_000
            let start = Self.began / (24 * hour) * (24 * hour)
            for number in 0..<120 {
                let now = start + UInt64(number) * Self.minute
                #expect(folder.keep(receipt(folder, at: now), now: now) == .kept)
            }
            func count() throws -> Int? {
                try folder.store.read {
                    try Int.fetchOne($0, sql: "SELECT count(*) FROM receipts")
                }
            }
            #expect(try count() == 2)
            let later = start + 20 * 24 * hour
            #expect(folder.keep(receipt(folder, at: later), now: later) == .kept)
            #expect(try count() == 2)
            let first = try folder.store.receipts(for: Dot(log: log(folder), sequence: 1))
            #expect(first.first?.received == start + 119 * Self.minute)
        }
    }

    @Test func aReceiptForAnotherEntryIsNotTakenAndIsShownUntilAnHonestOneComes() throws {
        try withVillage { folder in
            for title in ["1", "2"] { try write(title, to: folder) }
            let lie = receipt(folder) {
                Receipt.Row(log: $0.log, height: 1, head: $0.head)
            }
            #expect(folder.keep(lie, now: Self.began) == .contradicts(log(folder)))
            #expect(folder.keep(lie, now: Self.began + 1) == .contradicts(log(folder)))
            #expect(try folder.store.latestReceipts().isEmpty)
            let incidents = try folder.store.incidents()
            #expect(incidents.map(\.code) == [.falseReceipt])
            #expect(incidents.first?.peer == County.author(2).key)
            #expect(folder.keep(receipt(folder), now: Self.began + 2) == .kept)
            #expect(try folder.store.incidents().first?.endedAt == Self.began + 2)
        }
    }

    @Test func aReceiptForMoreOfOnesOwnLogThanThereIsIsNotTaken() throws {
        try withVillage { folder in
            try write("1", to: folder)
            let lie = receipt(folder) {
                Receipt.Row(log: $0.log, height: 5, head: $0.head)
            }
            #expect(folder.keep(lie, now: Self.began) == .contradicts(log(folder)))
            #expect(try folder.store.incidents().map(\.code) == [.falseReceipt])
        }
    }

    @Test func anEarlierHeightIsHeldAgainstTheEntryThere() throws {
        try withVillage { folder in
            try write("1", to: folder)
            let earlier = receipt(folder)
            for title in ["2", "3"] { try write(title, to: folder) }
            #expect(folder.keep(earlier, now: Self.began) == .kept)
        }
    }

    @Test func moreOfAnothersLogThanIsHereMayBeSo() throws {
        try withVillage { folder in
            try write("1", to: folder)
            let foreign = LogID(
                replica: ReplicaID(high: 0, low: 1),
                domain: Domain(area: County.village, lane: .urgent))
            let rows = [Receipt.Row(log: foreign, height: 9, head: .zero)] + receipt(folder).rows
            let more = Receipt(
                for: folder.replica.id, area: County.village, time: 1,
                rows: rows.sorted { $0.log < $1.log }, issuedBy: County.author(2))
            #expect(folder.keep(more, now: Self.began) == .kept)
            #expect(
                try folder.store.latestReceipts() == [County.author(2).key: [log(folder): 1]])
        }
    }

    @Test func whatWasSignedForAndIsGoneAtALaterMeetingIsAnIncidentUntilItIsBack() throws {
        try withVillage { folder in
            for title in ["1", "2", "3"] { try write(title, to: folder) }
            let peer = County.author(2).key
            _ = folder.recordHeld([peer: [log(folder): 3]])
            #expect(folder.keep(receipt(folder), now: Self.began) == .kept)
            #expect(!folder.lacksReceipt(of: peer))
            func meet(at now: UInt64) throws {
                folder.meet(
                    try County.chain(of: 2),
                    greeting: Greeting(
                        software: "", nonce: ReplicaNonce(high: 2, low: 1), clock: now, credit: 0,
                        credential: .init(of: try County.chain(of: 2), isKnown: true),
                        area: County.township, holdings: .frontier([])), now: now)
            }
            try meet(at: Self.began + 1_000)
            folder.attend(now: Self.began + 10_000)
            #expect(try folder.store.incidents().isEmpty)
            try meet(at: Self.began + 20_000)
            _ = folder.recordHeld([peer: [log(folder): 1]])
            folder.attend(now: Self.began + 30_000)
            let incident = try #require(try folder.store.incidents().first)
            #expect(incident.code == .receiptedDataLost)
            #expect(incident.lost == 2)
            _ = folder.recordHeld([peer: [log(folder): 3]])
            folder.attend(now: Self.began + 31_000)
            #expect(try folder.store.incidents().first?.endedAt == Self.began + 31_000)
        }
    }

    @Test func whoHasAcknowledgedMoreThanItSignedForOwesAReceipt() throws {
        try withVillage { folder in
            try write("1", to: folder)
            let peer = County.author(2).key
            #expect(!folder.lacksReceipt(of: peer))
            _ = folder.recordHeld([peer: [log(folder): 1]])
            #expect(folder.lacksReceipt(of: peer))
            #expect(folder.keep(receipt(folder), now: Self.began) == .kept)
            #expect(!folder.lacksReceipt(of: peer))
        }
    }

    @Test func aProofLeadsFromTheEntryToTheReceiptThroughAllRuns() throws {
        try withVillage { folder in
            for title in ["1", "2", "3"] { try write(title, to: folder) }
            let signed = receipt(folder)
            try write("4", to: folder)
            let chain = CertificateChain(try County.chain(of: 2).certificates)
            let root = County.author(1).key
            for sequence in 1...3 as ClosedRange<UInt64> {
                let dot = Dot(log: log(folder), sequence: sequence)
                let proof = try #require(
                    try folder.store.proof(of: dot, by: signed, chain: chain))
                let hash = try folder.store.hash(at: sequence, of: dot.log)
                #expect(try proof.verify(root: root).hash == hash)
                #expect(try ReceiptProof(decoding: proof.encoded) == proof)
            }
            let beyond = Dot(log: log(folder), sequence: 4)
            #expect(try folder.store.proof(of: beyond, by: signed, chain: chain) == nil)
        }
    }
}
