// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridLog
import GridSync

/// What a stick brings, as it is when its seal is off: one form of each header and item, and the
/// same items wherever pieces end.
enum BundlesHarness {
    static func test(_ input: [UInt8]) {
        if let header = try? BundleHeader(decoding: input) {
            expect(header.encoded == input, "\(header) has two forms")
        }
        if let item = try? BundleItem(decoding: input) {
            expect(item.encoded == input, "\(item) has two forms")
        }
        guard let step = input.first.map({ Int($0) + 1 }) else { return }
        let content = Array(input.dropFirst())
        let whole = read([content])
        let pieces = stride(from: 0, to: content.count, by: step).map {
            Array(content[$0..<min(content.count, $0 + step)])
        }
        let parts = read(pieces)
        expect(whole == parts, "other items in pieces of \(step) bytes")
    }

    /// The items, to what is wrong.
    private static func read(_ pieces: [[UInt8]]) -> [BundleItem] {
        var reader = BundleItems()
        var items: [BundleItem] = []
        for piece in pieces {
            reader.take(piece)
            do throws(DecodingViolation) {
                while let item = try reader.next() { items.append(item) }
            } catch {
                return items
            }
        }
        return items
    }
}
