// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Each step of a rotation is durable, and whatever ends in between is gone on with.
struct RotationTests {
    private static let began: UInt64 = 1_790_000_000_000
    private let old = County.author(11)
    private let next = County.author(21)

    /// - Parameter owner: whose key opens the folder; nil for the one that the tests' folders are
    ///   sealed for.
    private func open(
        _ folder: TestFolder, as author: Author, owner: Author? = nil
    ) throws -> FolderReplica {
        let store =
            try owner.map { try Store(folder.folder, catalogue: .small, owner: $0) }
            ?? Store(folder.folder, catalogue: .small)
        return try FolderReplica(store: store, author: author, now: Self.began)
    }

    private func write(_ title: String, to folder: FolderReplica) throws {
        _ = try folder.commit(now: Self.began) { batch, transaction in
            _ = try transaction.author([.note(title)], in: &batch)
        }
    }

    private func granted(holder: String = "") throws -> VerifiedChain {
        let leaf = Certificate(
            subject: next.key, name: "11", holder: holder, area: County.village,
            rights: [.write, .read], validFrom: 1, issuedBy: County.author(2))
        return try VerifiedChain.verify(
            CertificateChain(try County.chain(of: 2).certificates + [leaf]),
            root: County.author(1).key)
    }

    private func succession(in store: Store, by key: PublicKey? = nil) throws -> Succession {
        let rows = try store.logs().filter { $0.identity.key == old.key && $0.height > 0 }
            .map { CutOff.Row(log: $0.identity.log, height: $0.height, head: $0.head) }
        return Succession(of: old, by: key ?? next.key, rows: rows)
    }

    private func prepare(_ store: Store) throws {
        try store.wrapFolderKey(for: next)
        try store.prepare(
            PreparedRotation(
                chain: CertificateChain(try granted().certificates),
                succession: try succession(in: store)))
    }

    /// A village that has written two notes.
    private func begin(_ folder: TestFolder) throws {
        _ = try Node(11, in: folder)
        let opened = try open(folder, as: old)
        try write("1", to: opened)
        try write("2", to: opened)
    }

    @Test func aRotationThatIsOnlyPreparedLetsTheOldKeyGoOn() throws {
        try withFolder { folder in
            try begin(folder)
            try prepare(try Store(folder.folder, catalogue: .small))
            let opened = try open(folder, as: old)
            try write("3", to: opened)
            #expect(opened.node.chain?.leaf.subject == old.key)
            #expect(try opened.store.incidents().isEmpty)
        }
    }

    @Test func onceTheKeyIsInItsPlaceWhoeverOpensTheFolderCarriesOn() throws {
        try withFolder { folder in
            try begin(folder)
            try prepare(try Store(folder.folder, catalogue: .small))
            let opened = try open(folder, as: next, owner: next)
            #expect(opened.node.chain?.leaf.subject == next.key)
            #expect(try opened.store.preparedRotation() == nil)
            #expect(try opened.store.waitingSuccession() != nil)
            // It is nobody's older image, and keeps all that was written.
            #expect(try opened.store.incidents().isEmpty)
            #expect(opened.replica.frontier.rows.map(\.height) == [2])
            try write("3", to: opened)
            #expect(!opened.publishSuccession(now: Self.began).isEmpty)
            #expect(try opened.store.waitingSuccession() == nil)
            #expect(opened.publishSuccession(now: Self.began).isEmpty)
            #expect(try opened.store.successions().map(\.replaced) == [old.key])
        }
    }

    @Test func aKeyThatNothingWasPreparedForIsNotTaken() throws {
        try withFolder { folder in
            try begin(folder)
            #expect(
                throws: StoreFailure.keyDoesNotOpen(path: folder.folder.path, key: "\(next.key)")
            ) {
                _ = try open(folder, as: next, owner: next)
            }
            let store = try Store(folder.folder, catalogue: .small)
            try prepare(store)
            #expect(try store.carryOutRotation(to: old.key) == nil)
        }
    }

    /// The office learns the last word of the key as any entry, and ends it there.
    private func ended(
        _ village: FolderReplica, by office: TestFolder, holder: String = ""
    ) throws -> [CutOff] {
        let runs = try village.replica.logs { _ in true }.flatMap { log in
            try village.store.runs(
                for: .init(
                    lane: log.identity.domain.lane,
                    ranges: [.init(log: log.identity.log, first: 1)], bytes: .max)
            ).map { try $0.verified }
        }
        do { _ = try Node(2, in: office) }
        do {
            let store = try Store(office.folder, catalogue: .small)
            try store.add(try granted(holder: holder).leaf, waiting: false)
        }
        let again = try open(office, as: County.author(2))
        _ = try again.commit(now: Self.began) { batch, transaction in
            try transaction.admit(runs, from: next.key, in: &batch)
        }
        return try again.dueCutOffs(now: Self.began)
    }

    @Test func theOfficeEndsTheOldKeyWhereItSaysAndNothingIsLost() throws {
        try withFolder { folder in
            try withFolder { office in
                try begin(folder)
                try prepare(try Store(folder.folder, catalogue: .small))
                let village = try open(folder, as: next, owner: next)
                _ = village.publishSuccession(now: Self.began)
                let cutOffs = try ended(village, by: office)
                #expect(cutOffs.map(\.subject) == [old.key])
                #expect(cutOffs.map(\.reason) == [.replaced])
                #expect(cutOffs.first?.rows.map(\.height) == [2])
            }
        }
    }

    @Test func whoeverFollowsUnderAnotherNameHasTakenAPostThatWasLeft() throws {
        try withFolder { folder in
            try withFolder { office in
                try begin(folder)
                try prepare(try Store(folder.folder, catalogue: .small))
                let village = try open(folder, as: next, owner: next)
                _ = village.publishSuccession(now: Self.began)
                #expect(try ended(village, by: office, holder: "李四").map(\.reason) == [.left])
            }
        }
    }

    @Test func aSuccessionThatItsNewKeyDidNotWriteIsNone() throws {
        try withFolder { folder in
            try begin(folder)
            let opened = try open(folder, as: old)
            let forged = try succession(in: opened.store)
            let change = LocalChange(
                domain: Domain(area: County.village, lane: .urgent),
                draft: DraftChange(
                    collection: SystemCollection.successions,
                    target: .existing(.named(forged.recordID)), archives: false,
                    writes: [
                        FieldWrite(
                            field: SystemCollection.successionBytesField,
                            operation: .assign(.bytes(forged.encoded)))
                    ]))
            _ = try opened.commit(now: Self.began) { batch, transaction in
                _ = try transaction.author([change], in: &batch)
            }
            #expect(try opened.store.successions().isEmpty)
        }
    }
}
