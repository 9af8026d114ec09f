// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore
internal import NIOPosix

extension ConnectFault {
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
