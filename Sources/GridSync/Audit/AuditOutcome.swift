// SPDX-License-Identifier: Apache-2.0

/// What an audit has come to.
package enum AuditOutcome: Hashable, Sendable {
    case equal(records: Int)
    case differ(AuditFinding)
    case notComparable(AuditHindrance)
}

/// Records that are not the same on both sides though they should be.
package struct AuditFinding: Hashable, Sendable {
    package struct Record: Hashable, Sendable {
        package enum Kind: String, Sendable {
            case differs, missingHere = "missing_here", missingThere = "missing_there"
        }

        package let name: AuditLeaf.Name
        package let kind: Kind

        package init(name: AuditLeaf.Name, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// How many records each side has.
    package let here: Int
    package let there: UInt64
    /// In the order of the tree, each once.
    package let records: [Record]
    /// Whether they are all that differ; else there are more.
    package let isWhole: Bool

    package init(here: Int, there: UInt64, records: [Record], isWhole: Bool) {
        self.here = here
        self.there = there
        self.records = records
        self.isWhole = isWhole
    }
}

/// Why there is nothing to compare now.
package enum AuditHindrance: Hashable, Sendable {
    /// The logs of the area are not the same; the peer's have so many entries.
    case frontierDiffers(theirs: UInt64)
    case rulesDiffer
    case standingDiffers
    case busy(seconds: UInt64)
    case tooManyRecords
    /// The peer's program knows no audits.
    case notOffered
    /// This side has asked enough for now.
    case rationed
    /// Its own tables are being written or built.
    case unsettled
    /// Own tables could not be read.
    case unreadable
    case notConnected
    case linkEnded
    case noAnswer
    case notShared

    /// As people and programs meet it.
    package var code: String {
        switch self {
        case .frontierDiffers: "audit_frontier_differs"
        case .rulesDiffer: "audit_rules_differ"
        case .standingDiffers: "audit_standing_differs"
        case .busy: "audit_busy"
        case .tooManyRecords: "audit_too_many_records"
        case .notOffered: "audit_not_offered"
        case .rationed: "audit_rationed"
        case .unsettled: "audit_unsettled"
        case .unreadable: "audit_unreadable"
        case .notConnected: "audit_not_connected"
        case .linkEnded: "audit_link_ended"
        case .noAnswer: "audit_no_answer"
        case .notShared: "audit_not_shared"
        }
    }

    package init(_ refusal: AuditRefusal, number: UInt64) {
        self =
            switch refusal {
            case .frontierDiffers: .frontierDiffers(theirs: number)
            case .rulesDiffer: .rulesDiffer
            case .standingDiffers: .standingDiffers
            case .busy: .busy(seconds: number)
            case .tooManyRecords: .tooManyRecords
            }
    }
}
