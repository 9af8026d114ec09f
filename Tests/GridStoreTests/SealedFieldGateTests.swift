// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore
import GridCrypto
import GridLog
import GridSync
import Testing

@testable import GridStore

/// What the gate says of fields for named devices.
struct SealedFieldGateTests {
    private static let fields = """
        1|kind|类别|text(1..40)|fixed|R|P4
        2|readers|可见设备|set(bytes(32))|register shown|R|P4
        4|lines|过程|text(1..40)|timeline|O|P4
        5|open|公开|text(1..40)|register shown|O|P1
        """
    private static let sealing = Catalogue.made(
        """
        edition 1
        collection 24|cares|关爱|routine
        \(fields)
        3|reader_keys|密钥|bytes(49..145)|timeline|O|P4
        """)
    /// Of a program that knows nothing of keys, and writes everything open.
    private static let older = Catalogue.made(
        """
        edition 1
        collection 24|cares|关爱|routine
        \(fields)
        3|reader_keys|密钥|bytes(1..145)|register shown|O|P4
        """)

    /// What becomes of a run with one write, at a node that asks for seals.
    private func verdict(of field: UInt32, _ operation: FieldOperation) throws -> Verdict? {
        let (from, to) = (try TestFolder(), try TestFolder())
        defer { from.remove(); to.remove() }
        let village = try Node(11, in: from, catalogue: Self.older)
        let township = try Node(2, in: to, catalogue: Self.sealing)
        try village.author(
            .raw(24, .new, lane: .routine, [FieldWrite(field: field, operation: operation)]))
        return try township.admit(try village.fetch().map { try $0.verified }).first
    }

    private var sealed: FieldValue {
        get throws {
            let place = SealedPlace(collection: 24, record: RecordID(high: 1, low: 1))
            return try #require(
                SealedValue.seal(.text("甲"), field: 1, at: place, with: .generate()))
        }
    }

    private var item: FieldValue {
        get throws {
            let place = SealedPlace(collection: 24, record: RecordID(high: 1, low: 1))
            let grant = ReaderGrant(.generate(), to: County.author(2).key, at: place)
            return ReaderItem.grant(try #require(grant)).value
        }
    }

    @Test func whatIsSealedPassesWhateverIsInIt() throws {
        let passing: [(UInt32, FieldOperation)] = [
            (1, .assign(try sealed)), (1, .clear), (4, .append([try sealed, try sealed])),
            (2, .assign(.list([.bytes(County.author(2).key.bytes.array)]))), (2, .clear),
            (3, .append([try item])), (5, .assign(.text("公开"))), (77, .assign(.text("新"))),
        ]
        for (field, operation) in passing {
            #expect(try verdict(of: field, operation) == .admitted(entries: 1), "\(field)")
        }
    }

    @Test func whatLiesOpenOrHasNotTheFormIsRefused() throws {
        guard case .bytes(let whole) = try sealed, case .bytes(let grant) = try item else { return }
        let refused: [(UInt32, FieldOperation)] = [
            (1, .assign(.text("社区矫正"))), (1, .assign(.bytes(Array(whole.dropLast())))),
            (1, .assign(.bytes([2] + whole.dropFirst()))), (1, .assign(.bytes([]))),
            (1, .assign(.list([try sealed]))), (1, .increment(7)), (1, .add([.text("甲")])),
            (1, .append([.text("甲")])), (4, .append([try sealed, .text("走访")])),
            (4, .assign(.text("走访"))), (2, .assign(.text("张三"))),
            (2, .assign(.list([.bytes([1, 2, 3])]))), (2, .append([.text("张三")])),
            (3, .append([.bytes(Array(grant.dropLast()))])), (3, .append([.text("张三")])),
            (3, .append([.bytes([3] + grant.dropFirst())])), (3, .increment(1)),
        ]
        for (field, operation) in refused {
            #expect(
                try verdict(of: field, operation) == .refused(.unsealedValue),
                "\(field) \(operation)")
        }
    }

    @Test func aLedgerThatWasTakenIsReplayedAsItIs() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        do {
            let village = try Node(11, in: folder, catalogue: Self.older)
            try village.author(
                .raw(
                    24, .new, lane: .routine,
                    [FieldWrite(field: 1, operation: .assign(.text("以前")))]))
        }
        // The catalogue has another form now, so all tables are built anew, and nothing is cut.
        let store = try Store(folder.folder, catalogue: Self.sealing, owner: County.author(11))
        #expect(try #require(store.rebuiltAtOpening).cuts.isEmpty)
        #expect(try store.verify().findings == [])
        let cares = try #require(Self.sealing.collection(named: "cares"))
        #expect(try store.records(in: cares, where: RecordFilter()).records.count == 1)
    }

    @Test func keysAreKeptForTheFolderAlone() throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let village = try Node(11, in: folder, catalogue: Self.sealing)
        let domain = Domain(area: County.village, lane: .routine)
        let batch = village.replica.batch(rules: Self.sealing, now: village.now)
        let place = SealedPlace(collection: 24, record: batch.nextRecordID(in: domain))
        let plan = ReaderPlan(new: place, for: [County.author(11).key])
        let write = try #require(
            plan.sealed(FieldWrite(field: 1, operation: .assign(.text("甲"))), at: place))
        try village.author(
            .raw(
                24, .new, lane: .routine,
                [write, FieldWrite(field: 3, operation: .append(plan.items.map(\.value)))]))
        #expect(try village.store.keptReaderKeys(at: place).isEmpty)
        #expect(try village.store.keepReaderKeys(openedBy: County.author(12)) == 0)
        #expect(try village.store.keepReaderKeys(openedBy: County.author(11)) == 1)
        #expect(try village.store.keepReaderKeys(openedBy: County.author(11)) == 1)
        let kept = try village.store.keptReaderKeys(at: place)
        #expect(
            kept.map { ContentKeyID(of: $0, at: place) } == [ContentKeyID(of: plan.key, at: place)])
        // Moved to another record, it is damage.
        try village.store.write {
            try $0.execute(
                sql: "UPDATE reader_keys SET id = ?",
                arguments: [RecordID(high: 5, low: 5).description])
        }
        let other = SealedPlace(collection: 24, record: RecordID(high: 5, low: 5))
        #expect(throws: StoreFailure.self) { try village.store.keptReaderKeys(at: other) }
    }
}
