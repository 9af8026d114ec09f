// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// What a store gives to audits.
struct TableAuditTests {
    private func names(_ leaves: [AuditLeaf]) -> Set<AuditLeaf.Name> { Set(leaves.map(\.name)) }

    @Test func theLeavesAreTheRecordsOfTheArea() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            try node.author(.note("甲", County.village), .note("乙", County.neighbour))
            let leaves = try #require(try node.store.auditLeaves(of: County.village))
            let expected = try node.store.recordStates().values.map(\.state)
                .filter { $0.domain.area == County.village }
            #expect(leaves.count == expected.count)
            for state in expected {
                let name = AuditLeaf.Name(
                    lane: state.domain.lane, collection: state.collection,
                    id: RecordNaming.id(of: state.address))
                #expect(
                    leaves.first { $0.name == name }?.digest == (try Store.digest(of: state)))
            }
        }
    }

    @Test func aRowThatCannotBeReadHasALeafAndNoDigest() throws {
        try withFolder { folder in
            let before = try {
                let node = try Node(11, in: folder)
                try node.author(.note("甲"), .note("乙"))
                return try node.store.auditLeaves(of: County.village)
            }()
            try folder.tamper {
                try $0.execute(sql: "UPDATE notes SET _merge = zeroblob(9) WHERE title = '甲'")
            }
            let store = try Store(folder.folder, catalogue: .small)
            let after = try #require(try store.auditLeaves(of: County.village))
            #expect(names(after) == names(try #require(before)))
            #expect(after.count { $0.digest == .zero } == 1)
        }
    }

    @Test func noMoreIsReadThanTellsThatThereIsTooMuch() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"), .note("乙"), .note("丙"))
            for (limit, count) in [(0, 1), (1, 2), (2, 3), (3, 3)] {
                let leaves = try node.store.auditLeaves(of: County.village, upTo: limit)
                #expect(leaves?.count == count)
            }
        }
    }

    @Test func tablesThatAreToBeBuiltAnewAreNotAudited() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            try node.store.markStale()
            #expect(try node.store.auditLeaves(of: County.village) == nil)
        }
    }

    @Test func whatAnAuditHasComeToIsKeptInPlaceOfTheOneBefore() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            let peer = County.author(2).key
            let record = AuditFinding.Record(
                name: AuditLeaf.Name(
                    lane: .urgent, collection: 18, id: RecordID(high: .max, low: .max)),
                kind: .missingThere)
            let finding = AuditFinding(here: 3, there: .max, records: [record], isWhole: false)
            let audits = [
                TableAudit(peer: peer, area: County.village, at: 7, finding: finding),
                TableAudit(peer: peer, area: County.township, at: 8, finding: nil),
            ]
            for audit in audits { try node.store.keep(audit) }
            #expect(Set(try node.store.tableAudits()) == Set(audits))
            let later = TableAudit(peer: peer, area: County.village, at: 9, finding: nil)
            try node.store.keep(later)
            #expect(Set(try node.store.tableAudits()) == [later, audits[1]])
        }
    }

    /// A catalogue that only adds fields which merge as others do is comparable with the older one.
    @Test func theMergeDigestIsOfWhatMergesInAWayOfItsOwn() {
        func catalogue(_ lines: String) -> Catalogue {
            .made("edition 1\ncollection 18|alarms|警情|urgent\n" + lines)
        }
        let plain = catalogue("1|title|标题|text(1..40)|register shown|R|P0")
        let more = catalogue(
            "1|title|标题|text(1..40)|register shown|R|P0\n2|place|地点|text(1..40)|register shown|O|P0"
        )
        let fixed = catalogue("1|title|标题|text(1..40)|fixed|R|P0")
        #expect(plain.mergeDigest == more.mergeDigest)
        #expect(plain.mergeDigest != fixed.mergeDigest)
    }
}
