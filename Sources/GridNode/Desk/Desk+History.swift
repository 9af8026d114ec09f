// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What was ever written to a record.
extension Desk {
    /// - Parameter after: the `next` of the page before.
    package func history(
        _ name: String, _ id: String, _ sight: Sight = .masked, after: String? = nil,
        limit: Int? = nil
    ) throws -> JSONValue {
        try Self.check(limit: limit)
        let collection = try collection(name)
        let display = try display(id, in: collection)
        let sight = sight.of(display)
        let book = engine.current.redactions
        var whole = try engine.store.history(of: display.state, redactions: book)[...]
        if let after {
            guard let place = whole.firstIndex(where: { Self.entry($0) == after }) else {
                throw DeskRefusal(
                    .malformed, "bad_after", chinese: "after 不是上一页给出的 next。",
                    english: "after is no next of a page of this history.")
            }
            whole = whole[(place + 1)...]
        }
        let page = whole.prefix(limit ?? .max)
        let keys = sight.isPlain ? try readerDesk.keys(of: display) : nil
        let orders = book.orders(
            naming: Set(page.map { NamedEntry(dot: $0.dot, hash: $0.hash) }))
        let items = try page.map { item in
            let receipts = try engine.store.receipts(for: item.dot)
            let orders = orders[NamedEntry(dot: item.dot, hash: item.hash)] ?? []
            return JSONValue.object([
                "redactions": .list(orders.map { .object(redactionParts($0)) }),
                "receipts": .list(receipts.map(self.receipt)),
                "entry": .text(Self.entry(item)),
                "sequence": Self.count(item.dot.sequence),
                "at": Self.time(item.timestamp.milliseconds),
                "author": author(
                    item.key, in: display.state.domain.area, at: item.timestamp.milliseconds),
                "verified": .boolean(item.isVerified),
                "hash": .text(item.hash.description),
                "archives": .boolean(item.change.archives),
                "changes": .list(
                    item.change.writes.map { write in
                        collection.sealing.map { keys?.opened(write, $0) ?? write } ?? write
                    }.flatMap { Self.change($0, of: collection, sight) }
                        + item.change.withheld.map { Self.withheld($0, of: collection) }),
            ])
        }
        let next = page.count < whole.count ? page.last.map(Self.entry) : nil
        return Self.answer(
            "history",
            [
                "items": .list(items), "plain": .boolean(sight.isPlain),
                "next": next.map { .text($0) } ?? .null,
            ])
    }

    private static func entry(_ item: HistoryItem) -> String {
        "\(item.dot.log)#\(item.dot.sequence)"
    }
}
