// SPDX-License-Identifier: Apache-2.0

/// Why nothing was measured, for people.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
