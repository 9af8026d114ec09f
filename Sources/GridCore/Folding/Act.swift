// SPDX-License-Identifier: Apache-2.0

/// One item of a timeline, read as an act (Protocol/acts.md).
package struct Act: Hashable, Sendable {
    /// Names the act within its record: `REPLICA-SEQUENCE`, and `.INDEX` where an entry appended
    /// several. Corrections speak of acts by it.
    package let id: String
    package let stamp: HybridTimestamp
    package let dot: Dot
    /// Empty where the item has none.
    package let action: String
    /// When it was done, in milliseconds since 1970-01-01T00:00Z: what it says itself, unless that
    /// is more than a day after its stamp, else its stamp.
    package private(set) var at: Int64
    package private(set) var parts: [String: FieldValue]

    package init(_ item: Timeline.Item, actionPart: String = "action") {
        stamp = item.timestamp
        dot = item.dot
        id =
            "\(Hexadecimal.text(item.dot.log.replica.high))-\(item.dot.sequence)"
            + (item.index > 0 ? ".\(item.index)" : "")
        var parts: [String: FieldValue] = [:]
        if case .map(let pairs) = item.value {
            for pair in pairs { parts[pair.name] = pair.value }
        }
        self.parts = parts
        action = if case .text(let text)? = parts[actionPart] { text } else { "" }
        at = 0
        at = time
    }

    private static let aheadMax: Int64 = 86_400_000

    /// Within the years 1...9999: anybody may write any number.
    private static func bounded(_ time: Int64) -> Int64 {
        min(max(time, -62_135_596_800_000), 253_402_300_799_000)
    }

    private var time: Int64 {
        let stamped = Int64(clamping: stamp.milliseconds)
        guard case .time(let stated)? = parts["at"], stated <= stamped &+ Self.aheadMax else {
            return stamped
        }
        return Self.bounded(stated)
    }

    package func text(_ part: String) -> String? {
        if case .text(let text)? = parts[part] { text } else { nil }
    }

    package func time(_ part: String) -> Int64? {
        if case .time(let time)? = parts[part] { Self.bounded(time) } else { nil }
    }

    /// A text, or the id of a record; nil for anything else.
    package func party(_ part: String) -> String? {
        switch parts[part] {
        case .text(let text)?: text
        case .reference(let id)?: id.description
        default: nil
        }
    }

    /// The same act with what a correction says of it.
    func corrected(by correction: Act) -> Act {
        var act = self
        for (name, value) in correction.parts where !Self.ownParts.contains(name) {
            act.parts[name] = value
        }
        if case .time? = correction.parts["at"] { act.at = correction.at }
        return act
    }

    /// What a correction says of itself.
    private static let ownParts: Set<String> = ["action", "of", "annul", "by", "role", "reason"]
}

/// Why an act does not count. The raw values are stable.
package enum ActVoid: String, CaseIterable, Sendable {
    case unknownAction = "unknown_action"
    /// Not legal from the state that was reached.
    case notLegal = "not_legal"
    /// The role that it claims may not do so.
    case wrongRole = "wrong_role"
    /// It was done as often as it may be.
    case tooOften = "too_often"
    /// What it grants was not asked for.
    case notAsked = "not_asked"
    /// A correction of no earlier act, or of more than one.
    case unknownAct = "unknown_act"
    /// Taken back by a correction.
    case annulled
    /// The department has not reported, or is not named.
    case wrongDepartment = "wrong_department"
    /// A later score of the same evaluator counts.
    case superseded
    case outOfRange = "out_of_range"

    package var chinese: String {
        switch self {
        case .unknownAction: "没有这个动作"
        case .notLegal: "当时的状态不能这样办"
        case .wrongRole: "该角色不能办理"
        case .tooOften: "次数已用完"
        case .notAsked: "没有申请在先"
        case .unknownAct: "更正对象不明"
        case .annulled: "已被更正作废"
        case .wrongDepartment: "部门没有报到,或没有写明"
        case .superseded: "已有新的评分"
        case .outOfRange: "数值超出范围"
        }
    }

    package var english: String {
        switch self {
        case .unknownAction: "there is no such action"
        case .notLegal: "not legal from the state reached"
        case .wrongRole: "not for this role"
        case .tooOften: "done as often as it may be"
        case .notAsked: "nobody had asked for it"
        case .unknownAct: "corrects no one earlier act"
        case .annulled: "annulled by a correction"
        case .wrongDepartment: "the department has not reported, or is not named"
        case .superseded: "a later score counts"
        case .outOfRange: "out of range"
        }
    }
}

/// An act at its place in the folded timeline.
package struct FoldedAct: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// It has led to `FoldedAct.state`.
        case moved
        /// It counts and moves nothing.
        case noted
        /// It counts once what it judges has come.
        case waiting
        /// It is kept, and does not count.
        case void(ActVoid)
    }

    /// With what corrections say.
    package let act: Act
    package var outcome: Outcome
    /// The state after it.
    package var state: String
    package let isCorrected: Bool

    package var isVoid: Bool { if case .void = outcome { true } else { false } }
}
