// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto

/// 16 bytes that keep the hash of an entry's values from being guessed, and the seeds that such
/// bytes are derived from (Protocol/entries.md, "Salts").
package struct Salt: Hashable, Sendable {
    // In memory order, not as numbers: they are only ever copied.
    private let low: UInt64
    private let high: UInt64

    static let zero = Salt(low: 0, high: 0)

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Precondition: 16 bytes.
    package init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == 16, "a salt has 16 bytes, not \(bytes.count)")
        var raw: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: bytes) }
        self.init(low: raw.0, high: raw.1)
    }

    package static func random() -> Salt { Salt(Random.bytes(16)) }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: (low, high), body)
    }

    package var array: [UInt8] { withBytes { Array($0) } }
}

/// Derives the salts of consecutive entries from one seed, four to a hash.
package struct SaltDeriver: Sendable {
    package let seed: Salt
    private var block: UInt64?
    private var salts: (Salt, Salt, Salt, Salt) = (.zero, .zero, .zero, .zero)

    package init(seed: Salt) { self.seed = seed }

    /// The salt of the entry at this sequence.
    package mutating func salt(at sequence: UInt64) -> Salt {
        if block != sequence / 4 {
            block = sequence / 4
            salts = Hashing.saltBlock(seed: seed, block: sequence / 4)
        }
        switch sequence % 4 {
        case 0: return salts.0
        case 1: return salts.1
        case 2: return salts.2
        default: return salts.3
        }
    }
}

/// The author's own salts: one seed for 256 consecutive entries, across commits, so that runs
/// joined later share it.
package struct SaltSource: Sendable {
    private static let entriesPerSeed: UInt64 = 256

    private var deriver: SaltDeriver
    /// The first sequence that it serves.
    package private(set) var seededAt: UInt64

    package init(at sequence: UInt64) {
        deriver = SaltDeriver(seed: .random())
        seededAt = sequence
    }

    package var seed: Salt { deriver.seed }

    /// The salt of the next entry.
    package mutating func salt(at sequence: UInt64) -> Salt {
        if sequence &- seededAt >= Self.entriesPerSeed { self = SaltSource(at: sequence) }
        return deriver.salt(at: sequence)
    }
}
