// SPDX-License-Identifier: Apache-2.0

import GridTransport

/// Where the API is asked over TCP: on this machine alone.
package struct APIAddress: Hashable, Sendable {
    /// `127.0.0.1` or `::1`.
    package let host: String
    /// 0...65,535; 0 asks the system for a free one.
    package let port: Int

    /// Reads `HOST:PORT`.
    package init(parsing text: String, key: String, path: String) throws(ConfigurationFailure) {
        let address = try NodeConfiguration.address(text, key: key, path: path)
        switch address.host {
        case "127.0.0.1", "localhost": host = "127.0.0.1"
        case "::1": host = "::1"
        default:
            // Others would read the tokens off the wire.
            throw ConfigurationFailure(
                path: path, key: key,
                expected: "127.0.0.1:PORT, localhost:PORT, [::1]:PORT(只限本机 / this machine alone)")
        }
        port = address.port
    }
}
