// SPDX-License-Identifier: Apache-2.0

/// How urgent a log is. Lower lanes are sent first.
package enum Lane: UInt8, CaseIterable, Comparable, Sendable {
    /// Certificates, revocations, catalogue editions: without them the rest cannot be judged.
    case authority = 0
    /// Matters, whistles, disputes, hazards.
    case urgent = 1
    case routine = 2

    package static func < (left: Lane, right: Lane) -> Bool { left.rawValue < right.rawValue }
}

/// One area and lane: the space within which causality is tracked.
package struct Domain: Hashable, Comparable, Sendable {
    /// A county, township or village (6, 9 or 12 digits).
    package let area: AreaCode
    package let lane: Lane

    package init(area: AreaCode, lane: Lane) {
        self.area = area
        self.lane = lane
    }

    package static func < (left: Domain, right: Domain) -> Bool {
        (left.area, left.lane) < (right.area, right.lane)
    }
}
