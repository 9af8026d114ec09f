// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A weak link that works are measured over, both directions alike.
struct LinkProfile: Sendable {
    /// Short, for tables and `--profile`.
    let name: String
    let roundTripMilliseconds: UInt64
    let bitsPerSecond: UInt64
    /// How often a segment is lost, 0..<1.
    var loss = 0.0
    var window: Window?
    /// What is measured over it when nothing else is asked for.
    let size: WorkSize
    var works: [WeakWork] = WeakWork.allCases

    /// The link is there for a while, and then it is not, again and again.
    struct Window: Sendable {
        let openSeconds: UInt64
        /// What is left of the rest of the day.
        var closedSeconds: UInt64
    }

    static let each = [
        LinkProfile(
            name: "600ms-30k", roundTripMilliseconds: 600, bitsPerSecond: 30_000, size: .small),
        LinkProfile(
            name: "1200ms-100k", roundTripMilliseconds: 1_200, bitsPerSecond: 100_000,
            size: .small),
        LinkProfile(
            name: "80ms-1m", roundTripMilliseconds: 80, bitsPerSecond: 1_000_000, size: .medium),
        LinkProfile(
            name: "300ms-16k", roundTripMilliseconds: 300, bitsPerSecond: 16_000, size: .small),
        LinkProfile(
            name: "3min-a-day", roundTripMilliseconds: 300, bitsPerSecond: 64_000,
            window: Window(openSeconds: 180, closedSeconds: 1), size: .medium, works: [.catchUp]),
        LinkProfile(
            name: "loss-40", roundTripMilliseconds: 80, bitsPerSecond: 1_000_000, loss: 0.4,
            size: .small),
    ]

    /// Nanoseconds that so many bytes take.
    func nanoseconds(of bytes: some BinaryInteger) -> UInt64 {
        UInt64(bytes) * 8_000_000_000 / bitsPerSecond
    }

    var roundTrip: UInt64 { roundTripMilliseconds * 1_000_000 }

    /// A lost segment is missed after a round trip and the 200 ms that Linux waits at least.
    var timeout: UInt64 { roundTrip + 200_000_000 }
}

extension LinkProfile: ExpressibleByArgument {
    init?(argument: String) {
        guard let profile = Self.each.first(where: { $0.name == argument }) else { return nil }
        self = profile
    }

    static var allValueStrings: [String] { each.map(\.name) }
}

/// The works that are measured over weak links.
enum WeakWork: String, CaseIterable, ExpressibleByArgument {
    case catchUp = "w1"
    case divergence = "w3"
    case reconnecting = "w4"
}
