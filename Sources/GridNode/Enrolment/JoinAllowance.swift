// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// How many tries strangers still have: so many a minute from one address, and from everywhere.
/// It forgets with the process; a secret of 128 bits does not hang on it.
struct JoinAllowance: Sendable {
    private struct Purse {
        var tries: Double
        /// On a clock that only goes forward, in milliseconds.
        var at: UInt64

        /// What has come back since.
        mutating func refill(most: Int, now: UInt64) {
            let passed = Double(now > at ? now - at : 0)
            tries = min(Double(most), tries + passed * Double(most) / 60_000)
            at = max(at, now)
        }
    }

    private static let all = ProtocolLimits.joinTriesMax
    private static let each = ProtocolLimits.joinTriesPerAddressMax
    /// Stands for all addresses that find no room of their own.
    private static let others = ""

    private var everywhere = Purse(tries: Double(all), at: 0)
    private var purses: [String: Purse] = [:]

    /// Takes one try, if there is one left here and everywhere.
    mutating func take(_ address: String, now: UInt64) -> Bool {
        everywhere.refill(most: Self.all, now: now)
        let name = place(of: address, now: now)
        var purse = purses[name] ?? Purse(tries: Double(Self.each), at: now)
        purse.refill(most: Self.each, now: now)
        defer { purses[name] = purse }
        guard purse.tries >= 1, everywhere.tries >= 1 else { return false }
        purse.tries -= 1
        everywhere.tries -= 1
        return true
    }

    /// Gives back a try that was no guess.
    mutating func giveBack(_ address: String) {
        everywhere.tries = min(Double(Self.all), everywhere.tries + 1)
        let name = purses[address] == nil ? Self.others : address
        guard let tries = purses[name]?.tries else { return }
        purses[name]?.tries = min(Double(Self.each), tries + 1)
    }

    private mutating func place(of address: String, now: UInt64) -> String {
        if purses[address] != nil || purses.count < ProtocolLimits.joinAddressesMax {
            return address
        }
        // Who has all tries back is as good as never seen.
        purses = purses.filter { _, purse in
            var purse = purse
            purse.refill(most: Self.each, now: now)
            return purse.tries < Double(Self.each)
        }
        return purses.count < ProtocolLimits.joinAddressesMax ? address : Self.others
    }
}
