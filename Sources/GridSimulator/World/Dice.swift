// SPDX-License-Identifier: Apache-2.0

/// Seeded dice, the same on every machine (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
package struct Dice: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 ..< bound; the bound is at least 1.
    package mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Both ends included.
    package mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 {
        low + next().multipliedFullWidth(by: high - low + 1).high
    }

    /// Between two times so that each order of magnitude is as likely as the next.
    package mutating func magnitude(_ low: UInt64, _ high: UInt64) -> UInt64 {
        var steps = 0
        while low << UInt64(steps + 1) < high { steps += 1 }
        let base = low << UInt64(below(steps + 1))
        return min(between(base, base * 2), high)
    }

    /// True so many times in a thousand.
    package mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

    /// One of the elements, which must not be none.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for index in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(index, below(index + 1))
        }
        return result
    }
}
