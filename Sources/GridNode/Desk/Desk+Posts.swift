// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore

/// Posts and who holds them (Protocol/certificates.md, "Posts").
extension Desk {
    /// Every post with the keys that hold and held it.
    package func posts() -> JSONValue {
        let directory = engine.current.directory
        let now = WallClock.now
        return Self.answer(
            "posts",
            ["items": .list(directory.holdings.map { Self.holding($0, directory, now) })])
    }

    private static func holding(
        _ holding: PostHolding, _ directory: CertificateDirectory, _ now: UInt64
    ) -> JSONValue {
        let certificate = holding.certificate
        let issuer = directory.chain(of: certificate.issuer)?.leaf
        return .object([
            "area": .text(holding.post.area.description), "title": .text(holding.post.title),
            "name": .text(certificate.name), "post": .text(certificate.post),
            "holder": .text(certificate.holder),
            "key": .text(certificate.subject.description),
            "certificate": .text(Hexadecimal.text(certificate.encoded)),
            "issuer": .text(issuer?.name ?? ""),
            "state": .text(holding.isLive ? "holds" : "held"),
            "since": time(holding.since),
            "until": holding.end.map { time($0.issuedAt) } ?? .null,
            "reason": holding.end.map { .text($0.reason.word) } ?? .null,
            "entries": holding.end.map { end in
                count(end.rows.reduce(UInt64(0)) { $0 &+ $1.height })
            } ?? .null,
            "valid_until": certificate.validUntil == 0 ? .null : time(certificate.validUntil),
            "expiry": .text(CertificateExpiry(certificate, at: now).word),
        ])
    }

    /// Who wrote an entry: the post, its holder then, and what is to be known of the key.
    ///
    /// - Parameters:
    ///   - area: the home of the record.
    ///   - time: the entry's own, in milliseconds since 1970.
    func author(_ key: PublicKey, in area: AreaCode, at time: UInt64) -> JSONValue {
        let directory = engine.current.directory
        let holding = directory.holding(of: key)
        let leaf = holding?.certificate ?? directory.chain(of: key)?.leaf
        return .object([
            "key": .text(key.description), "name": .text(leaf?.name ?? ""),
            "area": leaf.map { .text($0.area.description) } ?? .null,
            "post": .text(leaf?.post ?? ""), "holder": .text(leaf?.holder ?? ""),
            "earlier": .boolean(directory.isEarlierKey(key)),
            "expired": .boolean(directory.isExpired(key, in: area, at: time)),
        ])
    }
}
