// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// A store in memory.
final class MemoryStorage: ReplicaStorage {
    private(set) var records: [RecordKey: RecordState] = [:]
    private(set) var logs: [LogID: LogState] = [:]

    func record(_ key: RecordKey) throws -> RecordState? { records[key] }

    func append(_ run: VerifiedRun) throws {}

    func save(_ record: TouchedRecord) throws {
        let state = record.state
        let key = RecordKey(
            domain: state.domain, collection: state.collection, address: state.address)
        records[key] = state
    }

    func save(_ log: LogState) throws { logs[log.identity.log] = log }

    func note(_ update: ParallelUpdate) throws {}
}
