// SPDX-License-Identifier: Apache-2.0

/// What a stable code says to people, and what they can do about it. The same words stand in
/// `gridctl`, in the API and in the log (Protocol/reasons.md).
package struct Reason: Hashable, Sendable {
    /// Where a code is met.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// How a link stands.
        case state
        /// Why a link ended, or never came to be.
        case link
        /// Why a run of entries was turned away at the gate.
        case entry
        /// What is wrong with a node.
        case finding
        /// What has befallen a folder.
        case incident
        /// Why a record is not here.
        case absence
        /// Why tables cannot be held against a peer's.
        case audit
    }

    package let code: String
    package let kind: Kind
    package let chinese: String
    package let english: String
    /// What to do, for people who are no engineers; empty where nothing is to be done.
    package let chineseRemedy: String
    package let englishRemedy: String

    init(
        _ code: String, _ kind: Kind, _ chinese: String, _ english: String,
        do chineseRemedy: String = "", _ englishRemedy: String = ""
    ) {
        self.code = code
        self.kind = kind
        self.chinese = chinese
        self.english = english
        self.chineseRemedy = chineseRemedy
        self.englishRemedy = englishRemedy
    }

    /// All of them, ascending by code.
    package static let all: [Reason] =
        (states + links + entries + findings + incidents + absences + audits).sorted {
            $0.code < $1.code
        }

    private static let byCode: [String: Reason] = Dictionary(
        all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    /// The reason of a code; nil when there is no such code.
    package static func known(_ code: String) -> Reason? {
        if let reason = byCode[code] { return reason }
        let peerLeft = "peer_left_"
        if code.hasPrefix(peerLeft), let inner = known(String(code.dropFirst(peerLeft.count))) {
            return Reason(
                code, .link, "对方结束了连接:\(inner.chinese)",
                "the peer ended the link: \(inner.english)",
                do: inner.chineseRemedy, inner.englishRemedy)
        }
        if code.hasPrefix("malformed_") || code.hasPrefix("greeting_malformed_") {
            return Reason(
                code, .link, "对方发来的数据格式不对(\(code))", "the peer sent malformed bytes (\(code))",
                do: "两边都升级到同一版本;仍然如此,请把 gridctl support 的文件交给维护人员",
                "upgrade both sides; if it stays so, hand in what gridctl support writes")
        }
        return nil
    }

    /// The reason of a code, which may be one that a newer node has said.
    package static func of(_ code: String) -> Reason {
        known(code) ?? Reason(code, .link, code, code)
    }
}
