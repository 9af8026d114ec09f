// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridStore

extension Desk {
    /// The sheets that this node has taken in, the latest first; at most 100.
    package func sheets() throws -> JSONValue {
        Self.answer("sheets", ["items": .list(try engine.store.sheets(limit: 100).map(sheet))])
    }

    /// A sheet and what its rows have written, at most 1,000 after a row.
    package func sheet(_ text: String, after: Int) throws -> JSONValue {
        guard let number = Int64(text), let found = try engine.store.sheet(number) else {
            throw DeskRefusal(
                .notFound, "unknown_sheet", chinese: "没有编号为 \(text) 的导入。",
                english: "There is no sheet \(text).")
        }
        let rows = try engine.store.rows(ofSheet: number, after: after, limit: 1000)
        return Self.answer(
            "sheet",
            [
                "sheet": sheet(found),
                "rows": .list(
                    rows.map {
                        .object([
                            "row": Self.count($0.number), "id": .text($0.record.description),
                        ])
                    }),
                "next": rows.count == 1000 ? Self.count(rows[999].number) : .null,
            ])
    }

    private func sheet(_ record: SheetRecord) -> JSONValue {
        let name = catalogue.collection(numbered: record.source.collection)?.name
        return .object([
            "number": Self.count(record.number), "file": .text(record.source.name),
            "collection": .text(name ?? "#\(record.source.collection)"),
            "area": .text(record.source.area.description), "digest": .text(record.source.digest),
            "caller": .text(record.caller), "began_at": Self.time(record.beganAt),
            "ended_at": record.endedAt.map(Self.time) ?? .null, "rows": Self.count(record.rows),
            "new": Self.count(record.new), "changed": Self.count(record.changed),
        ])
    }
}
