// SPDX-License-Identifier: Apache-2.0

import GridCore
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
    }

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameters:
    ///   - rows: logs as they are now.
    ///   - commit: the number of the commit that made them so.
    func ring(_ rows: [FrontierRow], commit: UInt64) {
        news.withLock { news in
            for row in rows { news.rows[row.log] = row }
            news.commit = commit
        }
        continuation.yield()
    }

    /// Rings because logs have become shorter: nothing that was told before holds.
    func ringOfShortening() {
        news.withLock { $0.isShortened = true }
        continuation.yield()
    }

    /// Everything that grew since the last call, ascending by log, and the last commit in it; and
    /// whether logs have become shorter.
    func take() -> (rows: [FrontierRow], commit: UInt64, isShortened: Bool) {
        let (rows, commit, isShortened) = news.withLock { news in
            defer { news.rows = [:] }
            return (news.rows.values, news.commit, news.isShortened)
        }
        return (rows.sorted { $0.log < $1.log }, commit, isShortened)
    }
}
