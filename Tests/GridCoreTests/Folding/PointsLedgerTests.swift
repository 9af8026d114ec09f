// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct PointsLedgerTests {
    private static func id(_ number: UInt64) -> RecordID { RecordID(high: number, low: 0) }

    private static func entry(
        _ number: UInt64, _ kind: String, account: UInt64? = nil, target: UInt64? = nil,
        delta: Int64 = 0, year: Int64 = 2026, by signer: UInt64? = nil, rule: UInt64? = nil
    ) -> PointsLedger.Entry {
        PointsLedger.Entry(
            id: id(number),
            mark: RecordState.Mark(
                timestamp: HybridTimestamp(milliseconds: number, counter: 0),
                dot: Dot(log: TestActs.log(1), sequence: number)),
            kind: kind, account: account.map(id), target: target.map(id), rule: rule.map(id),
            delta: delta, year: year, signer: signer.map(id))
    }

    @Test func twoApprovalsOfOneEntryCountOnce() {
        let ledger = PointsLedger([
            Self.entry(1, "score", account: 7, delta: 10, by: 50),
            Self.entry(2, "approve", target: 1, by: 51),
            Self.entry(3, "approve", target: 1, by: 52),
        ])
        #expect(ledger.balance(of: Self.id(7)) == 10)
        #expect(ledger.voids == [Self.id(3): .notLegal])
    }

    @Test func nobodyReviewsWhatHeSubmitted() {
        let ledger = PointsLedger([
            Self.entry(1, "score", account: 7, delta: 10, by: 50),
            Self.entry(2, "approve", target: 1, by: 50),
            Self.entry(3, "approve", target: 99, by: 51),
        ])
        #expect(ledger.balance(of: Self.id(7)) == 0)
        #expect(ledger.states[Self.id(1)] == "submitted")
        #expect(ledger.voids == [Self.id(2): .ownReview, Self.id(3): .unknownTarget])
    }

    @Test func whatIsRevokedIsGoneAndTwoRedemptionsMayOverspend() {
        let ledger = PointsLedger([
            Self.entry(1, "score", account: 7, delta: 10, by: 50),
            Self.entry(2, "approve", target: 1, by: 51),
            Self.entry(3, "redeem", account: 7, delta: 8, by: 51),
            Self.entry(4, "redeem", account: 7, delta: 8, by: 52),
            Self.entry(5, "score", account: 8, delta: 3, by: 50),
            Self.entry(6, "approve", target: 5, by: 51),
            Self.entry(7, "revoke", target: 5, by: 51),
        ])
        #expect(ledger.balance(of: Self.id(7)) == -6)
        #expect(ledger.balance(of: Self.id(8)) == 0)
    }

    @Test func aResetClosesItsYearAndLeavesTheNext() {
        let entries = [
            Self.entry(1, "score", account: 7, delta: 10, year: 2025, by: 50),
            Self.entry(2, "approve", target: 1, by: 51),
            Self.entry(3, "yearly_reset", year: 2025, by: 51),
            Self.entry(4, "score", account: 7, delta: 4, year: 2026, by: 50),
            Self.entry(5, "approve", target: 4, by: 51),
        ]
        #expect(PointsLedger(entries).balance(of: Self.id(7)) == 4)
        #expect(PointsLedger(entries.reversed()).balance(of: Self.id(7)) == 4)
    }

    @Test func aRuleGivesNoMoreThanItsCapAYear() {
        var entries: [PointsLedger.Entry] = []
        for number in UInt64(1)...4 {
            entries.append(
                Self.entry(number, "score", account: 7, delta: 5, by: 50, rule: 90))
            entries.append(Self.entry(number + 10, "approve", target: number, by: 51))
        }
        #expect(PointsLedger(entries, caps: [Self.id(90): 12]).balance(of: Self.id(7)) == 12)
    }
}
