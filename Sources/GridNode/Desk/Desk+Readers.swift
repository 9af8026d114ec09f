// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Records that name the devices which may read them.
extension Desk {
    var readerDesk: ReaderDesk { engine.readerDesk }

    /// A record with what this device can open in its plain form: for plain sight, and for choosing
    /// among values.
    func opened(_ display: RecordDisplay) throws -> RecordDisplay {
        display.opened(by: try readerDesk.keys(of: display))
    }

    /// Who reads a record: how many, by its own word, for everybody; by their names, as their keys
    /// prove, for one of them. Nil where its collection has no readers.
    func sealing(of display: RecordDisplay) -> JSONValue? {
        guard let sealing = display.collection.sealing else { return nil }
        let name = display.collection.field(numbered: sealing.readers)?.name
        var count = 0
        if case .list(let keys)? = name.flatMap({ display[$0]?.value }) { count = keys.count }
        return .object(["readers": Self.count(count)])
    }

    /// The same for somebody who looks at that record alone.
    ///
    /// - Parameter opened: the record with what this device can open.
    func sealing(
        of display: RecordDisplay, opened: RecordDisplay, keys: RecordKeys?
    ) -> JSONValue? {
        guard case .object(var parts)? = sealing(of: display), let keys else { return nil }
        let mayRead = keys.mayWrite
        parts["opens"] = .boolean(mayRead)
        if mayRead {
            parts["names"] = .list(
                keys.currentReaders.sorted().map { key in
                    let leaf = engine.current.directory.currentChain(of: key)?.leaf
                    return .object([
                        "key": .text(key.description), "name": .text(leaf?.name ?? ""),
                        "area": leaf.map { .text($0.area.description) } ?? .null,
                    ])
                })
            parts["wrong"] = .list(wrongValues(of: opened).map { .text($0) })
        }
        return .object(parts)
    }

    /// Names of sealed fields whose values are not of their types: nobody could see that before they
    /// were opened.
    private func wrongValues(of opened: RecordDisplay) -> [String] {
        guard let sealing = opened.collection.sealing else { return [] }
        let now = Int64(clamping: WallClock.now)
        let context = WriteContext(
            area: opened.state.domain.area, today: ChinaTime.day(of: now), now: now)
        return opened.fields.filter { field in
            guard sealing.sealed.contains(field.definition.number), let value = field.value else {
                return false
            }
            return opened.collection.problems(
                in: [(field.definition.name, value)], others: { _ in nil }, context: context
            ).contains { $0.isRefusal }
        }.map(\.definition.name)
    }
}
