// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridSync

@testable import GridLog

/// Writers who hold certificates and write whatever can be written. What a replica makes of it is
/// a function of the runs, never of their order, and gives nobody more than his certificate.
///
/// Signatures are left out: these writers hold their keys, and could sign all that is made here.
enum AdmissionsHarness {
    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        var forge = Forge()
        let one = Village(nonce: 1)
        while !choices.isEmpty, forge.runs.count < 24 {
            switch choices.below(8) {
            case 0: one.admit(Array(forge.runs.suffix(1 + choices.below(4))))
            case 1:
                one.author(&choices)
                forge.adopt(one.authored)
            default: forge.write(&choices)
            }
        }
        forge.adopt(one.authored)
        let other = Village(nonce: 2)
        for run in forge.runs.reversed() { other.admit([run]) }
        one.settle(forge.runs)
        other.settle(forge.runs.reversed())
        for village in [one, other] { village.check() }
        guard !one.hasMetFork, !other.hasMetFork, !one.isStale, !other.isStale else { return }
        expect(one.storage.logs == other.storage.logs, "other logs in another order")
        expect(one.storage.records == other.storage.records, "other records in another order")
    }
}

/// Makes runs of writers with certificates.
private struct Forge {
    private struct Pen {
        var height: UInt64 = 0
        var head: Bytes32
        var references = 1
    }

    private static let writers: [(number: UInt8, area: AreaCode)] = [
        (11, County.village), (11, County.neighbour), (3, County.village), (3, County.township),
        (2, County.village), (2, County.township), (12, County.neighbour), (99, County.village),
    ]

    private(set) var runs: [VerifiedRun] = []
    private var pens: [LogIdentity: Pen] = [:]
    private var replicas: [ReplicaID] = []

    /// Takes in what an honest writer has written.
    mutating func adopt(_ authored: [VerifiedRun]) {
        for run in authored where !runs.contains(where: { $0.hashes == run.hashes }) {
            runs.append(run)
        }
    }

    mutating func write(_ choices: inout Choices) {
        let (number, area) = choices.pick(Self.writers)
        let identity = LogIdentity(
            key: County.author(number).key,
            nonce: ReplicaNonce(high: UInt64(number), low: 10 + UInt64(choices.below(2))),
            domain: Domain(area: area, lane: choices.pick([.routine, .routine, .authority])))
        let pen = pens[identity] ?? Pen(head: identity.digest)
        if !replicas.contains(identity.log.replica) { replicas.append(identity.log.replica) }
        let count = 1 + choices.below(3)
        var entries = ByteWriter()
        var references = pen.references
        for place in 0..<count {
            if choices.below(16) == 15 {
                entries.raw(choices.take(choices.below(64)))
            } else {
                entry(pen.height + UInt64(place), &references, &entries, &choices)
            }
        }
        let run = Run(
            identity: identity, first: pen.height + 1, count: count, backlink: pen.head,
            salts: [.seed(Salt([UInt8](repeating: 0, count: 16)), entries: count)],
            entryBytes: entries.bytes, signature: [UInt8](repeating: 0, count: 64))
        guard let read = try? RunVerifier.read(run), let head = read.hashes.last else { return }
        runs.append(read)
        if choices.below(8) != 7 {
            pens[identity] = Pen(height: run.last, head: head, references: references)
        }
    }

    private func entry(
        _ height: UInt64, _ references: inout Int, _ writer: inout ByteWriter,
        _ choices: inout Choices
    ) {
        var context: [ContextChange] = []
        let kinds = choices.byte()
        for reference in 1..<max(references, 2) where kinds >> reference & 1 == 1 {
            context.append(.grown(reference: UInt32(reference), height: seen(&choices)))
        }
        if kinds & 1 == 1, !replicas.isEmpty {
            context.append(.added(choices.pick(replicas), height: seen(&choices)))
            references += 1
        }
        var creations: UInt16 = 0
        var changes: [ShapedChange] = []
        for _ in 0...choices.below(3) { changes.append(change(height, &creations, &choices)) }
        var values = ByteWriter()
        values.values(changes)
        writer.entryHead(
            timestampChange: choices.flag() ? 1 : Int64(bitPattern: choices.long()),
            contextChanges: context, valuesLength: values.bytes.count, changes: changes)
        writer.raw(values.bytes)
    }

