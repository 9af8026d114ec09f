// SPDX-License-Identifier: Apache-2.0

/// What happened in a world, counted, and told in plain words when someone listens.
package struct Story: Sendable {
    package enum Count: String, CaseIterable, Hashable, Sendable {
        case events, commits, writes, entries, messages, links, cuts, crashes
        case crashesInCommits = "crashes_in_commits"
        case pauses
        case diskFaults = "disk_faults"
        case flippedBits = "flipped_bits"
        case restores
        case copiedFolders = "copied_folders"
        case newReplicas = "new_replicas"
        case clockJumps = "clock_jumps"
        case hostilePeers = "hostile_peers"
        case forks
        case refusedRuns = "refused_runs"
        case parkedRuns = "parked_runs"
        case conflicts
        case rebuilds
        case joinedAnew = "joined_anew"
        case upgrades
        case promotions
        case cutOffs = "cut_offs"
        case closedForks = "closed_forks"
        case lanesChanged = "lanes_changed"
        case shortenings
        case redactions
        case audits
        case auditsEqual = "audits_equal"
        case auditsDiffer = "audits_differ"
        case auditsNotComparable = "audits_not_comparable"
        case areaChanges = "area_changes"
        case splits
        case heirsEntries = "heirs_entries"
        case virtualDays = "virtual_days"
    }

    package private(set) var counts: [Count: Int] = [:]
    package private(set) var lines: [String] = []
    private let isTold: Bool

    init(isTold: Bool) { self.isTold = isTold }

    mutating func count(_ what: Count, _ number: Int = 1) { counts[what, default: 0] += number }

    /// Adds a line; its words are only made when the story is told.
    mutating func tell(
        at time: UInt64, _ who: @autoclosure () -> String, _ chinese: @autoclosure () -> String,
        _ english: @autoclosure () -> String
    ) {
        guard isTold else { return }
        lines.append("\(Self.clock(time)) \(who()):\(chinese()) / \(english())")
    }

    /// Days, hours, minutes, seconds and milliseconds from the world's beginning.
    static func clock(_ time: UInt64) -> String {
        func padded(_ value: UInt64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let seconds = time / 1000
        return "第\(seconds / 86_400)天 \(padded(seconds / 3600 % 24, 2)):"
            + "\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(padded(time % 1000, 3))"
    }
}
