// SPDX-License-Identifier: Apache-2.0

/// A promise that a world saw broken.
package struct Violation: Hashable, Sendable {
    package enum Promise: String, CaseIterable, Hashable, Sendable {
        /// Something that was committed or acknowledged is not there after a start.
        case committedIsLost = "committed_is_lost"
        /// An acknowledged write has not reached everyone who is to have it.
        case acknowledgedIsMissing = "acknowledged_is_missing"
        case replicasDiffer = "replicas_differ"
        /// An audit finds records that differ between two honest nodes.
        case auditBlames = "audit_blames"
        /// An audit does not find a damaged record, or finds others.
        case auditIsBlind = "audit_is_blind"
        /// Tables are not what the entries say.
        case tablesDiffer = "tables_differ"
        /// An entry counts that stands after the end of its log.
        case cutOffCounts = "cut_off_counts"
        /// A value is somewhere that was ordered to be destroyed, or somebody has not heard of it.
        case redactedIsThere = "redacted_is_there"
        /// An entry counts that stands after the fork of its log, or the branch that counts is missing.
        case forkCounts = "fork_counts"
        /// A key is believed what it has no right to say.
        case usurperIsHeard = "usurper_is_heard"
        case outsideScope = "outside_scope"
        case withoutRight = "without_right"
        /// One sequence stands for two entries.
        case sequenceUsedTwice = "sequence_used_twice"
        /// Two nodes with different entries of one dot are linked, and neither says so.
        case forkIsHidden = "fork_is_hidden"
        /// A folder that is older than it was, or a copy, goes on under the same name.
        case olderImageUnseen = "older_image_unseen"
        /// An entry was applied before what its writer had seen.
        case admittedTooSoon = "admitted_too_soon"
        /// What was parked is still not admitted, though all its causes are there.
        case keptWaiting = "kept_waiting"
        case conflictIsLost = "conflict_is_lost"
        /// More was acknowledged than was durable.
        case acknowledgedTooSoon = "acknowledged_too_soon"
        case tooMuchMemory = "too_much_memory"
        case sentAgain = "sent_again"
        /// A run was sent of a lane that the sender lets wait.
        case laneClosed = "lane_closed"
        case neverQuiet = "never_quiet"
        /// An entry that nobody wrote.
        case writtenByNobody = "written_by_nobody"
        /// `verify` finds something where nothing was damaged.
        case verifyFinds = "verify_finds"
        /// A node ended a link because of what an honest peer did.
        case honestPeerBlamed = "honest_peer_blamed"
        /// A node does not start, or stopped writing, without a fault that explains it.
        case doesNotWork = "does_not_work"
        /// The program itself ended.
        case crashed = "crashed"
    }

    package let promise: Promise
    /// Milliseconds of the world.
    package let at: UInt64
    package let what: String

    package init(_ promise: Promise, at: UInt64, what: String) {
        self.promise = promise
        self.at = at
        self.what = what
    }
}
