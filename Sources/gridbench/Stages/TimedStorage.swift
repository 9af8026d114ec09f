// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// A storage that says how long each kind of call to another took, in seconds of
/// processor time.
final class TimedStorage<Base: ReplicaStorage>: ReplicaStorage {
    private let base: Base
    private(set) var loading = 0.0
    private(set) var appending = 0.0
    private(set) var savingLogs = 0.0

    init(_ base: Base) { self.base = base }

    func record(_ key: RecordKey) throws -> RecordState? {
        let began = Clock.thread
        defer { loading += Clock.seconds(from: began, to: Clock.thread) }
        return try base.record(key)
    }

    func append(_ run: VerifiedRun) throws {
        appending += try seconds { try base.append(run) }
    }

    func save(_ record: TouchedRecord) throws { try base.save(record) }

    func save(_ log: LogState) throws {
        savingLogs += try seconds { try base.save(log) }
    }

    func note(_ update: ParallelUpdate) throws { try base.note(update) }

    func note(_ log: LogIdentity) throws { try base.note(log) }
}
