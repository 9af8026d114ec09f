// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridTesting
import Testing

/// Every way in which an entry inside a run can be malformed, from bytes made by hand.
struct EntryViolationTests {
    private static let named: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

    /// Head parts: context changes, shape; then values; length of the values unless it is told.
    struct Sample: Sendable {
        var context: [UInt8] = [0]
        let shape: [UInt8]
        var values: [UInt8] = []
        var length: Int?
        let violation: DecodingViolation?

        var bytes: [UInt8] {
            var writer = ByteWriter()
            writer.signed(5)
            writer.raw(context)
            writer.count(length ?? values.count)
            writer.raw(shape)
            writer.raw(values)
            return writer.bytes
        }
    }

    private static let replica = [UInt8](repeating: 7, count: 16)

    private static let samples: [Sample] = [
        // What is right, so that the rest is wrong in one place only.
        Sample(shape: [1, 20, 0, 1, 8], values: [3], violation: nil),
        Sample(context: [1, 0] + replica + [1], shape: [1, 20, 0, 0], violation: nil),
        Sample(context: [2, 1, 1, 2, 1], shape: [1, 20, 0, 0], violation: nil),
        Sample(shape: [1, 20, 0, 2, 10, 11], values: [1, 2, 1, 3], violation: nil),
        Sample(shape: [2, 20] + named + [0, 21] + named + [0], violation: nil),
        Sample(shape: [2, 20, 0, 0, 20, 0, 0], violation: nil),
        Sample(shape: [1, 20, 1, 0, 1, 255, 1, 0], violation: nil),
        // Shapes.
        Sample(shape: [0], violation: .empty),
        Sample(shape: [0x81, 0x02], violation: .lengthTooLarge),
        Sample(shape: [1, 0x80, 0x80, 4], violation: .integerTooLarge),
        Sample(shape: [1, 20, 3], violation: .unknownTag),
        Sample(shape: [1, 20, 8], violation: .unknownTag),
        Sample(shape: [1, 20, 1, 0, 0, 0], violation: .sequenceOutOfRange),
        Sample(shape: [1, 20, 1, 0x81, 0x20, 1, 0, 0], violation: .integerTooLarge),
        Sample(shape: [1, 20, 1, 0, 1, 0x80, 0x02, 0], violation: .integerTooLarge),
        Sample(shape: [2, 20] + named + [0, 20] + named + [0], violation: .recordTwice),
        Sample(shape: [2, 20, 1, 0, 1, 0, 0, 20, 5, 0, 1, 0, 0], violation: .recordTwice),
        Sample(shape: [1, 20, 0, 0x81, 0x04], violation: .lengthTooLarge),
        Sample(shape: [1, 20, 0, 1, 0x80, 0x80, 0x20], violation: .integerTooLarge),
        Sample(shape: [1, 20, 0, 1, 14], violation: .unknownTag),
        Sample(shape: [1, 20, 0, 2, 16, 8], values: [3, 3], violation: .notAscending),
        Sample(shape: [1, 20, 0, 2, 8, 8], values: [3, 3], violation: .notAscending),
        Sample(shape: [1, 20, 0, 2, 8, 9], values: [3], violation: .contradiction),
        // Values.
        Sample(shape: [1, 20, 0, 2, 10, 11], values: [1, 3, 1, 3], violation: .contradiction),
        Sample(
            shape: [1, 20, 0, 2, 10, 11], values: [2, 1, 2, 3, 2, 0, 0, 3],
            violation: .contradiction),
        Sample(shape: [1, 20, 0, 1, 10], values: [0], violation: .empty),
        Sample(shape: [1, 20, 0, 1, 12], values: [0], violation: .empty),
        Sample(shape: [1, 20, 0, 1, 10], values: [2, 3, 2], violation: .notAscending),
        Sample(shape: [1, 20, 0, 1, 11], values: [2, 3, 3], violation: .notAscending),
        Sample(shape: [1, 20, 0, 1, 12], values: [0x81, 0x20], violation: .lengthTooLarge),
        Sample(shape: [1, 20, 0, 1, 8], values: [14], violation: .unknownTag),
        Sample(shape: [1, 20, 0, 1, 8], values: [3, 0], length: 2, violation: .valuesLengthWrong),
        Sample(shape: [1, 20, 0, 1, 8], values: [3], length: 0, violation: .valuesLengthWrong),
        Sample(shape: [1, 20, 0, 1, 8], values: [3], length: 2, violation: .truncated),
        Sample(shape: [1, 20, 0, 0], length: 65_537, violation: .lengthTooLarge),
        // Contexts.
        Sample(context: [0x81, 0x20], shape: [1, 20, 0, 0], violation: .lengthTooLarge),
        Sample(context: [2, 1, 1, 1, 1], shape: [1, 20, 0, 0], violation: .notAscending),
        Sample(context: [2, 2, 1, 1, 1], shape: [1, 20, 0, 0], violation: .notAscending),
        Sample(
            context: [2, 0] + replica + [1, 1, 1], shape: [1, 20, 0, 0],
            violation: .notAscending),
        Sample(context: [1, 1, 0], shape: [1, 20, 0, 0], violation: .sequenceOutOfRange),
        Sample(context: [1, 0x81, 0x20, 1], shape: [1, 20, 0, 0], violation: .integerTooLarge),
        Sample(context: [1, 0] + replica + [0], shape: [1, 20], violation: .sequenceOutOfRange),
    ]

    @Test(arguments: samples) func aMalformedEntryIsRefusedByName(sample: Sample) throws {
        let pen = Pen(1)
        let run = Run(
            identity: pen.state.identity, first: 1, count: 1, backlink: pen.state.head,
            salts: [.seed(.random(), entries: 1)], entryBytes: sample.bytes,
            signature: [UInt8](repeating: 0, count: 64))
        guard let violation = sample.violation else {
            #expect(try RunVerifier.read(run).entries.count == 1)
            return
        }
        #expect(throws: RunViolation.malformed(violation)) { try RunVerifier.read(run) }
    }

    /// Noise in place of entries: a violation by name, or bytes that are signed as they are.
    @Test func noiseForEntriesNeverTraps() throws {
        var random = SplitMix64()
        var pen = Pen(1)
        let good = try pen.write([random.changes(), random.changes(), random.changes()]).run
        for _ in 0..<3000 {
            var bytes = good.entryBytes
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
            guard bytes != good.entryBytes else { continue }
            let run = Run(
                identity: good.identity, first: good.first, count: good.count,
                backlink: good.backlink, salts: good.salts, entryBytes: bytes,
                signature: good.signature)
            #expect(throws: RunViolation.self, "ONEGRID_SEED=\(random.seed)") {
                try RunVerifier.verify(run)
            }
        }
    }
}
