// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// Numbers the columns in the order in which they are met, at most `ProtocolLimits.runColumnsMax`.
struct ColumnNumbers {
    private static let recentSize = 128

    private(set) var count = 0
    private var streams: [UInt64: Int] = [:]
    /// Most entries write to few columns: one that was met is mostly found here, by its number.
    private var recent = [(key: UInt64, stream: Int)](repeating: (.max, 0), count: recentSize)

    /// The first of the three streams of the column of a write.
    mutating func stream(collection: UInt64, write: UInt64) throws(DecodingViolation) -> Int {
        guard collection <= ProtocolLimits.catalogueNumberMax,
            write <= ProtocolLimits.catalogueNumberMax << 3 | 7
        else { throw .integerTooLarge }
        let key = collection << 32 | write
        let place = Int((write >> 3 &+ collection &* 17) % UInt64(Self.recentSize))
        let found = recent[place]
        if found.key == key { return found.stream }
        let stream = try slowStream(key)
        recent[place] = (key, stream)
        return stream
    }

    private mutating func slowStream(_ key: UInt64) throws(DecodingViolation) -> Int {
        if let known = streams[key] { return known }
        guard count < ProtocolLimits.runColumnsMax else { throw .lengthTooLarge }
        let stream = RunColumns.headStreams + 3 * count
        streams[key] = stream
        count += 1
        return stream
    }
}