    private func seen(_ choices: inout Choices) -> UInt64 {
        let choice = choices.byte()
        return choice == 0xFF ? ProtocolLimits.sequenceMax : 1 + UInt64(choice % 4)
    }

    private func change(
        _ height: UInt64, _ creations: inout UInt16, _ choices: inout Choices
    ) -> ShapedChange {
        let reference: RecordReference
        switch choices.below(4) {
        case 0:
            reference = .new(creations)
            creations += 1
        case 1: reference = .named(RecordID(high: 1, low: UInt16(choices.below(2))))
        case 2:
            reference = .existing(
                log: UInt32(choices.below(4)), sequence: 1 + UInt64(choices.below(4)),
                index: UInt16(choices.below(2)))
        default:
            reference = .existing(log: 0, sequence: max(height, 1), index: 0)
        }
        let archives = choices.below(8) == 7
        let collection: UInt32 = choices.below(16) == 15 ? 1 : 20
        var writes: [FieldWrite] = []
        for field in 1..<UInt32(1 + choices.below(5)) {
            writes.append(FieldWrite(field: field, operation: operation(&choices)))
        }
        return ShapedChange(
            collection: collection, reference: reference, archives: archives, writes: writes)
    }

    private func operation(_ choices: inout Choices) -> FieldOperation {
        switch choices.below(6) {
        case 0: .assign(choices.value())
        case 1: .clear
        case 2: .add(elements(&choices))
        case 3: .remove(elements(&choices))
        case 4: .append((0...choices.below(3)).map { _ in choices.value() })
        default: .increment(Int64(bitPattern: choices.number()))
        }
    }

    private func elements(_ choices: inout Choices) -> [FieldValue] {
        var elements: [FieldValue] = []
        for value in (0...choices.below(3)).map({ _ in choices.value() })
            .sorted(by: { $0.precedes($1) })
        where elements.last != value {
            elements.append(value)
        }
        return elements
    }
}

extension Choices {
    /// One of a few values, so that equal ones meet, or one that the input spells out.
    fileprivate mutating func value() -> FieldValue {
        switch below(8) {
        case 0...2: return .integer(Int64(below(3)))
        case 3: return .text(pick(["", "a", "e\u{301}", "\u{E9}"]))
        case 4: return .boolean(flag())
        case 5:
            guard let certificate = County.certificates.dropFirst(below(5)).first else { break }
            return .bytes(certificate.encoded)
        case 6: return .list([.integer(Int64(below(3)))])
        default: break
        }
        var reader = ByteReader(take(24))
        return (try? reader.value()) ?? .integer(-1)
    }
}

/// The replica of a township, with its store and a shell that does each thing in one transaction.
private final class Village {
    let storage = MemoryStorage()
    private(set) var authored: [VerifiedRun] = []
    private(set) var hasMetFork = false
    /// Whether certificates came that would have the records built anew.
    private(set) var isStale = false
    private var replica: Replica
    private var now: UInt64 = 1_790_000_000_000

    init(nonce: UInt64) {
        replica = Replica(
            author: County.author(2), nonce: ReplicaNonce(high: 2, low: nonce),
            scope: Scope(County.township), directory: County.directory, logs: [])
    }

