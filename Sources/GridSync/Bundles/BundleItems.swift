// SPDX-License-Identifier: Apache-2.0

package import GridCodec

/// Cuts the plain bytes of a bundle, which come in parts of any length, into items. It holds one
/// item and the part that came last; every length is checked before there is memory for it.
package struct BundleItems: Sendable {
    private var waiting: [UInt8] = []
    /// Where the next item begins in what waits.
    private var start = 0
    private var runs: UInt64 = 0
    /// Whether the last item has come.
    package private(set) var isEnded = false

    package init() {}

    /// Takes the next plain bytes.
    package mutating func take(_ bytes: [UInt8]) {
        waiting.removeFirst(start)
        start = 0
        waiting += bytes
    }

    /// The next item that is whole; nil until more bytes come.
    ///
    /// Throws what is wrong with it: a length over its limit, malformed bytes, anything after the
    /// end, or an end that counts other runs than there were (`contradiction`).
    package mutating func next() throws(DecodingViolation) -> BundleItem? {
        guard start < waiting.count else { return nil }
        guard !isEnded else { throw .trailingBytes }
        var reader = ByteReader(waiting, in: start..<waiting.count)
        let count: Int
        do {
            count = try reader.count(max: ProtocolLimits.frameBytesMax)
        } catch {
            // A length that is not all there yet has fewer than the ten bytes of the longest.
            guard error == .truncated else { throw error }
            return nil
        }
        guard count <= reader.remaining else { return nil }
        let item = try BundleItem(decoding: try reader.raw(count))
        start = reader.offset
        switch item {
        case .run: runs += 1
        case .end(let stated, _):
            guard stated == runs else { throw .contradiction }
            isEnded = true
        case .holds, .belief, .ended, .receipt: break
        }
        return item
    }

    /// Whether bytes wait of an item that is not whole.
    package var isAmidItem: Bool { start < waiting.count }
}

extension ByteWriter {
    /// An item with its length before it, as it stands in a bundle.
    package mutating func bundleItem(_ item: BundleItem) { block(item.encoded) }
}
