// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a link's event loop tells its tasks.
final class LinkState: Sendable {
    private struct Numbers {
        var bytesSent: UInt64 = 0
        var bytesReceived: UInt64 = 0
        var end: LinkFailure?
    }

    private let numbers = Mutex(Numbers())

    var bytesSent: UInt64 { numbers.withLock { $0.bytesSent } }
    var bytesReceived: UInt64 { numbers.withLock { $0.bytesReceived } }
    var end: LinkFailure? { numbers.withLock { $0.end } }

    func addSent(_ count: Int) { numbers.withLock { $0.bytesSent += UInt64(count) } }
    func addReceived(_ count: Int) { numbers.withLock { $0.bytesReceived += UInt64(count) } }

    /// Notes why the link ended; the first reason stays.
    func end(_ failure: LinkFailure) {
        numbers.withLock { numbers in
            if numbers.end == nil { numbers.end = failure }
        }
    }
}