    func author(_ choices: inout Choices) {
        now += 1
        let domain = Domain(
            area: choices.pick([County.village, County.township]), lane: .routine)
        let targets: [DraftChange.Target] =
            [.new, .existing(.named(RecordID(high: 1, low: 0)))]
            + storage.records.keys.filter { $0.domain == domain }.map { .existing($0.address) }
            .sorted { "\($0)" < "\($1)" }
        let change = LocalChange(
            domain: domain,
            draft: DraftChange(
                collection: 20, target: choices.pick(targets), archives: choices.below(8) == 7,
                writes: [FieldWrite(field: 1, operation: .assign(choices.value()))]))
        var batch = replica.batch(rules: County.Rules(), now: now)
        do {
            _ = try batch.author([change], storage: storage)
        } catch is WriteRefusal {
            return
        } catch {
            expect(false, "authoring fails: \(error)")
        }
        commit(&batch)
        for run in batch.runs {
            let again = try? RunVerifier.verify(run.run)
            expect(again?.hashes == run.hashes, "a run of ours is not genuine: \(run.run)")
        }
        authored += batch.runs
    }

    @discardableResult
    func admit(_ runs: [VerifiedRun]) -> [Verdict] {
        guard !runs.isEmpty else { return [] }
        var batch = replica.batch(rules: County.Rules(), now: now)
        guard
            let verdicts = try? batch.admit(
                runs, from: County.author(99).key, storage: storage)
        else {
            expect(false, "the gate fails")
            return []
        }
        expect(verdicts.count == runs.count, "\(verdicts.count) verdicts on \(runs.count) runs")
        if batch.changesStanding { isStale = true }
        commit(&batch)
        for (run, verdict) in zip(runs, verdicts) { check(verdict, on: run.run) }
        return verdicts
    }

    /// Offers runs again until that changes nothing.
    func settle(_ runs: [VerifiedRun]) {
        var before: VersionVector?
        while before != replica.frontier {
            before = replica.frontier
            for run in runs { admit([run]) }
        }
    }

    private func commit(_ batch: inout ReplicaBatch) {
        do {
            try batch.commit(to: storage)
        } catch {
            expect(false, "a store in memory fails: \(error)")
        }
        replica.adopt(batch)
    }

    private func check(_ verdict: Verdict, on run: Run) {
        let height = replica.height(of: run.identity.log)
        switch verdict {
        case .admitted(let entries):
            expect(entries > 0 && entries <= run.count, "\(entries) of \(run.count) admitted")
            expect(height >= run.last, "admitted to \(run.last), and stands at \(height)")
        case .known: expect(height >= run.last, "\(run.last) known, and stands at \(height)")
        case .parked: expect(height < run.last, "parked to \(run.last), and stands at \(height)")
        case .refused(.forked): hasMetFork = true
        case .setAside, .refused: break
        }
    }

    func check() {
        for state in storage.logs.values {
            let (key, domain) = (state.identity.key, state.identity.domain)
            expect(
                replica.directory.level(of: key, in: domain) != nil,
                "\(state.identity.log) is written by one who may not")
            expect(replica.log(state.identity) == state, "the store has another \(state)")
        }
        for record in storage.records.values { record.check() }
    }
}

extension RecordState {
    /// Everything ascends, and nothing stands twice.
    fileprivate func check() {
        expect(first != nil && last != nil, "a record that nobody wrote: \(self)")
        expect(existence.ascends(by: <), "\(existence)")
        expect(fields.ascends { $0.key < $1.key }, "\(fields.map(\.key))")
        for field in fields {
            switch field.state {
            case .register(let register):
                expect(register.siblings.ascends { $0.dot < $1.dot }, "\(register)")
            case .fixed(let fixed):
                expect(fixed.siblings.ascends { $0.dot < $1.dot }, "\(fixed)")
            case .set(let set):
                expect(set.members.ascends { $0.element.precedes($1.element) }, "\(set)")
                for member in set.members {
                    expect(!member.dots.isEmpty && member.dots.ascends(by: <), "\(member)")
                }
            case .timeline(let timeline):
                expect(timeline.items.ascends(by: Timeline.Item.precedes), "\(timeline)")
            case .counter(let counter):
                expect(counter.shares.ascends { $0.log < $1.log }, "\(counter)")
            }
        }
        StoresHarness.check(self)
    }
}

extension Array {
    fileprivate func ascends(by precedes: (Element, Element) -> Bool) -> Bool {
        zip(self, dropFirst()).allSatisfy(precedes)
    }
}
