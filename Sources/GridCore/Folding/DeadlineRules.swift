// SPDX-License-Identifier: Apache-2.0

/// How long things may take, in one place. Where an act names its own time (`until`), that counts.
package struct DeadlineRules: Sendable {
    /// In working days after the day of the start.
    package struct Term: Hashable, Sendable {
        /// Yellow from the end of this day on.
        package let warn: Int
        /// Red from the end of this day on. 1...99, greater than `warn`.
        package let due: Int
    }

    /// Raised with every change that makes another time of the same acts.
    package var version = 1
    package var accept = Term(warn: 2, due: 5)
    package var handle = Term(warn: 5, due: 10)
    package var handleUrgent = Term(warn: 2, due: 5)
    package var handleEmergency = Term(warn: 0, due: 1)
    /// Matters of the hotline 12345.
    package var handleHotline = Term(warn: 10, due: 13)
    /// What an extension gives that names no time.
    package var extensionDays = 5
    package var whistleSignMilliseconds: Int64 = 3_600_000
    package var whistleContactMilliseconds: Int64 = 86_400_000
    package var whistleReportPush = 3
    package var whistleReportHard = 5
    package var whistleReportEmergency = 1
    /// From the success of a mediation to the visit that asks how it holds, in days.
    package var revisitDays: Int32 = 30

    package static let standard = DeadlineRules()

    /// For handling a matter of this urgency from this source.
    package func handling(urgency: String?, source: String?) -> Term {
        switch (urgency, source) {
        case ("emergency"?, _): handleEmergency
        case ("urgent"?, _): handleUrgent
        case (_, "12345"?): handleHotline
        default: handle
        }
    }

    package func whistleReport(of whistleClass: String?) -> Int {
        switch whistleClass {
        case "hard": whistleReportHard
        case "emergency": whistleReportEmergency
        default: whistleReportPush
        }
    }
}

/// How near a limit is. `near` is a day before yellow.
package enum Light: String, CaseIterable, Sendable {
    case normal, near, yellow, red

    private static let nearMilliseconds: Int64 = 86_400_000

    /// - Parameter now: milliseconds since 1970-01-01T00:00Z, as are the others.
    package init(warn: Int64, due: Int64, now: Int64) {
        self =
            if now >= due { .red } else if now >= warn {
                .yellow
            } else if now
                >= warn - Self.nearMilliseconds
            { .near } else { .normal }
    }
}
