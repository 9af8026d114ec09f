// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

struct RecordIDTests {
    @Test func everyTextFormReadsBackInEitherCase() {
        var random = SplitMix64()
        for _ in 0..<500 {
            let id = RecordID(
                high: random.next(), low: UInt16(truncatingIfNeeded: random.next()))
            #expect(RecordID(parsing: id.description) == id, "ONEGRID_SEED=\(random.seed)")
            #expect(RecordID(parsing: id.description.uppercased()) == id)
            #expect(id.description.utf8.count == 16)
        }
    }

    @Test func theEndsOfTheRangeHaveTheirKnownForms() {
        #expect(RecordID(high: 0, low: 0).description == "0000000000000000")
        #expect(RecordID(high: 0, low: 1).description == "0000000000000001")
        #expect(RecordID(high: 0, low: 0xFFFF).description == "0000000000001zzz")
        #expect(RecordID(high: 1, low: 0).description == "0000000000002000")
        #expect(RecordID(high: .max, low: .max).description == "zzzzzzzzzzzzzzzz")
    }

    @Test func textOrderIsTheOrderOfTheIDs() {
        var random = SplitMix64()
        let ids = (0..<100).map { _ in
            RecordID(high: random.next() >> 40, low: UInt16(truncatingIfNeeded: random.next()))
        }
        #expect(
            ids.sorted().map(\.description) == ids.map(\.description).sorted(),
            "ONEGRID_SEED=\(random.seed)")
    }

    @Test(arguments: [
        "", "000000000000000", "00000000000000000", "000000000000000i", "000000000000000l",
        "000000000000000o", "000000000000000u", "000000000000000-", "00000000000000é",
    ])
    func anythingElseIsNoRecordID(text: String) {
        #expect(RecordID(parsing: text) == nil)
    }
}
