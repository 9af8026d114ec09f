// SPDX-License-Identifier: Apache-2.0

/// Reads an input as a list of choices, from its beginning. After its end every choice is 0.
struct Choices {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isEmpty: Bool { place >= bytes.count }

    mutating func byte() -> UInt8 {
        guard place < bytes.count else { return 0 }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func long() -> UInt64 { (0..<8).reduce(0) { sum, _ in sum << 8 | UInt64(byte()) } }

    mutating func flag() -> Bool { byte() & 1 == 1 }

    /// A number in 0..<bound, at most 256.
    mutating func below(_ bound: Int) -> Int { Int(byte()) % bound }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Mostly a small number, at times one at the edges of what an integer holds.
    mutating func number() -> UInt64 {
        switch byte() {
        case let small where small < 0xF0: UInt64(small)
        case 0xF0: 1 << 32
        case 0xF1: 1 << 32 - 1
        case 0xF2: 1 << 63
        case 0xF3: .max
        case 0xF4...0xF8: long()
        default: UInt64(word())
        }
    }

    /// The next bytes, fewer at the end.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(place + count, bytes.count)
        defer { place = end }
        return Array(bytes[min(place, end)..<end])
    }

    /// Some bytes, as many as the input says before them.
    mutating func block() -> [UInt8] { take(Int(word() & 0x0FFF)) }

    mutating func rest() -> [UInt8] { take(bytes.count) }
}
