// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// Several values in a row: each has one form, and all have one order.
enum ValuesHarness {
    static func test(_ input: [UInt8]) {
        var reader = ByteReader(input)
        var values: [FieldValue] = []
        while reader.remaining > 0, values.count < 16 {
            let start = reader.offset
            guard let value = try? reader.value() else { break }
            var writer = ByteWriter()
            writer.value(value)
            expect(writer.bytes == Array(input[start..<reader.offset]), "\(value) has two forms")
            values.append(value)
        }
        for left in values {
            for right in values {
                let orders = [left.precedes(right), left == right, right.precedes(left)]
                expect(orders.count { $0 } == 1, "\(left) and \(right) stand in \(orders)")
                if left == right {
                    expect(left.hashValue == right.hashValue, "\(left) has two hashes")
                }
            }
        }
        let sorted = values.sorted { $0.precedes($1) }
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            expect(!right.precedes(left), "no order: \(sorted)")
        }
    }
}
