// SPDX-License-Identifier: Apache-2.0

/// When a matter was accepted and done, and until when it had to be.
package struct MatterClock: Hashable, Sendable {
    package private(set) var acceptedAt: Int64?
    package private(set) var completedAt: Int64?
    package private(set) var verifiedAt: Int64?
    /// Of what is to be done next; of a matter that is done, what it was to be done by. Nil where
    /// no time runs: suspended, refused, withdrawn, merged.
    package private(set) var dueAt: Int64?
    package private(set) var warnAt: Int64?

    /// - Parameter registeredAt: milliseconds since 1970-01-01T00:00Z.
    package init(
        _ folded: Folded, registeredAt: Int64, urgency: String?, source: String?,
        rules: DeadlineRules = .standard, calendar: WorkdayCalendar = .china
    ) {
        let term = rules.handling(urgency: urgency, source: source)
        dueAt = calendar.end(ofTerm: rules.accept.due, from: registeredAt)
        warnAt = calendar.end(ofTerm: rules.accept.warn, from: registeredAt)
        var suspended: (at: Int64, due: Int64?, warn: Int64?)?
        func start(at time: Int64) {
            dueAt = calendar.end(ofTerm: term.due, from: time)
            warnAt = calendar.end(ofTerm: term.warn, from: time)
        }
        for step in folded.acts {
            let act = step.act
            switch (step.outcome, act.action) {
            case (.moved, "accept"):
                if acceptedAt == nil {
                    acceptedAt = act.at
                    start(at: act.at)
                }
            case (.moved, "suspend"):
                suspended = (act.at, dueAt, warnAt)
                (dueAt, warnAt) = (nil, nil)
            case (.moved, "resume"):
                if let pause = suspended {
                    let days = calendar.workdays(
                        after: ChinaTime.day(of: pause.at), through: ChinaTime.day(of: act.at))
                    dueAt = pause.due.map { calendar.end(ofTerm: days, from: $0 - 1) }
                    warnAt = pause.warn.map { calendar.end(ofTerm: days, from: $0 - 1) }
                    suspended = nil
                }
            case (.noted, "extend"):
                warnAt = dueAt
                dueAt = dueAt.map { calendar.end(ofTerm: rules.extensionDays, from: $0 - 1) }
            case (.moved, "complete"): completedAt = act.at
            case (.moved, "verify"): verifiedAt = act.at
            case (.moved, "reopen"):
                (completedAt, verifiedAt) = (nil, nil)
                start(at: act.at)
            case (.moved, "refuse"), (.moved, "withdraw"), (.moved, "merge"):
                (dueAt, warnAt) = (nil, nil)
            default: break
            }
            if !step.isVoid, Self.mayName.contains(act.action), let until = act.time("until") {
                dueAt = until
                warnAt = until - 86_400_000
            }
        }
    }

    /// Acts whose `until` is the new limit.
    private static let mayName: Set<String> = ["accept", "dispatch", "extend", "resume", "reopen"]
}
