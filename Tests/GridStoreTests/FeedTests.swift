// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct FeedTests {
    /// What a reader sees who reads to the end, `limit` changes at a time.
    private func read(
        _ store: Store, from start: FeedPosition, where filter: FeedFilter = FeedFilter(),
        limit: Int = 500
    ) throws -> (items: [FeedItem], end: FeedPosition) {
        var (items, position): ([FeedItem], FeedPosition) = ([], start)
        while true {
            let page = try store.feed(after: position, where: filter, limit: limit)
            items += page.items
            position = page.next
            if page.isAtEnd { return (items, position) }
        }
    }

    private func told(_ items: [FeedItem]) -> [String] {
        items.map { "\($0.operation) \($0.record["title"]?.value?.plainText ?? "")" }
    }

    @Test func everyCommitAppendsARowForEachRecordItTouched() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let start = try node.store.feedEnd()
            let write = try node.author(.note("甲"), .note("乙"))
            try node.author(
                .write(
                    "notes", .existing(write.addresses[0]),
                    set: ["title": .assign(.text("丙"))]))
            try node.author(
                .write("notes", .existing(write.addresses[1]), archives: true, set: [:]))
            let (items, end) = try read(node.store, from: start, limit: 1)
            #expect(told(items) == ["created 丙", "created 乙", "changed 丙", "archived 乙"])
            #expect(items.map(\.position.sequence) == [1, 2, 3, 4])
            #expect(try node.store.feedEnd() == end)
            #expect(try read(node.store, from: end).items.isEmpty)
            #expect(try read(node.store, from: items[1].position).items.count == 2)
        }
    }

    @Test func whatPeersBringIsInTheFeedAsWhatIsWrittenHere() throws {
        try withFolder { folder in
            try withFolder { other in
                let (village, township) = (try Node(11, in: folder), try Node(2, in: other))
                try village.author(.note("甲"))
                let start = try township.store.feedEnd()
                try township.admit(try village.fetch().map { try $0.verified })
                let items = try read(township.store, from: start).items
                #expect(told(items) == ["created 甲"])
                // The same again is no change.
                try township.admit(try village.fetch().map { try $0.verified })
                #expect(try read(township.store, from: start).items.count == 1)
            }
        }
    }

    @Test func aSnapshotGivesWhatIsThereAndGoesOnWithoutAGap() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let write = try node.author((0..<7).map { .note("\($0)") })
            try node.author(
                .write("notes", .existing(write.addresses[3]), archives: true, set: [:]))
            let start = try node.store.feedEnd().withSnapshot
            let first = try node.store.feed(after: start, limit: 2)
            #expect(told(first.items) == ["present 0", "present 1"])
            // Written before the place that the snapshot has reached: it must come afterwards.
            try node.author(
                .write(
                    "notes", .existing(write.addresses[0]),
                    set: ["title": .assign(.text("新"))]))
            // Behind that place, but told as a change: it must not come twice.
            try node.author(.note("后"))
            let parsed = try #require(FeedPosition(parsing: first.next.description))
            #expect(parsed == first.next)
            let rest = try read(node.store, from: parsed, limit: 2).items
            #expect(
                told(rest) == [
                    "present 2", "present 4", "present 5", "present 6", "changed 新", "created 后",
                ])
        }
    }

    @Test func aFilterLeavesOutOtherCollectionsAndAreasAndTheReaderMovesOnAllTheSame() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            let start = try node.store.feedEnd()
            try node.author(
                .note("村", County.village), .note("邻", County.neighbour),
                .write("alarms", .new, set: ["title": .assign(.text("警"))]))
            let alarms = try read(node.store, from: start, where: FeedFilter(collections: [18]))
            #expect(told(alarms.items) == ["created 警"])
            let near = try read(
                node.store, from: start, where: FeedFilter(area: County.neighbour))
            #expect(told(near.items) == ["created 邻"])
            #expect(try near.end == node.store.feedEnd())
            let snapshot = try read(
                node.store, from: node.store.feedEnd().withSnapshot,
                where: FeedFilter(collections: [16], area: County.village))
            #expect(told(snapshot.items) == ["present 村"])
        }
    }

    @Test func aRebuildBeginsANewEpochAndSaysSo() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            let end = try node.store.feedEnd()
            _ = try node.store.rebuild()
            #expect(throws: FeedBreak.otherEpoch) { try node.store.feed(after: end) }
            let start = try node.store.feedEnd()
            #expect(start.sequence == 0)
            #expect(told(try read(node.store, from: start.withSnapshot).items) == ["present 甲"])
        }
    }

    @Test func aNewReplicaBeginsANewEpoch() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            let end = try node.store.feedEnd()
            var record = try #require(try node.store.node())
            try node.store.setNode(record)
            #expect(try node.store.feedEnd() == end)
            record.nonce = .random()
            try node.store.setNode(record)
            #expect(throws: FeedBreak.otherEpoch) { try node.store.feed(after: end) }
        }
    }

    /// A disk that was put back as a whole: the same epoch, and another past.
    @Test func aPositionOfAnotherPastIsToldByItsMark() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            let start = try node.store.feedEnd()
            try node.author(.note("乙"), .note("丙"))
            let end = try node.store.feedEnd()
            try node.store.write {
                try $0.execute(sql: "DELETE FROM feed WHERE sequence > 1")
            }
            #expect(throws: FeedBreak.otherEpoch) { try node.store.feed(after: end) }
            try node.author(.note("丁"), .note("戊"), .note("己"))
            #expect(throws: FeedBreak.otherEpoch) { try node.store.feed(after: end) }
            #expect(try read(node.store, from: start).items.count == 3)
        }
    }

    @Test func onlyTheNewestAreKeptAndAReaderThatIsOlderHearsIt() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let start = try node.store.feedEnd()
            let write = try node.author((0..<6).map { .note("\($0)") })
            let early = try read(node.store, from: start).items[1].position
            // The writer of a folder that keeps four.
            let notes = try #require(Catalogue.small.collection(named: "notes"))
            let found = try node.store.record(RecordNaming.id(of: write.addresses[0]), in: notes)
            let state = try #require(found).state
            try node.store.write { database in
                let feed = FeedWriting(database, rowsKept: 4)
                let key = try Int64.fetchOne(database, sql: "SELECT min(_key) FROM notes")
                try feed.append(.changed, of: state, row: RowKey(rawValue: try #require(key)))
            }
            #expect(throws: FeedBreak.expired) { try node.store.feed(after: start) }
            #expect(throws: FeedBreak.expired) { try node.store.feed(after: early) }
            let kept = try node.store.feedEnd(before: 500)
            #expect(kept.sequence == 3)
            #expect(
                try read(node.store, from: kept).items.map(\.position.sequence) == [4, 5, 6, 7])
            #expect(try node.store.feedEnd(before: 2).sequence == 5)
        }
    }

    @Test(arguments: [
        "", "0", "0123456789abcdef:1", "0123456789abcdef:1:0", "0123456789abcdef:-1:00000000",
        "0123456789ABCDEF:1:00000000", "0123456789abcdef:01:00000000",
        "0123456789abcdef:1:00000000@", "0123456789abcdef:1:00000000@1",
        "0123456789abcdef:1:00000000@1.2.3", "0123456789abcdef:1:00000000@1.2@3",
        "0123456789abcdef:9223372036854775808:00000000",
    ])
    func whatNoFeedHasGivenIsNoPosition(text: String) {
        #expect(FeedPosition(parsing: text) == nil)
    }
}
