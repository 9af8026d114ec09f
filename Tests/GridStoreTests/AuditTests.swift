// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// The audit trail as it lies in the ledger.
struct AuditTests {
    private func act(
        _ act: AuditAct, at time: UInt64 = 5, area: AreaCode = County.village,
        object: String = "residents/x", details: [String: FieldValue] = [:]
    ) -> AuditEntry {
        AuditEntry(
            act: act, who: "茶香村·gridctl 李", object: object, area: area, reason: "核对",
            time: time, details: details)
    }

    private func line(_ entry: AuditEntry, in area: AreaCode = County.village) -> LocalChange {
        LocalChange(domain: Domain(area: area, lane: .routine), draft: entry.draft)
    }

    @Test func whatWasNotedIsReadAsItWas() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let entry = act(.importing, details: ["rows": .integer(3)])
            let bare = AuditEntry(act: .pause, who: "", area: County.village, time: 6)
            try node.author(line(entry))
            try node.author(line(bare))
            let found = try node.store.audit(where: AuditFilter()).items
            #expect(found.map(\.entry) == [bare, entry])
            #expect(found.map(\.key) == [County.author(11).key, County.author(11).key])
            #expect(found.allSatisfy { $0.home == County.village && !$0.isAltered })
        }
    }

    @Test func itIsNoBusinessRecordAndCountsAsNone() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            let before = try node.store.counts().map(\.counts)
            try node.author(line(act(.plainRead)))
            #expect(try node.store.counts().map(\.counts) == before)
            #expect(try node.store.verify().findings == [])
            _ = try node.store.rebuild()
            #expect(try node.store.audit(where: AuditFilter()).items.count == 1)
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func aTownshipReadsThoseOfItsVillagesNewestFirstAndEndsEqual() throws {
        let village = try Writer(11)
        try village.author(line(act(.plainRead)), line(act(.plainSQL)))
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.author(line(act(.certificate, area: County.township), in: County.township))
            try node.admit(village.runs)
            let acts = try node.store.audit(where: AuditFilter()).items
            #expect(acts.count == 3)
            #expect(zip(acts, acts.dropFirst()).allSatisfy { $0.stamp >= $1.stamp })
            try withFolder { other in
                let second = try Node(2, in: other, nonce: 2)
                try second.admit(try node.fetch().map { try $0.verified })
                #expect(try second.store.digests() == node.store.digests())
                #expect(
                    try second.store.audit(where: AuditFilter()).items.map(\.id) == acts.map(\.id))
            }
        }
    }

    @Test func pagesJoinToTheWholeWhateverTheirLength() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            for number in 1...150 {
                try node.author(line(act(number.isMultiple(of: 3) ? .pause : .plainRead)))
            }
            let all = try node.store.audit(where: filter { $0.limit = 1000 })
            #expect(all.items.count == 150 && all.next == nil)
            for limit in [1, 7, 64, 149, 150] {
                var found: [RecordID] = []
                var after: RecordID?
                repeat {
                    let page = try node.store.audit(
                        where: filter {
                            $0.limit = limit; $0.after = after
                        })
                    found += page.items.map(\.id)
                    after = page.next
                } while after != nil
                #expect(found == all.items.map(\.id))
            }
            #expect(throws: AuditPlaceUnknown.self) {
                try node.store.audit(
                    where: filter { $0.after = RecordID(parsing: "0000000000000000") })
            }
        }
    }

    @Test func actsAreNarrowedByCodeAreaAndTime() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            for (code, area) in [
                (AuditAct.plainRead, County.village), (.plainRead, County.neighbour),
                (.pause, County.township),
            ] {
                try node.author(line(act(code, area: area), in: County.township))
            }
            func count(_ change: (inout AuditFilter) -> Void) throws -> Int {
                try node.store.audit(where: filter(change)).items.count
            }
            #expect(try count { $0.act = .plainRead } == 2)
            #expect(try count { $0.act = AuditAct(rawValue: "nothing") } == 0)
            #expect(try count { $0.area = County.village } == 1)
            #expect(try count { $0.area = County.township } == 3)
            #expect(try count { $0.since = node.now } == 1)
            #expect(try count { $0.since = node.now + 1 } == 0)
        }
    }

    /// Whoever may write in an area may write to its trail; the log has both, and the list says so.
    @Test func aLaterWriteToAnActIsShown() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let written = try node.author(line(act(.plainRead)))
            let again = DraftChange(
                collection: SystemCollection.audit, target: .existing(written.addresses[0]),
                archives: true,
                writes: [FieldWrite(field: 5, operation: .assign(.text("别的理由")))])
            try node.author(
                LocalChange(domain: Domain(area: County.village, lane: .routine), draft: again))
            let items = try node.store.audit(where: AuditFilter()).items
            #expect(items.map(\.isAltered) == [true])
        }
    }

    @Test func whatIsNoActIsPassedOver() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let odd = DraftChange(
                collection: SystemCollection.audit, target: .new, archives: false,
                writes: [FieldWrite(field: 1, operation: .assign(.integer(7)))])
            let domain = Domain(area: County.village, lane: .routine)
            try node.author(LocalChange(domain: domain, draft: odd))
            #expect(try node.store.audit(where: AuditFilter()).items.isEmpty)
        }
    }

    @Test func longTextsAreCutSoThatAnActAlwaysFits() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let long = String(repeating: "长\u{0}", count: 100_000)
            let entry = AuditEntry(
                act: .plainSQL, who: long, object: long, area: County.village, reason: long,
                time: 1)
            try node.author(line(entry))
            #expect(entry.reason.unicodeScalars.count == 500)
            #expect(try node.store.audit(where: AuditFilter()).items.map(\.entry) == [entry])
        }
    }

    private func filter(_ change: (inout AuditFilter) -> Void) -> AuditFilter {
        var filter = AuditFilter()
        change(&filter)
        return filter
    }
}
