// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts those who follow the feed: each holds a connection and a reader of the database now and
/// then.
final class FeedReaders: Sendable {
    static let readersMax = 64

    private let count = Mutex(0)

    /// Takes a place, to be given back with `leave`; false when there is none.
    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.readersMax else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
