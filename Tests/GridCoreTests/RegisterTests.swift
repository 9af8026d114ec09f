// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// What is displayed, and what counts as a conflict. How states merge is the law tests' part.
struct RegisterTests {
    private func sibling(
        _ value: FieldValue?, author: Int, at milliseconds: UInt64, isVoid: Bool = false
    ) -> Sibling {
        Sibling(
            value: value, dot: Dot(log: MergeWorld.log(of: author), sequence: 1),
            timestamp: HybridTimestamp(milliseconds: milliseconds, counter: 0), isVoid: isVoid)
    }

    private func register(_ siblings: Sibling...) -> Register {
        var register = Register()
        for sibling in siblings { register.apply(sibling, seen: VersionVector()) }
        return register
    }

    @Test func theLatestOfConcurrentValuesIsDisplayed() {
        let register = register(
            sibling(.text("wet"), author: 0, at: 9), sibling(.text("dry"), author: 1, at: 5))
        #expect(register.displayed?.value == .text("wet"))
        #expect(register.isConflicting)
        #expect(register.standing.map(\.value) == [.text("dry"), .text("wet")])
    }

    @Test func equalStampsAreDecidedByTheDot() {
        let register = register(
            sibling(.text("wet"), author: 1, at: 5), sibling(.text("dry"), author: 0, at: 5))
        #expect(register.displayed?.value == .text("wet"))
    }

    @Test func equalConcurrentValuesAreNoConflict() {
        let register = register(
            sibling(.text("dry"), author: 0, at: 1), sibling(.text("dry"), author: 1, at: 2))
        #expect(!register.isConflicting)
        #expect(register.siblings.count == 2)
    }

    @Test func voidValuesAreNeitherDisplayedNorInConflict() {
        let register = register(
            sibling(.text("dry"), author: 0, at: 1),
            sibling(.text("wet"), author: 1, at: 9, isVoid: true))
        #expect(register.displayed?.value == .text("dry"))
        #expect(!register.isConflicting)
    }

    @Test func aVoidWriteRemovesNoValueThatCounts() {
        let first = sibling(.text("dry"), author: 0, at: 1)
        var register = register(first)
        register.apply(
            sibling(nil, author: 1, at: 9, isVoid: true),
            seen: VersionVector([(first.dot.log, first.dot.sequence)]))
        #expect(register.displayed == first)
    }

    @Test func theFirstValueOfAFixedFieldHoldsAndADifferingOneIsAConflict() {
        var field = FixedField()
        field.apply(sibling(.text("wet"), author: 0, at: 9))
        #expect(!field.isConflicting)
        field.apply(sibling(.text("dry"), author: 1, at: 5))
        #expect(field.displayed?.value == .text("dry"))
        #expect(field.isConflicting)
    }

    @Test func sumsWrapInsteadOfDependingOnTheOrder() {
        var counter = Counter()
        counter.increment(by: .max, log: MergeWorld.log(of: 0))
        counter.increment(by: 2, log: MergeWorld.log(of: 1))
        counter.increment(by: -1, log: MergeWorld.log(of: 0))
        #expect(counter.value == Int64.min)
    }
}
