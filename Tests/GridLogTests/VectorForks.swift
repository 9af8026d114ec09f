// SPDX-License-Identifier: Apache-2.0

import Testing

/// A vector of forks.json: branch proofs of one log, and where it was forked for them.
struct VectorForks: Decodable, Sendable, CustomTestStringConvertible {
    struct Proof: Decodable, Sendable {
        let bytes: VectorBytes
        let hashes: [VectorBytes]
        let digest: VectorBytes
        let recordId: VectorBytes
        let genuine: Bool
    }

    struct Fork: Decodable, Sendable {
        let height: UInt64
        let head: VectorBytes
        let firsts: [VectorBytes]
    }

    let name: String
    let proofs: [Proof]
    let fork: Fork?

    var testDescription: String { name }
}
