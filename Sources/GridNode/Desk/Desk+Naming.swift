// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// By what people name a node.
struct NodeNames {
    let key: PublicKey
    let name: String
    /// Nil where it is not known.
    let area: AreaCode?

    /// Whether a text names it: 8 digits of its key or more, its name, or its area.
    func match(_ text: String) -> Bool {
        key.description.hasPrefix(text.lowercased()) && text.count >= 8
            || name == text || area?.description == text
    }
}

extension Desk {
    /// The only one that people mean by a text.
    ///
    /// - Parameter absent: what is said when there is none.
    static func theOne<Item>(
        of matches: some Collection<Item>, named text: String,
        absent: (code: String, chinese: String, english: String)? = nil
    ) throws -> Item {
        if let item = matches.first, matches.count == 1 { return item }
        guard matches.isEmpty else {
            throw DeskRefusal(
                .notFound, "ambiguous_peer", chinese: "“\(text)”指不止一个节点,请用完整的公钥。",
                english: "\"\(text)\" means more than one node; give its whole key.")
        }
        throw DeskRefusal(
            .notFound, absent?.code ?? "unknown_peer",
            chinese: absent?.chinese ?? "没有名为“\(text)”的节点。",
            english: absent?.english ?? "There is no node \"\(text)\".")
    }
}
