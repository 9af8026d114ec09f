// SPDX-License-Identifier: Apache-2.0

package import GridCore
import Synchronization

/// Tells one listener that heights have grown. What it has not fetched yet is joined, so that a
/// slow listener costs one version vector, never a queue.
package final class Bell: Sendable {
    /// One element whenever something new may be fetched.
    package let rings: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let heights = Mutex(VersionVector())

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring(_ news: VersionVector) {
        heights.withLock { $0.merge(news) }
        continuation.yield()
    }

    /// Everything that grew since the last call.
    package func take() -> VersionVector {
        heights.withLock { heights in
            defer { heights = VersionVector() }
            return heights
        }
    }
}
