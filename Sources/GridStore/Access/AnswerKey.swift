// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
package import GridCore

/// An app's own name for a write that it may send again.
package struct AnswerKey: Hashable, Sendable {
    /// How long an answer is kept at least, in milliseconds: two days.
    package static let millisecondsKept: UInt64 = 172_800_000

    /// Empty for the folder's own socket.
    package let app: String
    package let key: String
    /// Over everything that was asked.
    package let request: Bytes32

    package init(app: String, key: String, request: Bytes32) {
        self.app = app
        self.key = key
        self.request = request
    }
}

extension StoreTransaction {
    /// What was answered to a key, and over what request; nil when it is new.
    package func answer(to key: AnswerKey) throws -> (request: Bytes32, answer: JSONValue)? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT request, answer FROM api_answers WHERE app = ? AND key = ?"),
            arguments: [key.app, key.key])
        guard let row else { return nil }
        guard let request = Bytes32(try row.bytes("request")) else {
            throw StoreFailure.damaged(what: "the request of a kept answer")
        }
        let text: String = try row.cell("answer")
        return (request, try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))
    }

    /// Keeps an answer in this transaction, and lets go of old ones.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func remember(_ answer: JSONValue, to key: AnswerKey, now: UInt64) throws {
        let now = Int64(clamping: now)
        try database.cachedStatement(sql: "DELETE FROM api_answers WHERE at < ?")
            .execute(arguments: [now - Int64(AnswerKey.millisecondsKept)])
        try database.cachedStatement(
            sql: """
                INSERT INTO api_answers (app, key, request, answer, at) VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            key.app, key.key, Data(key.request.array), answer.description, now,
        ])
        storage.keepsMore = true
    }
}
