// SPDX-License-Identifier: Apache-2.0

/// A part of a work that is timed by itself; the raw value is the name of its figure.
protocol Stage: RawRepresentable<String>, CaseIterable, Hashable {}

/// Seconds spent in the stages of one work: processor time of the thread.
struct StageTimes<Name: Stage> {
    /// What commits have waited for the disk, in seconds; no part of any stage.
    var waiting = 0.0
    private var seconds: [Name: Double] = [:]

    mutating func add(_ seconds: Double, to stage: Name) {
        self.seconds[stage, default: 0] += seconds
    }

    mutating func time<Result>(_ stage: Name, _ work: () throws -> Result) rethrows -> Result {
        let began = Clock.thread
        defer { add(Clock.seconds(from: began, to: Clock.thread), to: stage) }
        return try work()
    }

    /// A difference that noise has made negative counts as nothing.
    func sum(_ stages: some Sequence<Name>) -> Double {
        stages.reduce(0) { $0 + max(0, seconds[$1] ?? 0) }
    }

    /// Three figures a stage (seconds, microseconds an entry, share of the whole), and the whole,
    /// which is the sum.
    func figures(entries: Int) -> [Figure] {
        let whole = sum(Name.allCases)
        let stages = Name.allCases.map { ($0.rawValue, sum([$0])) }
        return (stages + [("whole", whole)]).flatMap { name, seconds in
            [
                Figure(name, seconds, .seconds),
                Figure(
                    name + StageFigure.perEntry, seconds * 1e6 / Double(entries), .microseconds),
                Figure(name + StageFigure.share, 100 * seconds / whole, .percent),
            ]
        } + [Figure("waiting_seconds", waiting, .seconds), Figure("entries", entries)]
    }
}

/// What is added to a stage's name in those of its figures.
enum StageFigure {
    static let perEntry = "_per_entry"
    static let share = "_share"
}

/// Processor time that something took of this thread: it does not know what else runs.
func seconds(of work: () throws -> Void) rethrows -> Double {
    let began = Clock.thread
    try work()
    return Clock.seconds(from: began, to: Clock.thread)
}
