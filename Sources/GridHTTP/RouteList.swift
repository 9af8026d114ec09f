// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Every path and method of the API, as the paper names them.
final class RouteList: Sendable {
    private let routes = Mutex<[(path: [Substring], method: String)]>([])

    /// Sorted, `METHOD /v1/records/{collection}`.
    var all: [String] {
        routes.withLock { $0 }.map { "\($0.method) /\($0.path.joined(separator: "/"))" }.sorted()
    }

    /// Takes the routes of a router that is complete.
    func fill(_ found: [(path: String, method: String)]) {
        routes.withLock { $0 = found.map { ($0.path.split(separator: "/"), $0.method) } }
    }

    /// The methods that a path has, ascending; none for an unknown path.
    func methods(of path: String) -> [String] {
        let steps = path.split(separator: "/")
        let found = routes.withLock { $0 }.filter { route in
            route.path.count == steps.count
                && zip(route.path, steps).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return Set(found.map(\.method)).sorted()
    }
}
