// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Synchronization

/// Tells one listener that heights have grown. What it has not fetched yet is joined, so that a
/// slow listener costs one row a log, never a queue.
package final class Bell: Sendable {
    /// One element whenever something new may be fetched.
    package let rings: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let news = Mutex(News())

    private struct News {
        var rows: [LogID: FrontierRow] = [:]
        var commit: UInt64 = 0
        var isShortened = false
        var ended: [LogIdentity] = []
    }

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameters:
    ///   - rows: logs as they are now.
    ///   - ended: logs that have ended and were met for the first time.
    ///   - commit: the number of the commit that made them so.
    func ring(_ rows: [FrontierRow], ended: [LogIdentity], commit: UInt64) {
        news.withLock { news in
            for row in rows { news.rows[row.log] = row }
            news.ended += ended
            news.commit = commit
        }
        continuation.yield()
    }

    /// Rings because logs have become shorter: nothing that was told before holds.
    func ringOfShortening() {
        news.withLock { $0.isShortened = true }
        continuation.yield()
    }

    /// Everything that grew since the last call, ascending by log, what has ended, and the last commit
    /// in it; and whether logs have become shorter.
    func take() -> Take {
        let taken = news.withLock { news in
            defer {
                news.rows = [:]
                news.ended = []
            }
            return news
        }
        return Take(
            rows: taken.rows.values.sorted { $0.log < $1.log }, ended: taken.ended,
            commit: taken.commit, isShortened: taken.isShortened)
    }

    /// What one call finds.
    struct Take {
        let rows: [FrontierRow]
        let ended: [LogIdentity]
        let commit: UInt64
        let isShortened: Bool
    }
}
