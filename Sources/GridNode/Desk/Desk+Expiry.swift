// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore

extension Desk {
    /// What is said of this node's own certificate, and on an office of those that it has issued:
    /// which it is and what to do. Nothing stops for it.
    func expiryFindings(_ current: ReplicationEngine.Glimpse) -> [JSONValue] {
        let now = WallClock.now
        let own = current.chain.leaf
        var findings = [Self.ownFinding(own, current.node.parentName, now)].compactMap { $0 }
        guard own.rights.contains(.certify) else { return findings }
        let issued = current.directory.holdings.filter {
            $0.isLive && $0.certificate.subject != own.subject
                && ($0.certificate.issuer == own.subject || $0.certificate.issuer == own.issuer)
        }
        for holding in issued {
            let certificate = holding.certificate
            let until = Self.day(certificate.validUntil)
            let words: (chinese: String, english: String)
            switch CertificateExpiry(certificate, at: now) {
            case .none: continue
            case .soon(let days):
                words = (
                    "将于 \(until) 到期(还有 \(days) 天)", "expires on \(until), in \(days) day(s)"
                )
            case .past(let days):
                words = ("已于 \(until) 到期(\(days) 天前)", "expired on \(until), \(days) day(s) ago")
            }
            findings.append(
                Self.finding(
                    "peer_certificate_expiry",
                    "\(certificate.name) 的证书\(words.chinese),照常使用;请续期:gridctl renew \(certificate.name)",
                    """
                    The certificate of \(certificate.name) \(words.english); it works as before; renew it: \
                    gridctl renew \(certificate.name)
                    """))
        }
        return findings
    }

    private static func ownFinding(
        _ own: Certificate, _ parent: String?, _ now: UInt64
    ) -> JSONValue? {
        let until = day(own.validUntil)
        let title = own.post.isEmpty ? own.name : "\(own.name)(\(own.post))"
        let what = "gridctl renew \(own.name)"
        let (office, officeEnglish) = parent.map { ("上级 \($0) ", "on \($0)") } ?? ("本机", "here")
        switch CertificateExpiry(own, at: now) {
        case .none: return nil
        case .soon(let days):
            return finding(
                "certificate_expires_soon",
                "本节点的证书“\(title)”将于 \(until) 到期(还有 \(days) 天);到期后仍可照常填写。请在\(office)运行 \(what)。",
                """
                The certificate "\(title)" of this node expires on \(until), in \(days) day(s); writing goes \
                on after that. Run \(what) \(officeEnglish).
                """)
        case .past(let days):
            return finding(
                "certificate_expired",
                "本节点的证书“\(title)”已于 \(until) 到期(\(days) 天前);填写不受影响,只作标记。请在\(office)运行 \(what)。",
                """
                The certificate "\(title)" of this node expired on \(until), \(days) day(s) ago; writing goes \
                on and is flagged. Run \(what) \(officeEnglish).
                """)
        }
    }

    private static func day(_ milliseconds: UInt64) -> String {
        String((ChinaTime.text(of: Int64(clamping: milliseconds)) ?? "").prefix(10))
    }
}
