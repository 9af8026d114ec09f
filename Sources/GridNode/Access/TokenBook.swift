// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridStore
import Synchronization

/// The tokens that count, in memory: every request asks.
final class TokenBook: Sendable {
    private let tokens = Mutex<[AppToken]>([])

    /// Takes what the store has now.
    func read(_ store: Store) throws {
        let stored = try store.tokens()
        tokens.withLock { $0 = stored }
    }

    /// The token of a secret, compared with all of them in equal time; nil when none counts.
    func token(of secret: String, at now: UInt64) -> AppToken? {
        let digest = Self.digest(of: secret)
        var found: AppToken?
        for token in tokens.withLock({ $0 })
        where ConstantTime.equal(token.digest.array, digest.array) {
            found = token
        }
        return found.flatMap { Self.isGood($0, at: now) ? $0 : nil }
    }

    func holds(_ digest: Bytes32, at now: UInt64) -> Bool {
        tokens.withLock { $0 }.contains { $0.digest == digest && Self.isGood($0, at: now) }
    }

    /// A secret has 256 bits from the system's dice: one hash of it is enough.
    static func digest(of secret: String) -> Bytes32 {
        Hashing.digest(Array(secret.utf8), personal: .token)
    }

    private static func isGood(_ token: AppToken, at now: UInt64) -> Bool {
        token.expiresAt.map { now < $0 } ?? true
    }
}
