// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridNode
import GridStore
import GridSync

/// Where the time of a lone writer's write goes (W5): the updates of W1, one commit each.
struct WriteStages: Work {
    static let name = "stages-w5"
    static let title = "stages of a local write of one field, a commit each"

    enum Part: String, Stage {
        case json = "read_json"
        case find = "find_record"
        case draft
        case write = "write_entry"
        case apply
        case sign
        case storeRun = "store_run"
        case saveRecord = "save_record"
        case saveLog = "save_log"
        case commit
    }

    private let bench: Bench
    private let operations: String

    init(_ bench: Bench) throws {
        self.bench = bench
        operations = try bench.workload.oneReplica(
            CatchUp<PlainCatchUp>.name, size: bench.size)
    }

    func measure() throws -> [Figure] {
        let village = try bench.county.enrol(
            bench.fresh("stages-village"), area: County.village(1))
        var file = try OperationFile(operations)
        var writer = StagedWriter(try FolderReplica(stages: village.path))
        for _ in 0..<bench.size.counts.records {
            if let operation = try file.next() { try writer.gather(operation) }
        }
        try writer.commitGathered()
        var times = StageTimes<Part>()
        var count = 0
        while count < (bench.size == .small ? 100 : 1000), let operation = try file.next() {
            if try writer.write(operation, &times) { count += 1 }
        }
        return times.figures(entries: count)
    }
}

/// Writes operations as the engine does for one who waits for each, and times the parts. What is
/// done in several stages at once is done twice, and the first time undone.
private struct StagedWriter {
    private static let gatheredMax = 256

    private let folder: FolderReplica
    private var ids: [String: String] = [:]
    private var gathered: [Operation] = []
    private var salts = SaltSource(at: 1)

    init(_ folder: FolderReplica) { self.folder = folder }

    /// Takes an operation that creates a record, to be committed with others; not timed.
    mutating func gather(_ operation: Operation) throws {
        gathered.append(operation)
        if gathered.count == Self.gatheredMax { try commitGathered() }
    }

    mutating func commitGathered() throws {
        try folder.commit { batch, transaction in
            for operation in gathered {
                let draft = try drafting.draft(operation.request(id: nil)) { _, _ in nil }
                let written = try transaction.author([draft.change], in: &batch)
                ids[operation.code] = RecordNaming.id(of: written.addresses[0]).description
            }
        }
        gathered = []
    }

    /// - Returns: whether anything was written: the record may have been so already.
    mutating func write(
        _ operation: Operation, _ times: inout StageTimes<WriteStages.Part>
    ) throws -> Bool {
        var request = operation.request(id: ids[operation.code])
        let body = try JSONEncoder().encode(JSONValue.object(request.fields))
        let read = try times.time(.json) { try JSONDecoder().decode(JSONValue.self, from: body) }
        guard case .object(let fields) = read else { throw BenchFailure("no object") }
        request.fields = fields
        guard let (change, rehearsed) = try rehearse(request, &times) else { return false }
        try writeEntry(change, &times)

        let rest = try folder.commit { batch, transaction in
            _ = try transaction.author([change], in: &batch)
        }
        times.add(rest.busy - rehearsed, to: .commit)
        times.waiting += rest.waiting
        return true
    }

    /// Writes within a transaction that is undone.
    /// - Returns: the change, and what it takes to seal and save it in seconds; nil when there is
    ///   nothing to change.
    private func rehearse(
        _ request: WriteRequest, _ times: inout StageTimes<WriteStages.Part>
    ) throws -> (change: LocalChange, saving: Double)? {
        var result: (LocalChange, Double)?
        try folder.rehearse { batch, transaction in
            var finding = 0.0
            let began = Clock.thread
            let draft = try drafting.draft(request) { id, collection in
                let began = Clock.thread
                defer { finding += Clock.seconds(from: began, to: Clock.thread) }
                return try transaction.record(id, in: collection, batch: &batch)
            }
            let drafting = Clock.seconds(from: began, to: Clock.thread)
            guard !draft.isIdle else { return }
            times.add(finding, to: .find)
            times.add(drafting - finding, to: .draft)
            let storage = TimedStorage(transaction.ledger)
            try times.time(.apply) { _ = try batch.author([draft.change], storage: storage) }
            let saving = try seconds { try batch.commit(to: storage) }
            times.add(storage.appending, to: .storeRun)
            times.add(storage.savingLogs, to: .saveLog)
            times.add(saving - storage.appending - storage.savingLogs, to: .saveRecord)
            result = (draft.change, saving)
        }
        return result
    }

    /// Writes and signs the entry alone, which are parts of `author` and `commit` too.
    private mutating func writeEntry(
        _ change: LocalChange, _ times: inout StageTimes<WriteStages.Part>
    ) throws {
        let identity = LogIdentity(
            key: folder.author.key, nonce: folder.replica.nonce, domain: change.domain)
        let log = folder.replica.log(identity)
        let applied = folder.replica.frontier
        let timestamp = folder.replica.clock.last
        var began = Clock.thread
        var writer = RunWriter(after: log, salts: salts)
        _ = try writer.append([change.draft], applied: applied, timestamp: timestamp)
        let writing = Clock.seconds(from: began, to: Clock.thread)
        salts = writer.saltSource
        began = Clock.thread
        _ = writer.seal(with: folder.author)
        let signing = Clock.seconds(from: began, to: Clock.thread)
        times.add(writing, to: .write)
        times.add(-writing, to: .apply)
        times.add(signing, to: .sign)
        times.add(-signing, to: .saveRecord)
    }

    private var drafting: WriteDrafting {
        WriteDrafting(
            catalogue: folder.store.catalogue, home: folder.replica.scope.area,
            now: WallClock.now, tag: folder.store.tag)
    }
}
