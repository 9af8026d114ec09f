// SPDX-License-Identifier: Apache-2.0

import GridCore

/// One thing that was looked at on the way to an answer, and how it stands.
struct ReasonStep {
    /// Nil for what is neither good nor bad.
    let holds: Bool?
    let chinese: String
    let english: String
    /// The code of what is wrong; empty where nothing is.
    var code = ""

    static func good(_ chinese: String, _ english: String) -> ReasonStep {
        ReasonStep(holds: true, chinese: chinese, english: english)
    }

    static func plain(_ chinese: String, _ english: String) -> ReasonStep {
        ReasonStep(holds: nil, chinese: chinese, english: english)
    }

    static func wrong(_ code: String) -> ReasonStep {
        let reason = Reason.of(code)
        return ReasonStep(
            holds: false, chinese: reason.chinese, english: reason.english, code: code)
    }

    static func wrong(_ code: String, _ chinese: String, _ english: String) -> ReasonStep {
        ReasonStep(holds: false, chinese: chinese, english: english, code: code)
    }

    var json: JSONValue {
        let reason = code.isEmpty ? nil : Reason.known(code)
        return .object([
            "ok": holds.map { .boolean($0) } ?? .null, "code": .text(code),
            "zh": .text(chinese), "en": .text(english),
            "remedy_zh": .text(reason?.chineseRemedy ?? ""),
            "remedy_en": .text(reason?.englishRemedy ?? ""),
        ])
    }
}

extension [ReasonStep] {
    /// The first that is wrong, on which the others hang; null when none is.
    var cause: JSONValue { first { $0.holds == false }?.json ?? .null }
}
