// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A TCP socket on loopback that never waits.
struct LoopbackSocket {
    /// Largest segment, in bytes: that of an Ethernet, not loopback's 64 KiB.
    static let segmentMax = 1_400
    /// What the kernel may hold for the emulator in each direction, in bytes, about. What lies here
    /// is sent for the sender and not for the link, so it is little.
    private static let bufferBytes: Int32 = 4_096

    /// What a socket gave.
    enum Reading {
        case bytes([UInt8])
        case nothing
        case ended
    }

    let descriptor: Int32

    /// Listens on a port; 0 asks the system for a free one.
    static func listening(on port: UInt16) throws -> LoopbackSocket {
        let socket = try LoopbackSocket.new()
        try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        let bound = withAddress(port) { bind(socket.descriptor, $0, $1) }
        guard bound == 0, listen(socket.descriptor, 16) == 0 else { throw socket.failed("listen") }
        return socket
    }

    /// Begins to call; what is wrong shows at the first reading.
    static func calling(_ port: UInt16) throws -> LoopbackSocket {
        let socket = try LoopbackSocket.new()
        let called = withAddress(port) { connect(socket.descriptor, $0, $1) }
        guard called == 0 || errno == EINPROGRESS else { throw socket.failed("connect") }
        return socket
    }

    private static func new() throws -> LoopbackSocket {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = LoopbackSocket(
            descriptor: Glibc.socket(AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), 0))
        guard socket.descriptor >= 0 else { throw socket.failed("socket") }
        // Before a connection is there: its windows and segments follow from them.
        try socket.set(SOL_SOCKET, SO_RCVBUF, bufferBytes)
        try socket.set(SOL_SOCKET, SO_SNDBUF, bufferBytes)
        try socket.set(Int32(IPPROTO_TCP), TCP_MAXSEG, Int32(segmentMax))
        try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return socket
    }

    /// The port it listens on.
    var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Takes a call; nil when there is none.
    func accept() -> LoopbackSocket? {
        let caller = Glibc.accept(descriptor, nil, nil)
        guard caller >= 0 else { return nil }
        _ = fcntl(caller, F_SETFL, O_NONBLOCK)
        _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(descriptor: caller)
    }

    /// Reads a segment at most.
    func read() -> Reading {
        var bytes = [UInt8](repeating: 0, count: Self.segmentMax)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count > 0 { return .bytes(Array(bytes.prefix(count))) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .ended
    }

    /// - Returns: how many bytes the socket took; nil when the connection has ended.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR || errno == ENOTCONN ? 0 : nil
    }

    func end() { close(descriptor) }

    /// Ends the connection at once, and what is in its buffers with it.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout.size(ofValue: linger))
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
        end()
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) throws {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, level, option, &value, size) == 0 else {
            throw failed("setsockopt \(option)")
        }
    }

    private func failed(_ what: String) -> BenchFailure {
        BenchFailure("link emulator: \(what): \(String(cString: strerror(errno)))")
    }

    private static func withAddress(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
