// SPDX-License-Identifier: Apache-2.0

/// Why no connection came to be, as far as the system tells.
package enum ConnectFault: Hashable, Sendable {
    /// A machine answers at the address, and nobody listens on the port.
    case portClosed
    /// No way leads to the address.
    case unreachable
    /// Nothing answered in time: the machine is off, or something on the way swallows the call.
    case timedOut
    /// The host's name has no address.
    case nameUnknown
    case other
}
