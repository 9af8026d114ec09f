// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridCrypto
import GridStore

/// What a new token is to be.
package struct TokenRequest: Sendable {
    /// In days; a hundred years are no end.
    static let daysMax = 36_500

    package var name: String
    /// Names of collections; `*` alone for all.
    package var collections: [String]
    package var uses: Set<AppAccess.Use>
    /// Nil for no end.
    package var days: Int?

    package init(name: String, collections: [String], uses: Set<AppAccess.Use>, days: Int?) {
        self.name = name
        self.collections = collections
        self.uses = uses
        self.days = days
    }

    fileprivate var rights: AppToken.Rights {
        var rights = AppToken.Rights()
        if uses.contains(.read) { rights.insert(.read) }
        if uses.contains(.write) { rights.insert(.write) }
        if uses.contains(.readPlain) { rights.insert(.plain) }
        return rights
    }
}

extension Desk {
    /// The access that a secret gives.
    package func access(with secret: String) throws -> AppAccess {
        guard let token = tokenBook.token(of: secret, at: WallClock.now) else {
            throw DeskRefusal(
                .unknownCaller, "token_unknown", chinese: "令牌无效、已过期或已撤销。",
                english: "There is no such token, or it is over or revoked.")
        }
        return AppAccess(token, book: tokenBook)
    }

    package func tokens() throws -> JSONValue {
        Self.answer("tokens", ["items": .list(try engine.store.tokens().map(Self.parts))])
    }

    /// Makes a token; its secret is in this answer and nowhere else.
    package func makeToken(_ request: TokenRequest) async throws -> JSONValue {
        try check(request)
        let now = WallClock.now
        let secret = "onegrid-" + Hexadecimal.text(Random.bytes(32))
        let token = AppToken(
            name: request.name, digest: TokenBook.digest(of: secret),
            collections: request.collections == ["*"]
                ? nil : Set(request.collections).sorted(),
            rights: request.rights, madeAt: now,
            expiresAt: request.days.map { now + UInt64($0) * 86_400_000 })
        try await engine.change { store in
            let others = try store.tokens()
            guard !others.contains(where: { $0.name == token.name }) else {
                throw DeskRefusal(
                    .notPossible, "name_taken", chinese: "已有名为“\(token.name)”的令牌,请先撤销或换个名字。",
                    english: "There is a token \"\(token.name)\"; revoke it or take another name.")
            }
            guard others.count < AppToken.countMax else {
                throw DeskRefusal(
                    .notPossible, "too_many_tokens",
                    chinese: "已有 \(AppToken.countMax) 个令牌,请先撤销不用的。",
                    english: "There are \(AppToken.countMax) tokens; revoke one first.")
            }
            try store.add(token)
        }
        try tokenBook.read(engine.store)
        guard case .object(var parts) = Self.parts(of: token) else { return .null }
        parts["token"] = .text(secret)
        return Self.answer("token", parts)
    }

    package func revokeToken(named name: String) async throws -> JSONValue {
        guard let token = try engine.store.tokens().first(where: { $0.name == name }) else {
            throw DeskRefusal(
                .notFound, "unknown_token", chinese: "没有名为“\(name)”的令牌。",
                english: "There is no token \"\(name)\".")
        }
        try await engine.change { try $0.removeToken(named: name) }
        try tokenBook.read(engine.store)
        guard case .object(let parts) = Self.parts(of: token) else { return .null }
        return Self.answer("token", parts)
    }

    private func check(_ request: TokenRequest) throws {
        let letters = request.name.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
        }
        guard letters, (1...40).contains(request.name.utf8.count) else {
            throw DeskRefusal(
                .wrongValues, "bad_name", chinese: "令牌名应为 1 到 40 个小写字母、数字和 -。",
                english: "A token's name is 1 to 40 of a-z, 0-9 and -.")
        }
        guard !request.collections.isEmpty, !request.rights.isDisjoint(with: [.read, .write])
        else {
            throw DeskRefusal(
                .wrongValues, "bad_rights", chinese: "请给出类别(collections),以及 read、write 中至少一项。",
                english: "Give collections, and at least one of read and write.")
        }
        if request.collections != ["*"] {
            for name in request.collections { _ = try collection(name) }
        }
        guard request.days.map({ (1...TokenRequest.daysMax).contains($0) }) ?? true else {
            throw DeskRefusal(
                .wrongValues, "bad_lifetime", chinese: "有效期应为 1 到 \(TokenRequest.daysMax) 天。",
                english: "A token lasts 1 to \(TokenRequest.daysMax) days.")
        }
    }

    private static func parts(of token: AppToken) -> JSONValue {
        .object([
            "name": .text(token.name),
            "collections": .list((token.collections ?? ["*"]).map { .text($0) }),
            "read": .boolean(token.rights.contains(.read)),
            "write": .boolean(token.rights.contains(.write)),
            "plain": .boolean(token.rights.contains(.plain)),
            "made_at": time(token.madeAt),
            "expires_at": token.expiresAt.map(time) ?? .null,
        ])
    }
}
