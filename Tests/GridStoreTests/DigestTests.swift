// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct DigestTests {
    /// Local numbers of logs follow the order of arrival; digests do not.
    @Test func storesThatGotTheSameRunsInOtherOrdersHaveEqualDigests() throws {
        let writers = [try Writer(2), try Writer(11), try Writer(3)]
        for (index, writer) in writers.enumerated() {
            try writer.author(.note("\(index)"), .write("alarms", set: ["title": .clear]))
        }
        let runs = writers.flatMap(\.runs)
        try withFolder { first in
            try withFolder { second in
                let (one, other) = (try Node(1, in: first), try Node(1, in: second))
                for run in runs { try one.admit([run]) }
                for run in runs.reversed() { try other.admit([run]) }
                let numbers =
                    "SELECT group_concat(hex(replica)) FROM (SELECT * FROM logs ORDER BY ref)"
                #expect(try one.row(numbers) != other.row(numbers))
                #expect(try one.store.digests() == other.store.digests())
                #expect(try one.store.digests().map(\.records) == [6])
            }
        }
    }

    @Test func everyRecordAndEveryAreaCounts() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.author(.note("甲", County.village), .note("乙", County.neighbour))
            let before = try node.store.digests()
            #expect(before.map(\.area) == [County.village, County.neighbour])
            let key = try #require(
                try node.records().keys.first { $0.domain.area == County.neighbour })
            try node.author(
                .write(
                    "notes", .existing(key.address), County.neighbour,
                    set: ["title": .assign(.text("丙"))]))
            let after = try node.store.digests()
            #expect(after[0] == before[0])
            #expect(after[1].tables != before[1].tables)
            #expect(after[1].frontier != before[1].frontier)
        }
    }

    @Test func aDigestIsOfWhatLiesOnDisk() throws {
        try withFolder { folder in
            let before = try {
                let node = try Node(11, in: folder)
                try node.author(.note("甲"), .note("乙"))
                return try node.store.digests()
            }()
            try folder.tamper { try $0.execute(sql: "DELETE FROM notes WHERE title = '甲'") }
            let after = try Store(folder.folder, catalogue: .small).digests()
            #expect(after.map(\.frontier) == before.map(\.frontier))
            #expect(after.map(\.tables) != before.map(\.tables))
        }
    }

    /// An older program keeps what it does not know beside its tables.
    @Test func programsThatKnowDifferentCollectionsHaveEqualDigests() throws {
        let writer = try Writer(11)
        try writer.author(.note("甲"), .write("alarms", set: ["title": .assign(.text("火"))]))
        try withFolder { first in
            try withFolder { second in
                let newer = try Node(1, in: first)
                let older = try Node(
                    1, in: second,
                    catalogue: .made(
                        """
                        edition 1
                        collection 18|alarms|警情|urgent
                        1|title|标题|text(1..40)|register shown|R|P0
                        """))
                try newer.admit(writer.runs)
                try older.admit(writer.runs)
                #expect(try newer.store.digests() == older.store.digests())
            }
        }
    }
}
