// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore
internal import NIOPosix

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

    /// Of several addresses of one name the one that got furthest tells.
    init(_ error: any Error) {
        guard let error = error as? NIOConnectionError else {
            self = Self.one(error)
            return
        }
        let faults = error.connectionErrors.map { Self.one($0.error) }
        if faults.isEmpty {
            self = error.dnsAError ?? error.dnsAAAAError == nil ? .timedOut : .nameUnknown
        } else {
            let order: [ConnectFault] = [.portClosed, .timedOut, .unreachable]
            self = order.first(where: faults.contains) ?? .other
        }
    }

    private static func one(_ error: any Error) -> ConnectFault {
        if case .connectTimeout? = error as? ChannelError { return .timedOut }
        return switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED: .portClosed
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN: .unreachable
        case ETIMEDOUT: .timedOut
        default: .other
        }
    }
}
