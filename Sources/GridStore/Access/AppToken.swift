// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// What an app that asks over TCP may do. The secret itself is nowhere but with the app.
package struct AppToken: Hashable, Sendable {
    package struct Rights: OptionSet, Hashable, Sendable {
        package let rawValue: Int64

        package init(rawValue: Int64) { self.rawValue = rawValue }

        package static let read = Rights(rawValue: 1)
        package static let write = Rights(rawValue: 2)
        /// Sensitive values as they are, one record at a time and for a reason.
        package static let plain = Rights(rawValue: 4)
    }

    /// Tokens that one node gives out.
    package static let countMax = 64

    package let name: String
    /// Of the secret.
    package let digest: Bytes32
    /// Names, ascending; nil for all.
    package let collections: [String]?
    package let rights: Rights
    /// Milliseconds since 1970.
    package let madeAt: UInt64
    /// Nil for no end.
    package let expiresAt: UInt64?

    package init(
        name: String, digest: Bytes32, collections: [String]?, rights: Rights, madeAt: UInt64,
        expiresAt: UInt64?
    ) {
        self.name = name
        self.digest = digest
        self.collections = collections
        self.rights = rights
        self.madeAt = madeAt
        self.expiresAt = expiresAt
    }
}

extension Store {
    /// All tokens, ascending by name.
    package func tokens() throws -> [AppToken] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM api_tokens ORDER BY name").map { row in
                guard let digest = Bytes32(try row.bytes("digest")) else {
                    throw StoreFailure.damaged(what: "a token's digest")
                }
                let names: String = try row.cell("collections")
                let expires: Int64? = row["expires_at"]
                return AppToken(
                    name: try row.cell("name"), digest: digest,
                    collections: names == "*" ? nil : names.split(separator: ",").map(String.init),
                    rights: AppToken.Rights(rawValue: try row.cell("rights")),
                    madeAt: UInt64(clamping: try row.cell("made_at") as Int64),
                    expiresAt: expires.map { UInt64(clamping: $0) })
            }
        }
    }

    /// - Precondition: no token has the name.
    package func add(_ token: AppToken) throws {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO api_tokens (name, digest, collections, rights, made_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.name, Data(token.digest.array),
                    token.collections?.joined(separator: ",") ?? "*", token.rights.rawValue,
                    Int64(clamping: token.madeAt), token.expiresAt.map { Int64(clamping: $0) },
                ])
        }
    }

    package func removeToken(named name: String) throws {
        try write {
            try $0.execute(sql: "DELETE FROM api_tokens WHERE name = ?", arguments: [name])
        }
    }
}
