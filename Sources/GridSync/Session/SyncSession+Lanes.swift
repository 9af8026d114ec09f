// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Which lanes may wait: what is urgent goes at any price, the rest when either side has the means
/// again (Protocol/messages.md, "Lanes").
extension SyncSession {
    /// The most patient lane that each side takes or sends now.
    struct OpenLanes: Sendable {
        var mine = Lane.routine
        var theirs = Lane.routine

        var both: Lane { min(mine, theirs) }
    }

    /// Lets lanes after `lane` wait, in both directions, or lets them go on. What the peer has sent by
    /// then still comes.
    package mutating func open(through lane: Lane, now: UInt64) -> [Effect] {
        guard closeReason == nil, lane != openLanes.mine else { return [] }
        openLanes.mine = lane
        let word: [Effect] = theirs.features & Feature.lanes == 0 ? [] : [.send(.lanes(lane))]
        return noteSent(word + pump(), now: now)
    }

    mutating func receiveLanes(_ lane: Lane) -> [Effect] {
        openLanes.theirs = lane
        return pump()
    }

    /// Whether this side, and whether the peer, lets the routine wait.
    package var letsRoutineWait: (mine: Bool, theirs: Bool) {
        (openLanes.mine < .routine, openLanes.theirs < .routine)
    }
}
