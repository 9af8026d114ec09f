// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

extension ReplicationEngine {
    /// Writes the rows that are right in one commit, and leaves out the others. With them the folder
    /// learns which rows of which sheet they were.
    func importRows(
        _ request: ImportRequest, from source: SheetSource?, caller: String
    ) throws -> ImportOutcome {
        do throws(FolderReplica.CommitFailure) {
            let committed = try folder.commit(now: WallClock.now) { batch, transaction in
                let drafting = WriteDrafting(
                    catalogue: store.catalogue, home: folder.replica.scope.area,
                    areas: folder.replica.directory.areas, now: WallClock.now, tag: store.tag,
                    readers: readerDesk(transaction))
                let planning = try RowPlanning(request, drafting: drafting)
                transaction.resolve(by: drafting.areas)
                var outcome = ImportOutcome()
                var sheet: Int64?
                var keys: [RowPlanning.Key: Int] = [:]
                for (row, number) in zip(request.rows, request.numbers) {
                    do {
                        let (plan, key, text) = try planning.plan(
                            row, number: number,
                            record: { try transaction.record($0, in: $1, batch: &batch) },
                            ids: { lookup, values, area in
                                try transaction.ids(
                                    by: lookup, showing: values, in: area,
                                    areas: drafting.areas)
                            },
                            seen: { text in
                                try source.flatMap { try transaction.record(ofRow: text, of: $0) }
                            })
                        try Self.claim(key, for: number, in: &keys)
                        guard let draft = outcome.take(plan, of: planning.collection) else {
                            continue
                        }
                        let written = try author(
                            draft, of: drafting, batch: &batch, transaction: transaction)
                        outcome.count(plan, draft, of: planning.collection)
                        let id = RecordNaming.id(of: written.addresses[0])
                        outcome.written.append((number, id))
                        guard let source else { continue }
                        if sheet == nil {
                            let begun = try transaction.begin(
                                source, rows: request.sheet?.rows ?? 0, caller: caller,
                                now: WallClock.now)
                            sheet = begun.sheet
                            outcome.beginsSheet = begun.isFirst
                        }
                        guard let sheet else { continue }
                        try transaction.note(
                            SheetRowRecord(sheet: sheet, number: number, record: id),
                            text: text)
                    } catch let refusal as DeskRefusal {
                        outcome.wrong.append((number, refusal))
                    } catch let refusal as WriteRefusal {
                        outcome.wrong.append((number, DeskRefusal(refusal)))
                    }
                }
                if let sheet {
                    try transaction.add(
                        new: outcome.new, changed: outcome.changed, toSheet: sheet)
                }
                return outcome
            }
            hasCommitted = true
            spread(committed.news, ended: committed.ended)
            return committed.outcome
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// What `importRows` would do, without doing it.
    nonisolated func checkRows(
        _ request: ImportRequest, from source: SheetSource?
    ) throws -> ImportOutcome {
        let drafting = WriteDrafting(
            catalogue: store.catalogue, home: current.chain.leaf.area,
            areas: current.directory.areas, now: WallClock.now, tag: store.tag, readers: readerDesk)
        let planning = try RowPlanning(request, drafting: drafting)
        return try store.reading { try checkRows(request, from: source, planning, in: $0) }
    }

    private nonisolated func checkRows(
        _ request: ImportRequest, from source: SheetSource?, _ planning: RowPlanning,
        in store: StoreReading
    ) throws -> ImportOutcome {
        var outcome = ImportOutcome()
        var keys: [RowPlanning.Key: Int] = [:]
        store.resolve(by: planning.drafting.areas)
        for (row, number) in zip(request.rows, request.numbers) {
            do {
                let (plan, key, _) = try planning.plan(
                    row, number: number, record: { try store.record($0, in: $1) },
                    ids: { lookup, values, area in
                        try store.ids(
                            by: lookup, showing: values, in: area,
                            areas: planning.drafting.areas)
                    },
                    seen: { text in
                        try source.flatMap { try store.record(ofRow: text, of: $0) }
                    })
                try Self.claim(key, for: number, in: &keys)
                outcome.keys[number] = key.map { store.mark(ofRow: $0.text) }
                guard let draft = outcome.take(plan, of: planning.collection) else { continue }
                try mayWrite(draft.change.domain)
                outcome.count(plan, draft, of: planning.collection)
            } catch let refusal as DeskRefusal {
                outcome.wrong.append((number, refusal))
            }
        }
        return outcome
    }

    /// Makes looking up records by keys quick, once.
    func prepare(_ request: ImportRequest) throws {
        let drafting = WriteDrafting(
            catalogue: store.catalogue, home: current.chain.leaf.area,
            areas: current.directory.areas, now: WallClock.now, tag: store.tag)
        let lookups = try RowPlanning(request, drafting: drafting).lookups
        guard folder.stopped == nil else { return }
        try change { try $0.prepare(lookups.sorted { $0.key < $1.key }.flatMap(\.value)) }
    }

    /// Closes a sheet whose last rows have come.
    func end(_ source: SheetSource) throws -> SheetRecord? {
        guard folder.stopped == nil else { return nil }
        return try change { try $0.end(source, now: WallClock.now) }
    }

    /// Two rows of one call cannot speak of one record.
    private static func claim(
        _ key: RowPlanning.Key?, for number: Int, in keys: inout [RowPlanning.Key: Int]
    ) throws {
        guard let key else { return }
        if let earlier = keys[key] {
            throw DeskRefusal(
                .wrongValues, "repeated_key",
                chinese: "与第 \(earlier) 行的关键字段相同。请删去或改正其中一行。",
                english: "Row \(earlier) has the same key; delete or correct one of them.")
        }
        keys[key] = number
    }

    /// A dry run must say what the desk would say.
    private nonisolated func mayWrite(_ domain: Domain) throws {
        let current = current
        guard
            current.directory.chain(
                of: current.chain.leaf.subject, covering: domain.area, with: .write) != nil
        else { throw DeskRefusal(.notEntitled(domain.area)) }
    }
}

extension ImportOutcome {
    /// What is to be written for a plan; nil where there is nothing.
    fileprivate mutating func take(
        _ plan: RowPlanning.Plan, of collection: CollectionDefinition
    ) -> WriteDrafting.Draft? {
        switch plan {
        case .same:
            same += 1
            return nil
        case .new(let draft), .changed(let draft, _): return draft
        }
    }

    fileprivate mutating func count(
        _ plan: RowPlanning.Plan, _ draft: WriteDrafting.Draft, of collection: CollectionDefinition
    ) {
        let names = Set(
            draft.change.draft.writes.compactMap { collection.field(numbered: $0.field)?.name })
        switch plan {
        case .same: break
        case .changed:
            changed += 1
            for name in names { changedFields[name, default: 0] += 1 }
        case .new:
            new += 1
            for field in collection.fields
            where field.requirement == .required && !names.contains(field.name)
                && field.number != RecordNumber.field(of: collection)?.number
            {
                missingFields[field.name, default: 0] += 1
            }
        }
    }
}
