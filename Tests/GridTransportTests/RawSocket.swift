// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCrypto
import GridTransport

/// A plain TCP connection, with which a test says what an honest node never would.
final class RawSocket: Sendable {
    private let descriptor: Int32

    /// - Parameter receiveBytes: about how much the kernel takes before the test does.
    init(_ address: LinkAddress, receiveBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBytes {
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, size)
        }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(address.port).bigEndian
        target.sin_addr.s_addr = inet_addr(address.host)
        let status = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw LinkFailure.connectFailed(.other, "connect") }
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// One Noise message after its length.
    func send(message: [UInt8]) {
        send([UInt8(message.count >> 8), UInt8(message.count & 255)] + message)
    }

    /// The next bytes, at most so many; empty when the peer has closed, nil when nothing comes.
    func receive(_ count: Int, within limit: Duration = .seconds(5)) async throws -> [UInt8]? {
        var status: Int = -1
        var bytes = [UInt8](repeating: 0, count: count)
        let settled = try await eventually(within: limit) {
            status = recv(descriptor, &bytes, count, Int32(MSG_DONTWAIT))
            return status >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
        }
        guard settled else { return nil }
        return Array(bytes.prefix(max(status, 0)))
    }

    /// Whether the peer closes in time; what it says before is skipped.
    func isClosed(within limit: Duration = .seconds(5)) async throws -> Bool {
        while let bytes = try await receive(65_536, within: limit) {
            if bytes.isEmpty { return true }
        }
        return false
    }

    /// One whole message of the peer.
    func receiveMessage() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 2 || bytes.count < 2 + (Int(bytes[0]) << 8 | Int(bytes[1])) {
            let wanted = bytes.count < 2 ? 2 : 2 + (Int(bytes[0]) << 8 | Int(bytes[1]))
            guard let more = try await receive(wanted - bytes.count), !more.isEmpty else {
                throw LinkFailure.peerClosed
            }
            bytes += more
        }
        return Array(bytes.dropFirst(2))
    }

    /// Shakes hands as an honest initiator would and leaves the rest to the test.
    func shakeHands(
        with listening: Listening, identity: AgreementKey = .generate()
    ) async throws -> NoiseTransport {
        var handshake = NoiseHandshake(
            .ik, role: .initiator, prologue: TransportLimits.preface, staticKey: identity,
            remoteStaticKey: listening.remoteKey)
        send(TransportLimits.preface)
        send(message: try handshake.writeMessage([]))
        _ = try handshake.readMessage(try await receiveMessage())
        return handshake.split()
    }
}
