// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

/// Who reads a record, whatever anybody writes into it (Protocol/readers.md).
struct RecordKeysTests {
    private static let area = try? AreaCode(parsing: "522730103210")
    private static let sealing = try? Catalogue(
        parsing: """
            edition 1
            collection 24|cares|关爱|routine
            1|kind|类别|text(1..40)|fixed|R|P4
            2|readers|可见设备|set(bytes(32))|register shown|R|P4
            3|reader_keys|密钥|bytes(49..145)|timeline|O|P4
            4|lines|过程|text(1..40)|timeline|O|P4
            5|open|公开|text(1..40)|register shown|O|P1
            """
    ).collections[0].sealing

    /// A record that grows as its readers write; items are in the order in which they were written.
    private struct Record {
        let sealing: FieldSealing
        let address: RecordAddress
        let domain: Domain
        private(set) var items: [Timeline.Item] = []

        init(by plan: (SealedPlace) -> ReaderPlan) throws {
            sealing = try #require(RecordKeysTests.sealing)
            domain = Domain(area: try #require(RecordKeysTests.area), lane: .routine)
            address = .created(dot: Self.dot(1, in: domain), index: 0)
            add(plan(place).items)
        }

        var place: SealedPlace {
            SealedPlace(collection: 24, record: RecordNaming.id(of: address))
        }

        var state: RecordState {
            RecordState(
                collection: 24, address: address, domain: domain,
                fields: [
                    RecordState.Field(
                        key: FieldKey(field: sealing.keys, family: .items),
                        state: .timeline(Timeline(items: items)))
                ])
        }

        private static func dot(_ sequence: UInt64, in domain: Domain) -> Dot {
            Dot(
                log: LogID(replica: ReplicaID(high: 1, low: 1), domain: domain),
                sequence: sequence)
        }

        /// Adds the items of one more entry.
        mutating func add(_ more: [ReaderItem]) {
            let sequence = (items.last?.dot.sequence ?? 0) + 1
            items += more.enumerated().map { index, item in
                Timeline.Item(
                    value: item.value, dot: Self.dot(sequence, in: domain),
                    index: UInt16(index), timestamp: HybridTimestamp(rawValue: sequence))
            }
        }

        func keys(of author: Author, kept: [ContentKey] = []) -> RecordKeys {
            RecordKeys(of: state, sealing, for: author, kept: kept)
        }

        /// One of its readers says who is to read.
        @discardableResult
        mutating func change(by author: Author, to readers: Author...) -> ReaderPlan {
            let plan = ReaderPlan(goingOn: keys(of: author), for: Set(readers.map(\.key)))
            add(plan.items)
            return plan
        }
    }

    private let ann = author(1)
    private let bob = author(2)
    private let eve = author(3)

    private static func author(_ number: UInt8) -> Author {
        Author(SigningKey(seed: [UInt8](repeating: number, count: 32)))
    }

    private func record(for readers: Author...) throws -> Record {
        try Record { ReaderPlan(new: $0, for: Set(readers.map(\.key))) }
    }

    private func seal(_ text: String, with plan: ReaderPlan, in record: Record) throws -> FieldValue
    {
        let write = FieldWrite(field: 1, operation: .assign(.text(text)))
        let sealed = try #require(plan.sealed(write, at: record.place))
        guard case .assign(let value) = sealed.operation else { throw Missing() }
        return value
    }

    private struct Missing: Error {}

    @Test func onlyTheNamedHaveTheKey() throws {
        let record = try record(for: ann, bob)
        let plan = ReaderPlan(goingOn: record.keys(of: ann), for: [ann.key, bob.key])
        #expect(plan.items.isEmpty && plan.added.isEmpty && plan.removed.isEmpty)
        let value = try seal("甲", with: plan, in: record)
        for reader in [ann, bob] {
            let keys = record.keys(of: reader)
            #expect(keys.mayWrite && keys.currentReaders == [ann.key, bob.key])
            #expect(keys.open(value, field: 1) == .text("甲"))
            #expect(keys.open(value, field: 4) == nil)
        }
        let keys = record.keys(of: eve)
        #expect(!keys.mayWrite && keys.held.isEmpty && keys.open(value, field: 1) == nil)
    }

