// SPDX-License-Identifier: Apache-2.0

/// Where a node listens or is called.
package struct LinkAddress: Hashable, Sendable {
    /// A name or an address, IPv6 without brackets.
    package let host: String
    /// 0...65,535; 0 asks the system for a free one.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

extension LinkAddress: CustomStringConvertible {
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
