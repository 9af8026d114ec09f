// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct HistoryTests {
    /// A note that the village writes, the clerk edits and the village archives.
    private func fill(_ folder: TestFolder) throws -> RecordAddress {
        let (node, clerk) = (try Node(11, in: folder), try Writer(3))
        try node.author(.note("other"))
        let address = try node.author(.note("甲")).addresses[0]
        try clerk.admit(node.fetch().map { try $0.verified })
        clerk.now += 10
        try clerk.author(.write("notes", .existing(address), set: ["title": .assign(.text("乙"))]))
        try node.admit(clerk.runs)
        node.now += 20
        try node.author(.write("notes", .existing(address), archives: true, set: [:]))
        return address
    }

    private func history(_ folder: TestFolder, _ address: RecordAddress) throws -> [HistoryItem] {
        let node = try Node(11, in: folder)
        let state = try #require(try node.records().first { $0.key.address == address }?.value)
        return try node.store.history(of: state, redactions: RedactionBook())
    }

    @Test func everyEntryIsShownWithItsVerifiedAuthorInOrder() throws {
        try withFolder { folder in
            let items = try history(folder, fill(folder))
            #expect(items.map(\.key) == [11, 3, 11].map { County.author($0).key })
            #expect(items.map(\.dot.sequence) == [2, 1, 3])
            #expect(items.map(\.isVerified) == [true, true, true])
            #expect(items.map(\.change.archives) == [false, false, true])
            #expect(items[1].change.writes.map(\.operation) == [.assign(.text("乙"))])
            #expect(items.map(\.timestamp) == items.map(\.timestamp).sorted())
            #expect(Set(items.map(\.hash)).count == 3)
        }
    }

    /// The clerk's name instead of the village's: then neither signature nor chain hold.
    @Test func anEntryWhoseSignatureDoesNotHoldIsShownAsUnverified() throws {
        try withFolder { folder in
            let address = try fill(folder)
            try folder.alterEnvelope(where: "first = 3") { envelope in
                var run = try RunEnvelope.open(envelope)
                run = Run(
                    identity: run.identity, first: run.first, count: run.count,
                    backlink: run.backlink, salts: run.salts, entryBytes: run.entryBytes,
                    signature: [UInt8](repeating: 1, count: 64))
                envelope = RunEnvelope.seal(run)
            }
            #expect(try history(folder, address).map(\.isVerified) == [true, true, false])
        }
    }

    @Test func aGapInTheLedgerIsToldAsDamage() throws {
        try withFolder { folder in
            let address = try fill(folder)
            try folder.tamper {
                try $0.execute(sql: "DELETE FROM runs WHERE first = 1 AND id & 4294967295 = 1")
            }
            #expect(throws: StoreFailure.self) { try history(folder, address) }
        }
    }
}
