// SPDX-License-Identifier: Apache-2.0

import GridCodec
import Testing

@testable import GridNode

/// One allowance, asked inside of expectations.
private final class Tries {
    private var allowance = JoinAllowance()

    func take(_ address: String, now: UInt64) -> Bool { allowance.take(address, now: now) }
    func giveBack(_ address: String) { allowance.giveBack(address) }
}

struct JoinAllowanceTests {
    @Test func anAddressHasSoManyTriesAMinute() {
        let allowance = Tries()
        for _ in 0..<ProtocolLimits.joinTriesPerAddressMax {
            #expect(allowance.take("10.8.0.1", now: 1_000))
        }
        #expect(!allowance.take("10.8.0.1", now: 1_000))
        #expect(allowance.take("10.8.0.2", now: 1_000))
        // A third of a minute gives a third of the tries back, a long time no more than all.
        let third = ProtocolLimits.joinTriesPerAddressMax / 3
        for _ in 0..<third { #expect(allowance.take("10.8.0.1", now: 21_001)) }
        #expect(!allowance.take("10.8.0.1", now: 21_001))
        for _ in 0..<ProtocolLimits.joinTriesPerAddressMax {
            #expect(allowance.take("10.8.0.1", now: 9_000_000))
        }
        #expect(!allowance.take("10.8.0.1", now: 9_000_000))
    }

    @Test func allTogetherHaveSoManyTriesAMinute() {
        let allowance = Tries()
        let taken = (0..<1_000).filter {
            allowance.take("10.8.\($0 / 250).\($0 % 250)", now: 1_000)
        }
        #expect(taken.count == ProtocolLimits.joinTriesMax)
    }

    @Test func aTryThatWasNoGuessIsGivenBack() {
        let allowance = Tries()
        for _ in 0..<1_000 {
            #expect(allowance.take("10.8.0.1", now: 1_000))
            allowance.giveBack("10.8.0.1")
        }
    }

    @Test func aClockThatStandsStillGivesNothingBackAndTakesNothing() {
        let allowance = Tries()
        for _ in 0..<ProtocolLimits.joinTriesPerAddressMax {
            #expect(allowance.take("a", now: 5_000))
        }
        #expect(!allowance.take("a", now: 4_000))
    }

    /// Strangers of many addresses do not fill the memory; those beyond share what one has.
    @Test func addressesWithoutAPlaceShareOne() {
        let allowance = Tries()
        var now: UInt64 = 1_000
        var refused = 0
        for number in 0..<20_000 {
            if !allowance.take("\(number)", now: now) { refused += 1 }
            now += 500
        }
        #expect(refused == 0)
    }
}
