// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog

/// Invitations as they are answered (Protocol/api.md, "Enrolment"), by the daemon and by gridctl on a
/// folder without one alike.
extension Invitation {
    /// - Parameter words: computed by the caller, for one that waits.
    package func json(now: UInt64, words: CheckWords? = nil) -> JSONValue {
        var parts: [String: JSONValue] = [
            "id": .text(id), "name": .text(name), "area": .text(area.description),
            "state": .text(isExpired(at: now) ? "expired" : state.rawValue),
            "made_at": Self.time(madeAt), "expires_at": Self.time(expiresAt),
            "decided_at": decidedAt.map(Self.time) ?? .null,
            "reason": reason.map { .text($0) } ?? .null, "request": .null,
        ]
        if let guest {
            parts["request"] = .object([
                "key": .text(guest.key.description), "said_name": .text(guest.name),
                "software": .text(guest.software), "from": .text(guest.remote),
                "asked_at": Self.time(guest.askedAt),
            ])
        }
        parts["replaces"] =
            replaces.map { certificate in
                .object([
                    "key": .text(certificate.subject.description),
                    "name": .text(certificate.name), "post": .text(certificate.post),
                    "holder": .text(certificate.holder),
                    "certificate": .text(Hexadecimal.text(certificate.encoded)),
                ])
            } ?? .null
        if let words {
            parts["words"] = .object([
                "zh": .text(words.chinese), "pinyin": .text(words.pinyin),
                "en": .text(words.english),
            ])
        }
        return .object(parts)
    }

    /// The words that people compare before they approve; nil where nobody has used the code, or
    /// there is no memory for the work.
    package func words(root: PublicKey, called: PublicKey) -> CheckWords? {
        guard let guest else { return nil }
        return CheckWords(root: root, called: called, joining: guest.key, secret: secret)
    }

    /// The answer to whoever has made an invitation: the only time the code is shown.
    package func json(code: InvitationCode, now: UInt64) -> JSONValue {
        guard case .object(var parts) = json(now: now) else { return .null }
        parts["schema"] = .text("onegrid.invitation/1")
        parts["code"] = .text(code.rows.joined(separator: "\n"))
        parts["compact"] = .text(code.compactText)
        parts["addresses"] = .list(code.addresses.map { .text("\($0)") })
        return .object(parts)
    }

    private static func time(_ milliseconds: UInt64) -> JSONValue {
        ChinaTime.text(of: Int64(clamping: milliseconds)).map { .text($0) } ?? .null
    }
}
