// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
import GridCrypto
import GridLog
import GridSync
import GridTesting
import Testing

@testable import GridStore

/// What lies in a folder tells nobody anything without the node's key.
struct SealingTests {
    private static let people = Catalogue.made(
        """
        edition 1
        collection 16|people|人|routine
        1|name|姓名|text(1..40)|register shown|R|P2
        2|id_no|号码|id18|register shown|O|P3
        3|class|类别|set(text(1..40))|set|O|P4
        4|log|经过|text(1..80)|timeline|O|P3
        5|facts|情况|text(1..400)|fixed|O|P3
        6|is_poor|困难|boolean|register shown|O|P3
        """)

    private static func person(_ id: String, _ secret: String, class kinds: [String] = [])
        -> LocalChange
    {
        var writes: [String: FieldOperation] = [
            "name": .assign(.text("钱雷")), "id_no": .assign(.text(id)),
            "log": .append([.text(secret)]), "facts": .assign(.text(secret)),
            "is_poor": .assign(.boolean(true)),
        ]
        if !kinds.isEmpty { writes["class"] = .add(kinds.sorted().map { .text($0) }) }
        return .write("people", in: people, set: writes)
    }

    private func open(_ folder: TestFolder, _ number: UInt8 = 11) throws -> Node {
        try Node(number, in: folder, catalogue: Self.people)
    }

