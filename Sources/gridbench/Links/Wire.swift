// SPDX-License-Identifier: Apache-2.0

/// One direction of an emulated link: says when what is sent arrives, and sends nothing itself.
/// Times are nanoseconds of one steady clock.
struct Wire: Sendable {
    /// What has passed it so far.
    struct Load: Sendable {
        var bytes: UInt64 = 0
        /// Nanoseconds in which it waited for lost segments to be missed, and sent them again.
        var stalled: UInt64 = 0
    }

    /// While more than this waits to be sent, in nanoseconds, no more is taken: what a modem
    /// holds. A sender feels the link as soon as it is full, as it does behind a real one.
    private static let queueMax: UInt64 = 50_000_000
    /// A lost segment is waited for twice as long each time, so often.
    private static let doublingsMax = 6

    private let profile: LinkProfile
    private var dice: SplitMix
    private var freeAt: UInt64 = 0
    private(set) var load = Load()

    init(_ profile: LinkProfile, seed: UInt64) {
        self.profile = profile
        dice = SplitMix(seed: seed)
    }

    /// When the next segment may be taken.
    var takesAt: UInt64 { freeAt < Self.queueMax ? 0 : freeAt - Self.queueMax }

    /// Sends one segment after those sent before.
    /// - Returns: when it arrives.
    mutating func send(_ bytes: Int, now: UInt64) -> UInt64 {
        let duration = profile.nanoseconds(of: bytes)
        var start = max(now, freeAt)
        var timeout = profile.timeout
        var doublings = 0
        while profile.loss > 0, Double.random(in: 0..<1, using: &dice) < profile.loss {
            start += duration + timeout
            load.stalled += duration + timeout
            if doublings < Self.doublingsMax { timeout *= 2 }
            doublings += 1
        }
        freeAt = start + duration
        return freeAt + profile.roundTrip / 2
    }

    mutating func noteArrived(_ bytes: Int) { load.bytes += UInt64(bytes) }

    /// Forgets what was under way.
    mutating func cut() { freeAt = 0 }
}

/// Dice that fall the same way for the same seed: SplitMix64.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
