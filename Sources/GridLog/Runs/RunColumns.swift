// SPDX-License-Identifier: Apache-2.0

import GridCodec

/// The entries of a run, laid out by column: what is alike stands together, and packs well
/// (Protocol/runs.md, "Columns").
///
/// Rows have exactly one form as columns, and columns one as rows. Hashes and signatures cover rows.
enum RunColumns {
    // The streams of heads, in their order.
    static let times = 0
    static let contexts = 1
    static let shapes = 2
    static let logs = 3
    /// The first bytes; what follows them is the next stream.
    static let sequences = 4
    static let indices = 6
    static let names = 7
    /// After them come three of each column of values: tags, heads of numbers, and the rest.
    static let headStreams = 8

    /// As many as a run may have.
    static let streamsMax = headStreams + 3 * ProtocolLimits.runColumnsMax

    /// The columns of entries, and where streams worth a block of their own begin and end. Nil when
    /// the bytes are not so many whole entries with their values, or are too many columns.
    static func split(_ rows: [UInt8], entries: Int) -> (columns: [UInt8], cuts: [Int])? {
        rows.withUnsafeBytes { rows in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: streamsMax) { places in
                var walk = EntryWalk(ColumnSplitter(measuring: rows, in: places))
                guard (try? walk.entries(entries)) != nil, walk.carrier.isAtEnd else { return nil }
                let directory = ColumnDirectory(lengths: walk.carrier.lengths)
                var writer = ByteWriter()
                writer.columnDirectory(directory)
                let size = writer.bytes.count + directory.total
                guard size <= ProtocolLimits.runBytesMax else { return nil }
                let (streams, cuts) = directory.placed(from: writer.bytes.count)
                for (stream, range) in streams.enumerated() { places[stream] = range.lowerBound }
                let columns = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                    _ = buffer.update(fromContentsOf: writer.bytes)
                    let buffer = UnsafeMutableRawBufferPointer(buffer)
                    var copying = EntryWalk(ColumnSplitter(walk.carrier, to: buffer))
                    let isCopied = (try? copying.entries(entries)) != nil
                    precondition(
                        isCopied && copying.carrier.lengths == streams.map(\.upperBound),
                        "the same rows are split twice in one way")
                    count = size
                }
                return (columns, cuts)
            }
        }
    }

    /// The rows of columns, which may be any bytes at all: exactly `size` of them.
    static func join(
        _ columns: [UInt8], entries: Int, size: Int
    ) throws(DecodingViolation) -> [UInt8] {
        var reader = ByteReader(columns)
        let directory = try reader.columnDirectory()
        guard directory.total >= reader.remaining else { throw .trailingBytes }
        guard directory.total <= reader.remaining else { throw .truncated }
        var streams = directory.placed(from: reader.offset).streams
        var violation: DecodingViolation?
        let rows = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            let rows = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
            streams.withUnsafeMutableBufferPointer { streams in
                columns.withUnsafeBytes { columns in
                    do throws(DecodingViolation) {
                        var walk = EntryWalk(ColumnJoiner(columns, streams: streams, to: rows))
                        try walk.entries(entries)
                        try walk.carrier.finish()
                        count = size
                    } catch {
                        violation = error
                    }
                }
            }
        }
        if let violation { throw violation }
        return rows
    }
}

/// How long the streams are.
struct ColumnDirectory: Hashable {
    /// Streams shorter than this share a block: the tables of another would cost more.
    private static let blockBytesMin = 512

    /// The streams of heads, then three of each column.
    let lengths: [Int]

    var columns: Int { (lengths.count - RunColumns.headStreams) / 3 }
    var total: Int { lengths.reduce(0, +) }

    /// In the order in which the streams lie: those of heads, then all tags, all heads of numbers,
    /// and all that is left.
    static func order(columns: Int) -> [Int] {
        let first = RunColumns.headStreams
        return Array(0..<first)
            + (0..<3).flatMap { kind in (0..<columns).map { first + 3 * $0 + kind } }
    }

    /// Where each stream lies when the first begins at `offset`, and where blocks should end.
    func placed(from offset: Int) -> (streams: [Range<Int>], cuts: [Int]) {
        var streams = [Range<Int>](repeating: 0..<0, count: lengths.count)
        var cuts: [Int] = []
        var next = offset
        for stream in Self.order(columns: columns) {
            let end = next + lengths[stream]
            streams[stream] = next..<end
            if lengths[stream] >= Self.blockBytesMin {
                if next > cuts.last ?? 0 { cuts.append(next) }
                cuts.append(end)
            }
            next = end
        }
        return (streams, cuts)
    }
}

extension ByteWriter {
    fileprivate mutating func columnDirectory(_ directory: ColumnDirectory) {
        count(directory.columns)
        for stream in ColumnDirectory.order(columns: directory.columns) {
            count(directory.lengths[stream])
        }
    }
}

extension ByteReader {
    fileprivate mutating func columnDirectory() throws(DecodingViolation) -> ColumnDirectory {
        let columns = try count(max: ProtocolLimits.runColumnsMax)
        var lengths = [Int](repeating: 0, count: RunColumns.headStreams + 3 * columns)
        for stream in ColumnDirectory.order(columns: columns) {
            lengths[stream] = try count(max: ProtocolLimits.runBytesMax)
        }
        return ColumnDirectory(lengths: lengths)
    }
}
