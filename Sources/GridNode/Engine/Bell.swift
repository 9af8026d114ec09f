// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridSync
import Synchronization

/// Tells one listener that heights have grown. What it has not fetched yet is joined, so that a
/// slow listener costs one row a log, never a queue.
package final class Bell: Sendable {
    /// One element whenever something new may be fetched.
    package let rings: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let news = Mutex<[LogID: FrontierRow]>([:])

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameter rows: logs as they are now.
    func ring(_ rows: [FrontierRow]) {
        news.withLock { news in
            for row in rows { news[row.log] = row }
        }
        continuation.yield()
    }

    /// Everything that grew since the last call, ascending by log.
    package func take() -> [FrontierRow] {
        let rows = news.withLock { news in
            defer { news = [:] }
            return news.values
        }
        return rows.sorted { $0.log < $1.log }
    }
}