    @Test func whoeverIsAddedReadsWhatWasWrittenBefore() throws {
        var record = try record(for: ann)
        let first = try seal(
            "前", with: ReaderPlan(goingOn: record.keys(of: ann), for: [ann.key]), in: record)
        // With a second key in between.
        record.change(by: ann, to: ann, bob)
        record.change(by: ann, to: ann)
        let plan = record.change(by: ann, to: ann, eve)
        #expect(plan.added == [eve.key] && plan.removed.isEmpty)
        #expect(record.keys(of: eve).open(first, field: 1) == .text("前"))
        #expect(record.keys(of: eve).mayWrite)
        #expect(record.keys(of: eve).currentReaders == [ann.key, eve.key])
    }

    @Test func whoeverIsRemovedReadsNothingThatComesLater() throws {
        var record = try record(for: ann, bob, eve)
        let plan = record.change(by: ann, to: ann, bob)
        #expect(plan.removed == [eve.key])
        let value = try seal("后", with: plan, in: record)
        #expect(record.keys(of: bob).open(value, field: 1) == .text("后"))
        #expect(record.keys(of: eve).open(value, field: 1) == nil)
        #expect(!record.keys(of: eve).mayWrite)
        #expect(record.keys(of: bob).mayWrite)
    }

    @Test func nobodyBecomesAReaderByWhatHeWrites() throws {
        var record = try record(for: ann, bob)
        let place = record.place
        // A key of Eve's own, with grants for everybody and links in all forms that she can make.
        let own = ContentKey.generate()
        let id = ContentKeyID(of: own, at: place)
        let grants = try [ann, bob, eve].map {
            ReaderItem.grant(try #require(ReaderGrant(own, to: $0.key, at: place)))
        }
        let genuine = try #require(record.keys(of: ann).heads.first)
        let claim = ReaderLink(id, after: own, at: place).bytes
        let forged = try #require(
            ReaderItem(
                .bytes(Array(claim[..<17]) + genuine.bytes + Array(claim[33...]))))
        record.add(grants + [forged, .link(ReaderLink(genuine, after: own, at: place))])
        let keys = record.keys(of: ann)
        #expect(keys.held.count == 2)
        #expect(keys.heads == [genuine] && keys.currentReaders == [ann.key, bob.key])
        let plan = ReaderPlan(goingOn: keys, for: keys.currentReaders)
        let value = try seal("不给她看", with: plan, in: record)
        record.add(plan.items)
        #expect(record.keys(of: eve).open(value, field: 1) == nil)
        #expect(!record.keys(of: eve).mayWrite)
        // Nor is she shown as one of those who have a key, by a grant that she cannot make.
        let hers = try #require(ReaderGrant(own, to: eve.key, at: place)).bytes
        let named = Array(hers[..<1]) + genuine.bytes + Array(hers[17...])
        record.add([try #require(ReaderItem(.bytes(named)))])
        #expect(record.keys(of: ann).currentReaders == [ann.key, bob.key])
    }

    @Test func concurrentChangesLeaveOnlyThoseWhoHaveAllKeys() throws {
        var record = try record(for: ann, bob, eve)
        let before = record
        // Ann takes Eve away, and Bob takes nobody but adds a new key of his own accord.
        let first = record.change(by: ann, to: ann, bob)
        var other = before
        let second = other.change(by: bob, to: bob, eve)
        record.add(second.items)
        let keys = record.keys(of: bob)
        #expect(keys.heads.count == 2 && keys.mayWrite && keys.currentReaders == [bob.key])
        #expect(!record.keys(of: ann).mayWrite && !record.keys(of: eve).mayWrite)
        let values = try [seal("一", with: first, in: record), seal("二", with: second, in: record)]
        #expect(values.map { keys.open($0, field: 1) } == [.text("一"), .text("二")])
        // He who has both joins them.
        record.change(by: bob, to: ann, bob)
        for reader in [ann, bob] {
            let keys = record.keys(of: reader)
            #expect(keys.mayWrite && keys.heads.count == 1)
            #expect(keys.currentReaders == [ann.key, bob.key])
            #expect(values.map { keys.open($0, field: 1) } == [.text("一"), .text("二")])
        }
        #expect(!record.keys(of: eve).mayWrite)
    }

    @Test func keysThatComeAfterEachOtherLockNobodyOut() throws {
        var record = try record(for: ann, eve)
        record.change(by: ann, to: ann)
        record.change(by: ann, to: ann, eve)
        let keys = record.keys(of: eve)
        let (head, former) = (
            try #require(keys.heads.first), try #require(keys.shared.first { $0 != keys.heads[0] })
        )
        let last = try #require(keys.held[head])
        record.add([.link(ReaderLink(former, after: last, at: record.place))])
        #expect(record.keys(of: ann).heads == [head, former].sorted())
        #expect(record.keys(of: ann).mayWrite)
    }

    @Test func keysThatWereKeptOpenWhatTheirGrantsDo() throws {
        var record = try record(for: ann)
        let kept = Array(record.keys(of: ann).held.values)
        let successor = Self.author(9)
        #expect(!record.keys(of: successor).mayWrite)
        let keys = record.keys(of: successor, kept: kept)
        #expect(keys.mayWrite && keys.currentReaders == [ann.key])
        record.add(ReaderPlan(goingOn: keys, for: [successor.key]).items)
        #expect(record.keys(of: successor).mayWrite && !record.keys(of: ann).mayWrite)
    }

    @Test func whatIsSealedSaysOnlyAPowerOfTwoOfItsLength() throws {
        let record = try record(for: ann)
        let plan = ReaderPlan(goingOn: record.keys(of: ann), for: [ann.key])
        func length(_ text: String) throws -> Int {
            guard case .bytes(let bytes) = try seal(text, with: plan, in: record) else { return 0 }
            return bytes.count
        }
        let kinds = ["社区矫正", "刑满释放", "戒毒康复", "严重精神障碍", "重点青少年", "低"]
        #expect(Set(try kinds.map(length)) == [57 + 64])
        #expect(try length(String(repeating: "长", count: 100)) == 57 + 512)
        let tooLong = FieldWrite(
            field: 1, operation: .assign(.text(String(repeating: "x", count: 40_000))))
        #expect(plan.sealed(tooLong, at: record.place) == nil)
    }

    @Test func aRecordIsOpenedValueByValue() throws {
        let record = try record(for: ann)
        let plan = ReaderPlan(goingOn: record.keys(of: ann), for: [ann.key])
        let dot = Dot(
            log: LogID(replica: ReplicaID(high: 2, low: 2), domain: record.domain), sequence: 9)
        let stamp = HybridTimestamp(rawValue: 9)
        let mine = try seal("甲", with: plan, in: record)
        let foreign = FieldValue.bytes([1] + [UInt8](repeating: 7, count: 120))
        let write = try #require(
            plan.sealed(
                FieldWrite(field: 4, operation: .append([.text("一"), .text("二")])),
                at: record.place))
        guard case .append(let lines) = write.operation else { throw Missing() }
        let state = RecordState(
            collection: 24, address: record.address, domain: record.domain,
            fields: [
                RecordState.Field(
                    key: FieldKey(field: 1, family: .assigned),
                    state: .fixed(
                        FixedField(siblings: [
                            Sibling(value: mine, dot: dot, timestamp: stamp)
                        ]))),
                RecordState.Field(
                    key: FieldKey(field: 4, family: .items),
                    state: .timeline(
                        Timeline(
                            items: (lines + [foreign]).enumerated().map {
                                Timeline.Item(
                                    value: $1, dot: dot, index: UInt16($0), timestamp: stamp)
                            }))),
            ])
        let opened = record.keys(of: ann).opened(state, record.sealing)
        guard case .fixed(let fixed)? = opened[FieldKey(field: 1, family: .assigned)],
            case .timeline(let timeline)? = opened[FieldKey(field: 4, family: .items)]
        else { throw Missing() }
        #expect(fixed.displayed?.value == .text("甲"))
        #expect(timeline.items.map(\.value) == [.text("一"), .text("二"), foreign])
        #expect(record.keys(of: eve).opened(state, record.sealing) == state)
    }
}
