// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What a campaign of crash images has seen.
package struct ImageReport: Sendable {
    /// An image of which something does not hold, and how to make it again.
    package struct Violation: Sendable {
        package let seed: UInt64
        package let recording: String
        package let stage: String
        package let operation: Int
        package let kind: String
        package let dice: UInt64
        package let findings: [String]

        package var text: String {
            """
            seed \(seed), \(recording), operation \(operation) (\(stage)), \(kind), \
            dice \(dice): \(findings.joined(separator: "; "))
            """
        }
    }

    package internal(set) var images = 0
    /// By kind: prefix, torn, reordered, synced, faulted.
    package internal(set) var kinds: [String: Int] = [:]
    /// By what the workload was at.
    package internal(set) var stages: [String: Int] = [:]
    package internal(set) var recordings = 0
    /// Operations of all recordings, and how many of their boundaries have had an image.
    package internal(set) var operations = 0
    package internal(set) var boundaries = 0
    package internal(set) var acknowledgedEntries = 0
    package internal(set) var ledgers = 0
    package internal(set) var newerLedgers = 0
    /// Operations that the disk was made to fail.
    package internal(set) var faults = 0
    package internal(set) var seconds = 0.0
    package internal(set) var violations: [Violation] = []

    mutating func add(_ other: ImageReport) {
        images += other.images
        kinds.merge(other.kinds, uniquingKeysWith: +)
        stages.merge(other.stages, uniquingKeysWith: +)
        acknowledgedEntries += other.acknowledgedEntries
        ledgers += other.ledgers
        newerLedgers += other.newerLedgers
        faults += other.faults
        violations += other.violations
    }

    /// One fact a line.
    package var text: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        return """
            images: \(images) (\(list(kinds)))
            recordings: \(recordings), operations: \(operations), \
            boundaries with an image: \(boundaries)
            stages: \(stages.count) (\(list(stages)))
            acknowledged entries found again: \(acknowledgedEntries)
            head ledgers that may lag: \(ledgers), that must lead: \(newerLedgers)
            operations that failed: \(faults)
            seconds: \(Int(seconds.rounded()))
            violations: \(violations.count)
            """ + violations.prefix(20).map { "\n" + $0.text }.joined()
    }

    package var json: JSONValue {
        func counts(_ counts: [String: Int]) -> JSONValue {
            .object(counts.mapValues { .integer(Int64($0)) })
        }
        return .object([
            "images": .integer(Int64(images)), "kinds": counts(kinds), "stages": counts(stages),
            "recordings": .integer(Int64(recordings)),
            "operations": .integer(Int64(operations)),
            "boundaries": .integer(Int64(boundaries)),
            "acknowledged_entries": .integer(Int64(acknowledgedEntries)),
            "ledgers": .integer(Int64(ledgers)),
            "newer_ledgers": .integer(Int64(newerLedgers)),
            "faults": .integer(Int64(faults)),
            "seconds": .integer(Int64(seconds.rounded())),
            "violations": .list(violations.map { .text($0.text) }),
        ])
    }
}
