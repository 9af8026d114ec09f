// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
package import GridLog

/// What became of a run at the gate.
package enum Verdict: Hashable, Sendable {
    /// Its new entries are applied.
    case admitted(entries: Int)
    /// Everything in it was here already.
    case known
    /// Waits for entries it depends on.
    case parked
    /// Goes beyond the fork of its log, and is kept for the case that this branch is to count.
    case setAside
    case refused(Refusal)
}

/// Why the gate turned a run away.
package enum Refusal: Error, Hashable, Sendable {
    case violation(RunViolation)
    /// The area is not among those this replica carries.
    case outsideScope
    /// No certificate is known that leads from the root to the key.
    case unknownKey
    /// The key has certificates, but none that lets it write in this area and lane.
    case notEntitled
    /// The entries come after the end that a cut-off has set to their log, or are others than those
    /// that it names.
    case cutOff
    /// The run has no signature, and no cut-off known here names its last entry.
    case endUnknown
    /// The log goes on differently here: two entries, one dot.
    case forked(at: UInt64)
    /// Values are missing and no redaction explains it.
    case valuesWithheld
    /// A value for named devices lies open, or has not the form of a sealed one.
    case unsealedValue
    /// A peer holds more of this replica's own log than this replica does.
    case ownLogAhead
    /// More than `ProtocolLimits.parkedBytesMax` wait for their causes.
    case tooMuchParked

    /// The stable code of this refusal, as people and programs meet it.
    package var code: String {
        switch self {
        case .violation(.malformed(let violation)): "malformed_\(violation.rawValue)"
        case .violation(.entryTooLarge): "entry_too_large"
        case .violation(.firstBacklinkWrong): "first_backlink_wrong"
        case .violation(.signatureWrong): "signature_wrong"
        case .outsideScope: "outside_scope"
        case .unknownKey: "unknown_key"
        case .notEntitled: "not_entitled"
        case .cutOff: "cut_off"
        case .endUnknown: "end_unknown"
        case .forked: "forked"
        case .valuesWithheld: "values_withheld"
        case .unsealedValue: "unsealed_value"
        case .ownLogAhead: "own_log_ahead"
        case .tooMuchParked: "too_much_parked"
        }
    }
}
