// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

struct FieldValueOrderTests {
    @Test func theOrderIsTotalAndAgreesWithEquality() {
        var random = SplitMix64()
        let values = (0..<70).map { _ in random.value() }
        let seed = "ONEGRID_SEED=\(random.seed)"
        for left in values {
            #expect(!left.precedes(left), "\(seed)")
            for right in values {
                let ways = [left.precedes(right), right.precedes(left), left == right]
                #expect(ways.count { $0 } == 1, "\(left) \(right) \(seed)")
                if left == right { #expect(left.hashValue == right.hashValue) }
            }
        }
    }

    @Test func theOrderIsTransitive() {
        var random = SplitMix64()
        for _ in 0..<5000 {
            let (first, second, third) = (random.value(), random.value(), random.value())
            if first.precedes(second), second.precedes(third) {
                #expect(first.precedes(third), "ONEGRID_SEED=\(random.seed)")
            }
        }
    }

    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    private static let alike: [(FieldValue, FieldValue)] = [
        (.text(composed), .text(decomposed)),
        (.list([.text(composed)]), .list([.text(decomposed)])),
        (
            .map([FieldValue.MapPart(name: composed, value: .integer(1))]),
            .map([FieldValue.MapPart(name: decomposed, value: .integer(1))])
        ),
        (attachment(composed), attachment(decomposed)),
    ]

    private static func attachment(_ mediaType: String) -> FieldValue {
        .attachment(
            AttachmentReference(
                hash: [UInt8](repeating: 0, count: 32), size: 1, mediaType: mediaType))
    }

    @Test(arguments: alike) func textsThatOnlyLookAlikeAreDifferent(
        composed: FieldValue, decomposed: FieldValue
    ) {
        #expect(composed != decomposed)
        #expect(composed.precedes(decomposed) != decomposed.precedes(composed))
    }

    @Test(arguments: alike) func setsOfTextsThatLookAlikeConvergeInEitherOrder(
        composed: FieldValue, decomposed: FieldValue
    ) {
        let dots = (0..<2).map {
            Dot(log: MergeWorld.log(of: $0), sequence: 1)
        }
        var first = ElementSet()
        first.add([composed], dot: dots[0], seen: VersionVector())
        first.add([decomposed], dot: dots[1], seen: VersionVector())
        var second = ElementSet()
        second.add([decomposed], dot: dots[1], seen: VersionVector())
        second.add([composed], dot: dots[0], seen: VersionVector())
        #expect(first == second)
        #expect(first.members.count == 2)
    }

    @Test func partsOfMapsThatLookAlikeAreDifferent() {
        #expect(
            FieldValue.MapPart(name: Self.composed, value: .integer(1))
                != FieldValue.MapPart(name: Self.decomposed, value: .integer(1)))
    }

    @Test func attachmentsWhoseTypesLookAlikeAreDifferent() {
        let (left, right) = (Self.attachment(Self.composed), Self.attachment(Self.decomposed))
        guard case .attachment(let first) = left, case .attachment(let second) = right else {
            Issue.record("both are attachments")
            return
        }
        #expect(first != second)
    }
}
