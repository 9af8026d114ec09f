// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
package import GridStore
import GridTransport
import Synchronization

/// Counts what passes the links, and says when what is routine has to wait.
///
/// Counted is what has passed sockets of links on which two nodes met, handshakes included, and not
/// what the layers below add.
package final class LinkMeter: Sendable {
    private struct State {
        var day: Int32 = 0
        /// Whether what was written down of that day before is in it.
        var isResumed = false
        /// What has passed on that day.
        var usage: [PublicKey: LinkUsage] = [:]
        /// What a budget counts of it: asked for with every event of every link.
        var spent: UInt64 = 0
        /// The part of it that is written down nowhere.
        var unwritten: [PublicKey: LinkUsage] = [:]
        /// What is left of an earlier day and not written down.
        var left: (day: Int32, usage: [PublicKey: LinkUsage])?

        mutating func turn(to day: Int32) {
            guard day != self.day else { return }
            if !unwritten.isEmpty, left == nil { left = (self.day, unwritten) }
            self.day = day
            isResumed = false
            usage = [:]
            spent = 0
            unwritten = [:]
        }
    }

    /// What one link has cost so far.
    struct Session {
        let key: PublicKey
        private var seen = LinkTraffic()
        fileprivate var counted: UInt64 = 0

        init(with key: PublicKey) { self.key = key }

        /// What is new since the last time.
        fileprivate mutating func news(_ traffic: LinkTraffic) -> LinkUsage {
            defer { seen = traffic }
            return LinkUsage(
                sent: traffic.bytesSent &- seen.bytesSent,
                received: traffic.bytesReceived &- seen.bytesReceived)
        }
    }

    package let budget: LinkBudget
    private let state = Mutex(State())

    package init(budget: LinkBudget = LinkBudget()) { self.budget = budget }

    /// Takes up what was counted and written down before of the day that it is: at the start, and where
    /// the day has changed, for a clock that is set right after the start may bring back a day on which
    /// much has passed already.
    ///
    /// - Precondition: nothing that was handed out is still to be written down.
    /// - Parameter now: milliseconds since 1970.
    package func resume(from store: Store, now: UInt64) throws {
        let day = ChinaTime.day(of: Int64(clamping: now))
        let isResumed = state.withLock { state in
            state.turn(to: day)
            return state.isResumed
        }
        guard !isResumed else { return }
        let written = try store.linkUsage(on: day)
        state.withLock { state in
            guard state.day == day else { return }
            state.isResumed = true
            state.usage = Self.sum(written, state.unwritten)
            state.spent = state.usage.values.reduce(0) { $0 &+ $1.counted }
        }
    }

    private static func sum(
        _ left: [PublicKey: LinkUsage], _ right: [PublicKey: LinkUsage]
    ) -> [PublicKey: LinkUsage] {
        left.merging(right) { left, right in
            var sum = left
            sum += right
            return sum
        }
    }

    /// Counts what has passed a link by now.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the most patient lane that the budget lets the link carry.
    func count(_ traffic: LinkTraffic, of session: inout Session, now: UInt64) -> Lane {
        var news = session.news(traffic)
        if news.sent > 0 || news.received > 0 {
            if budget.isCheap(at: now) { news.free = news.sent &+ news.received }
            session.counted &+= news.counted
            state.withLock { state in
                state.turn(to: ChinaTime.day(of: Int64(clamping: now)))
                state.usage[session.key, default: LinkUsage()] += news
                state.unwritten[session.key, default: LinkUsage()] += news
                state.spent &+= news.counted
            }
        }
        return lane(of: session, now: now)
    }

    /// The most patient lane that the budget lets a link carry, by what has been counted.
    ///
    /// - Parameter now: milliseconds since 1970.
    func lane(of session: Session, now: UInt64) -> Lane {
        guard budget.isLimited, !budget.isCheap(at: now) else { return .routine }
        let spent = state.withLock { state -> UInt64 in
            state.turn(to: ChinaTime.day(of: Int64(clamping: now)))
            return state.spent
        }
        let isSpent =
            session.counted >= budget.sessionBytes ?? .max || spent >= budget.dayBytes ?? .max
        return isSpent ? .urgent : .routine
    }

    /// What has passed on the day of `now`, by peer.
    func usage(now: UInt64) -> (day: Int32, byPeer: [PublicKey: LinkUsage]) {
        state.withLock { state in
            state.turn(to: ChinaTime.day(of: Int64(clamping: now)))
            return (state.day, state.usage)
        }
    }

    /// Hands out what is to be written down, of one day.
    ///
    /// - Parameter bytes: nothing where less than this is new.
    /// - Returns: nil where there is nothing.
    func takeUnwritten(over bytes: UInt64) -> (day: Int32, usage: [PublicKey: LinkUsage])? {
        state.withLock { state in
            if let left = state.left {
                state.left = nil
                return left
            }
            let sum = state.unwritten.values.reduce(0) { $0 &+ $1.sent &+ $1.received }
            guard sum > 0, sum >= bytes else { return nil }
            defer { state.unwritten = [:] }
            return (state.day, state.unwritten)
        }
    }

    /// Takes back what could not be written down.
    func putBack(_ usage: [PublicKey: LinkUsage], of day: Int32) {
        state.withLock { state in
            if day == state.day {
                state.unwritten = Self.sum(state.unwritten, usage)
            } else if state.left == nil {
                state.left = (day, usage)
            }
        }
    }
}

/// Writes the count down: a few minutes of it may go lost with a kill, and no more.
struct LinkAccounting {
    private static let seconds = 60
    /// What is written down at once; less waits, so that an idle link does not wear out a card.
    private static let bytes: UInt64 = 65_536
    private static let roundsMax = 15

    let meter: LinkMeter
    let engine: ReplicationEngine

    /// Works until cancelled.
    func run() async {
        var round = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.seconds))
            round = (round + 1) % Self.roundsMax
            await write(over: round == 0 ? 0 : Self.bytes)
            // Should it not be read now, it is a minute later.
            try? meter.resume(from: engine.store, now: WallClock.now)
        }
    }

    /// Writes down what is new, if it is so much.
    func write(over bytes: UInt64) async {
        while let (day, usage) = meter.takeUnwritten(over: bytes) {
            guard await engine.add(usage, on: day) else {
                return meter.putBack(usage, of: day)
            }
        }
    }
}