    /// Names of the files of a folder in which these bytes stand.
    private func files(of folder: TestFolder, holding texts: [String]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.folder.path).filter { name in
            let path = "\(folder.folder.path)/\(name)"
            guard let data = FileManager.default.contents(atPath: path) else { return false }
            return texts.contains { data.range(of: Data($0.utf8)) != nil }
        }
    }

    /// Whatever is written, in whatever kind of field, in conflict, compacted or in quarantine, stands in
    /// no file of the folder: database, write-ahead log, its index, snapshot.
    @Test func noSensitiveValueStandsInAnyFile() throws {
        var random = SplitMix64()
        try withFolder { folder in
            var secrets: [String] = []
            func secret() -> String {
                let text = "密\(random.next())"
                secrets.append(text)
                return text
            }
            let (node, clerk) = (try open(folder), try Writer(3, catalogue: Self.people))
            for _ in 0..<20 {
                let write = try node.author(
                    Self.person(secret(), secret(), class: [secret(), secret()]))
                let target = DraftChange.Target.existing(write.addresses[0])
                try clerk.admit(node.fetch().map { try $0.verified })
                for writer in [0, 1] {
                    let change = LocalChange.write(
                        "people", target, in: Self.people,
                        set: ["id_no": .assign(.text(secret()))])
                    if writer == 0 { try node.author(change) } else { try clerk.author(change) }
                }
            }
            try node.admit(clerk.runs)
            try node.author(
                .raw(
                    99, .new, lane: .routine,
                    [FieldWrite(field: 1, operation: .assign(.text(secret())))]))
            #expect(try files(of: folder, holding: secrets) == [])
            var compaction = RunCompaction(CompactionSizes())
            while try node.store.compact(&compaction, isBusy: false) {}
            _ = try node.store.snapshot(software: "test", now: 0)
            _ = try node.store.rebuild()
            #expect(try node.store.verify().findings == [])
            #expect(try files(of: folder, holding: secrets) == [])
            // The search does find what lies open.
            #expect(try files(of: folder, holding: ["钱雷"]).contains { $0.hasPrefix("grid.db") })
        }
    }

    @Test func everyKindOfFieldIsReadPlainByWhoeverMay() throws {
        try withFolder { folder in
            let node = try open(folder)
            try node.author(Self.person("522730194912310027", "甲", class: ["乙"]))
            let sql = "SELECT id_no, class, log, facts, is_poor, name FROM people"
            #expect(
                try node.store.query(sql, isPlain: true).rows == [
                    [
                        .text("522730194912310027"), .text("[\"乙\"]"), .text("[\"甲\"]"),
                        .text("甲"), .integer(1), .text("钱雷"),
                    ]
                ])
            #expect(
                try node.row("SELECT name FROM people WHERE id_no = '522730194912310027'")
                    == ["钱雷"])
            #expect(
                try node.store.query(sql).rows == [
                    [.null, .null, .null, .null, .null, .text("钱雷")]
                ])
        }
    }

    @Test func aRecordIsFoundByItsWholeNumber() throws {
        try withFolder { folder in
            let node = try open(folder)
            let people = try #require(Self.people.collection(named: "people"))
            let field = try #require(people.field(named: "id_no"))
            try node.author(Self.person("522730194912310027", "甲"))
            try node.author(Self.person("11010519491231002X", "乙"))
            func found(_ text: String) throws -> [String] {
                try node.store.records(in: people, where: RecordFilter(equals: [(field, text)]))
                    .records.compactMap { $0["facts"]?.value?.plainText }
            }
            #expect(try found("11010519491231002X") == ["乙"])
            #expect(try found("110105194912310020") == [])
            let facts = try #require(people.field(named: "facts"))
            #expect(throws: SealedFieldFilter.self) {
                try node.store.records(in: people, where: RecordFilter(equals: [(facts, "甲")]))
            }
        }
    }

    @Test(arguments: [
        // A flipped bit, another row's, an older one's.
        "UPDATE people SET _merge = (SELECT _merge FROM people ORDER BY _key DESC LIMIT 1)",
        "UPDATE people SET _merge = CAST(substr(_merge, 1, length(_merge) - 1) || 'x' AS BLOB)",
        "UPDATE people SET _find_id_no = x'00' WHERE _key = (SELECT min(_key) FROM people)",
        "UPDATE people SET id_no = 'x' WHERE _key = (SELECT min(_key) FROM people)",
    ])
    func whatWasPutInAnothersPlaceIsFound(sql: String) throws {
        try withFolder { folder in
            try { () in
                let node = try open(folder)
                try node.author(Self.person("522730194912310027", "甲"))
                try node.author(Self.person("11010519491231002X", "乙"))
            }()
            try folder.tamper { try $0.execute(sql: sql) }
            let node = try open(folder)
            #expect(try node.store.verify().findings.contains { $0.contains("people ") })
            if sql.contains("_merge") {
                let people = try #require(Self.people.collection(named: "people"))
                #expect(throws: StoreFailure.self) {
                    _ = try node.store.records(in: people, where: RecordFilter())
                }
                #expect(throws: StoreFailure.self) {
                    _ = try node.store.query("SELECT id_no FROM people", isPlain: true)
                }
            }
            _ = try node.store.rebuild()
            #expect(try node.store.verify().findings == [])
        }
    }

    /// Protocol/at-rest.md, "Examples".
    @Test func anEnvelopeIsSealedAsThePaperHasIt() throws {
        let author = County.author(7)
        let wrapped = try #require(
            Hexadecimal.bytes(
                "000102030405060708090a0b0c0d0e0f10111213141516177b0bcdbb13a0afff5c783953"
                    + "fd69d4b4be7c94604e49760ab31df96f265762f1d529022abab2bca876764bf510848b24"))
        let seal = FolderSeal(key: try #require(author.unwrap(wrapped)))
        let envelope: [UInt8] = [0x00, 0x72, 0x75, 0x6E]
        let sealed = seal.sealed(run: envelope, id: 12_884_901_895, first: 5)
        #expect(
            Hexadecimal.text(sealed)
                == "040000004e859cb867ceb7d08aaff3119b20157ce17bfb194fd6bad8"
                + "c4e8936ff2050796671dcea9e7ac2a9f1709c29b")
        #expect(
            seal.envelopeIfWhole(in: sealed, id: 12_884_901_895, first: 5) == envelope)
        #expect(seal.envelopeIfWhole(in: sealed, id: 12_884_901_896, first: 5) == nil)
        #expect(seal.envelopeIfWhole(in: sealed, id: 12_884_901_895, first: 4) == nil)
        for byte in sealed.indices {
            var altered = sealed
            altered[byte] ^= 1
            #expect(seal.envelopeIfWhole(in: altered, id: 12_884_901_895, first: 5) == nil)
        }
    }

    @Test func anotherKeyDoesNotOpenTheFolder() throws {
        try withFolder { folder in
            try { _ = try open(folder).author(Self.person("522730194912310027", "甲")) }()
            let other = County.author(12)
            let failure = StoreFailure.keyDoesNotOpen(
                path: folder.folder.path, key: "\(other.key)")
            #expect(throws: failure) {
                _ = try Store(folder.folder, catalogue: Self.people, owner: other)
            }
            #expect(try open(folder).records().count == 1)
        }
    }

    @Test func aFolderThatHoldsNothingTakesANewKey() throws {
        try withFolder { folder in
            _ = try Store(folder.folder, catalogue: Self.people)
            _ = try Store(folder.folder, catalogue: Self.people, owner: County.author(12))
        }
    }

    @Test func aKeyThatIsReplacedLeavesTheDataOpenToItsSuccessorAlone() throws {
        try withFolder { folder in
            let (old, new) = (County.author(11), County.author(12))
            try wrap(folder, for: new)
            for owner in [old, new] {
                _ = try Store(folder.folder, catalogue: Self.people, owner: owner)
            }
            try forget(all: folder, except: new)
            #expect(throws: StoreFailure.self) {
                _ = try Store(folder.folder, catalogue: Self.people, owner: old)
            }
            let store = try Store(folder.folder, catalogue: Self.people, owner: new)
            #expect(try store.verify().findings == [])
        }
    }

    private func wrap(_ folder: TestFolder, for new: Author) throws {
        let node = try open(folder)
        try node.author(Self.person("522730194912310027", "甲"))
        try node.store.wrapFolderKey(for: new)
    }

    private func forget(all folder: TestFolder, except new: Author) throws {
        let store = try Store(folder.folder, catalogue: Self.people, owner: new)
        #expect(throws: StoreFailure.self) {
            try store.forgetFolderKeys(except: County.author(3).key)
        }
        try store.forgetFolderKeys(except: new.key)
    }
}
