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
            domain: Domain(area: County.village, lane: .routine), coding: .portable)
        if let state { check(state) }
    }

    /// A state comes back from its bytes.
    static func check(_ state: RecordState) {
        let again = (try? RecordStateWriter.bytes(of: state, coding: .portable)).flatMap { bytes in
            try? RecordStateReader.state(
                bytes, collection: state.collection, address: state.address,
                domain: state.domain, coding: .portable)
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
