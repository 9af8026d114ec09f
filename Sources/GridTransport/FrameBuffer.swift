// SPDX-License-Identifier: Apache-2.0

/// Cuts the decrypted byte stream of a peer into frames: length of 3 bytes, big-endian, then so
/// many bytes.
struct FrameBuffer: Sendable {
    private var unread = ByteQueue()

    /// Takes the next piece of the stream and returns the frames that it completes. It holds at
    /// most one frame's bytes and one piece, however long a frame is announced.
    mutating func receive(_ piece: [UInt8]) throws(LinkFailure) -> [[UInt8]] {
        unread.append(piece)
        var frames: [[UInt8]] = []
        while let length = try nextLength(),
            let frame = unread.take(length, after: TransportLimits.framePrefixBytes)
        {
            frames.append(frame)
        }
        unread.compact()
        return frames
    }

    private func nextLength() throws(LinkFailure) -> Int? {
        guard let length = unread.integer(width: TransportLimits.framePrefixBytes) else {
            return nil
        }
        guard length > 0 else { throw .frameEmpty }
        guard length <= TransportLimits.frameBytesMax else { throw .frameTooLong(length) }
        return length
    }

    /// Frames as one stretch of the byte stream. Frames are ours, so a wrong length is a bug.
    static func joined(_ frames: [[UInt8]]) -> [UInt8] {
        var stream: [UInt8] = []
        let prefixBytes = TransportLimits.framePrefixBytes
        stream.reserveCapacity(frames.reduce(0) { $0 + $1.count + prefixBytes })
        for frame in frames {
            let length = frame.count
            precondition(
                (1...TransportLimits.frameBytesMax).contains(length), "frame of \(length) bytes")
            for shift in [16, 8, 0] { stream.append(UInt8(truncatingIfNeeded: length >> shift)) }
            stream += frame
        }
        return stream
    }
}
