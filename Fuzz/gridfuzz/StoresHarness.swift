// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

@testable import GridStore

/// What a folder's files hold, should they be damaged: records, logs and the rows of the head
/// ledger are read or found wrong.
enum StoresHarness {
    static func test(_ input: [UInt8]) {
        let bytes = Array(input.dropFirst())
        switch (input.first ?? 0) % 3 {
        case 0: record(bytes)
        case 1: log(bytes)
        default: heads(bytes)
        }
    }

    private static func record(_ bytes: [UInt8]) {
        let state = try? RecordStateReader.state(
            bytes, collection: 20, address: .named(RecordID(high: 1, low: 1)),
            domain: Domain(area: County.village, lane: .routine), numbers: Numbers(),
            beside: NoTextColumns())
        if let state { check(state) }
    }

    /// A state comes back from its bytes.
    static func check(_ state: RecordState) {
        let numbers = Numbers()
        let bytes = try? RecordStateWriter.bytes(of: state, coding: .local(numbers))
        let again = bytes.flatMap { bytes in
            try? RecordStateReader.state(
                bytes, collection: state.collection, address: state.address,
                domain: state.domain, numbers: numbers, beside: NoTextColumns())
        }
        expect(again == state, "\(state) does not come back")
    }

    private static func log(_ bytes: [UInt8]) {
        let identity = LogIdentity(
            key: County.author(11).key, nonce: ReplicaNonce(high: 1, low: 1),
            domain: Domain(area: County.village, lane: .routine))
        var reader = ByteReader(bytes)
        guard let state = try? reader.logState(identity: identity) else { return }
        var writer = ByteWriter()
        writer.logState(state)
        var again = ByteReader(writer.bytes)
        expect((try? again.logState(identity: identity)) == state, "\(state) does not come back")
    }

    /// Pieces of the input as rows, with the checksums that they need to be looked at.
    private static func heads(_ bytes: [UInt8]) {
        var choices = Choices(bytes)
        var file: [UInt8] = []
        var count = 0
        while !choices.isEmpty {
            let body = choices.take(88)
            let checksum = Hashing.digest(body, personal: .frontier).array.prefix(8)
            file += checksum + body
            count += 1
        }
        expect(HeadLedger.rows(in: file).count <= count, "more logs than rows")
    }
}

/// A number for whatever log comes, and a log for whatever number.
private final class Numbers: LogNumbers {
    private var logs: [LogID] = []

    func number(of log: LogID) -> Int64? {
        if log == made(log.replica.low) { return Int64(log.replica.low) }
        if !logs.contains(log) { logs.append(log) }
        return logs.firstIndex(of: log).map { Int64($0) + 1 << 20 }
    }

    func log(numbered number: Int64) throws -> LogID {
        let place = Int(number) - 1 << 20
        return logs.indices.contains(place) ? logs[place] : made(UInt64(number))
    }

    private func made(_ number: UInt64) -> LogID {
        LogID(
            replica: ReplicaID(high: 0, low: number & 0xF_FFFF),
            domain: Domain(area: County.village, lane: .routine))
    }
}
