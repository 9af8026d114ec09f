// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a link's event loop tells its tasks.
final class LinkState: Sendable {
    private struct Numbers {
        var traffic = LinkTraffic()
        var end: LinkFailure?
    }

    private let numbers = Mutex(Numbers())

    var traffic: LinkTraffic { numbers.withLock { $0.traffic } }
    var end: LinkFailure? { numbers.withLock { $0.end } }

    func addSent(_ count: Int) { numbers.withLock { $0.traffic.addSent(count) } }
    func addReceived(_ count: Int) { numbers.withLock { $0.traffic.addReceived(count) } }

    /// Notes why the link ended; the first reason stays.
    func end(_ failure: LinkFailure) {
        numbers.withLock { numbers in
            if numbers.end == nil { numbers.end = failure }
        }
    }
}
