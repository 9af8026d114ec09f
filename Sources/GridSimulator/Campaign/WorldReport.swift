// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What became of one world.
package struct WorldReport: Sendable {
    package let seed: UInt64
    package let violations: [Violation]
    package let counts: [Story.Count: Int]
    package let lines: [String]

    package init(
        seed: UInt64, violations: [Violation], counts: [Story.Count: Int] = [:],
        lines: [String] = []
    ) {
        self.seed = seed
        self.violations = violations
        self.counts = counts
        self.lines = lines
    }

    package var isGood: Bool { violations.isEmpty }

    /// Schema `onegrid.world/1`: seed, broken promises and counts.
    package var json: JSONValue {
        let violations = violations.map { violation in
            JSONValue.object([
                "promise": .text(violation.promise.rawValue),
                "at_ms": .integer(Int64(clamping: violation.at)), "what": .text(violation.what),
            ])
        }
        let counts = Dictionary(
            counts.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) },
            uniquingKeysWith: { $1 })
        return .object([
            "schema": .text("onegrid.world/1"), "seed": .text("\(seed)"),
            "violations": .list(violations), "counts": .object(counts),
        ])
    }
}
