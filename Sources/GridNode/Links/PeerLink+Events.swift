// SPDX-License-Identifier: Apache-2.0

import GridSync

extension PeerLink.Event {
    /// Lets a reader go on that waits for an event nobody will take.
    func release() {
        if case .frame(_, let continuation) = self { continuation.resume() }
        if case .auditWanted(let errand) = self { errand.report(.notComparable(.linkEnded)) }
    }
}

extension AsyncStream<PeerLink.Event>.Continuation {
    /// Reports what some work gives, or that this node failed.
    func attempt(_ work: () async throws -> PeerLink.Event?) async {
        do {
            if let event = try await work() { yield(event) }
        } catch {
            yield(.failed(error))
        }
    }
}

extension PeerLink.Event {
    static func failed(_ error: any Error) -> PeerLink.Event {
        switch error {
        case is CancellationError: .ended("closed")
        case let refusal as DeskRefusal: .failed(refusal.code)
        default: .failed("store_failed")
        }
    }
}

extension CloseReason {
    /// What the peer is told when this node's own machinery fails.
    ///
    /// - Parameter failure: the code of what has failed.
    init(failure: String) {
        switch failure {
        case "disk_full": self = .cannotKeep(isFull: true)
        case "store_failed": self = .cannotKeep(isFull: false)
        default: self = .leaving
        }
    }
}
