// SPDX-License-Identifier: Apache-2.0

/// Bytes that have come and have not been read yet.
struct ByteQueue: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    /// What has not been read, from the next byte on.
    var unread: ArraySlice<UInt8> { bytes[start...] }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// The number that the next `width` bytes are, big-endian; nil while they have not come.
    func integer(width: Int) -> Int? {
        guard count >= width else { return nil }
        return bytes[start..<start + width].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Reads so many bytes after leaving out some; nil, and nothing is read, while they have not
    /// come.
    mutating func take(_ length: Int, after skipped: Int = 0) -> [UInt8]? {
        guard count >= skipped + length else { return nil }
        let first = start + skipped
        start = first + length
        return Array(bytes[first..<start])
    }

    /// Gives back the room of what was read; all of it when nothing is left, for most links are
    /// quiet most of the time.
    mutating func compact() {
        if isEmpty {
            bytes = []
        } else if start > 0 {
            bytes.removeSubrange(..<start)
        }
        start = 0
    }
}
