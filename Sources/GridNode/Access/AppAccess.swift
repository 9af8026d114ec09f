// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore

/// Who asks, and what that app may do. There is none for whoever may open the folder's own socket.
package struct AppAccess: Sendable {
    /// The access of the request that is being carried out.
    @TaskLocal package static var current: AppAccess?

    /// What is done with a collection.
    package enum Use: Sendable {
        case read, write
        /// Reading sensitive values as they are.
        case readPlain
    }

    package let name: String
    /// Nil for all.
    let collections: Set<String>?
    let rights: AppToken.Rights
    private let book: TokenBook
    private let digest: Bytes32

    init(_ token: AppToken, book: TokenBook) {
        name = token.name
        collections = token.collections.map(Set.init)
        rights = token.rights
        digest = token.digest
        self.book = book
    }

    /// Whether the token still counts: long answers outlive it else.
    func isGood(at now: UInt64) -> Bool { book.holds(digest, at: now) }

    /// - Throws: `DeskRefusal` where the app may not do this with the collection.
    package func require(_ use: Use, of collection: String) throws {
        guard may(use, with: collection) else { throw DeskRefusal.beyondToken(name) }
    }

    func may(_ use: Use, with collection: String) -> Bool {
        let needed: AppToken.Rights =
            switch use {
            case .read: .read
            case .write: .write
            case .readPlain: [.read, .plain]
            }
        return rights.isSuperset(of: needed)
            && (collections.map { $0.contains(collection) } ?? true)
    }

    /// The collections to which a reader of several is narrowed; those asked for, or all it may.
    package func narrowing(_ asked: [String]) throws -> [String] {
        guard rights.contains(.read) else { throw DeskRefusal.beyondToken(name) }
        guard let collections else { return asked }
        for name in asked where !collections.contains(name) {
            throw DeskRefusal.beyondToken(self.name)
        }
        return asked.isEmpty ? collections.sorted() : asked
    }
}

extension DeskRefusal {
    package static func beyondToken(_ name: String) -> DeskRefusal {
        DeskRefusal(
            .notAllowed, "beyond_token",
            chinese: "应用“\(name)”的令牌不包括这一操作,请用 gridctl token list 查看。",
            english: """
                The token of the app \"\(name)\" does not cover this; see gridctl token list.
                """)
    }
}
