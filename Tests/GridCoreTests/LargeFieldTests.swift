// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// One who holds a certificate may write the same field again and again, each time in the place
/// that costs most. Done item by item, these would take many minutes.
@Suite(.timeLimit(.minutes(1)))
struct LargeFieldTests {
    private let entries: UInt64 = 20
    private let log = MergeWorld.log(of: 0)

    private func stamp(_ sequence: UInt64) -> WriteStamp {
        WriteStamp(
            dot: Dot(log: log, sequence: sequence),
            timestamp: HybridTimestamp(milliseconds: 1_000 - sequence, counter: 0),
            level: .village)
    }

    @Test func aTimelineOfAClockThatGoesBackIsSoonInOrder() {
        var timeline = Timeline()
        let values = [FieldValue](repeating: .boolean(true), count: 4_096)
        for sequence in 1...entries { timeline.append(values, stamp: stamp(sequence)) }
        #expect(timeline.items.count == 20 * 4_096)
        #expect(timeline.items.first?.dot.sequence == entries)
        #expect(zip(timeline.items, timeline.items.dropFirst()).allSatisfy(Timeline.Item.precedes))
    }

    @Test func aSetThatGrowsAtItsFrontIsSoonInOrder() {
        var set = ElementSet()
        for sequence in 1...entries {
            let first = -Int64(sequence) * 4_096
            let elements = (first..<first + 4_096).map { FieldValue.integer($0) }
            set.add(elements, dot: stamp(sequence).dot, seen: VersionVector())
        }
        #expect(set.members.count == 20 * 4_096)
        #expect(zip(set.elements, set.elements.dropFirst()).allSatisfy { $0.precedes($1) })
        set.remove(
            [.integer(-2), .integer(-1), .integer(7)],
            seen: VersionVector(CollectionOfOne((log, 1))))
        #expect(set.members.count == 20 * 4_096 - 2)
    }
}
