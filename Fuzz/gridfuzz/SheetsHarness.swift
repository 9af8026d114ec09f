// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet

/// A file that a person takes in: it is read or refused, in whatever parts it comes, and each cell
/// of it likewise.
enum SheetsHarness {
    private static let collection = Catalogue.grid.collections.max { left, right in
        left.fields.count < right.fields.count
    }
    private static let heads = SheetHeads(
        fields: (collection?.fields ?? []).map { ($0.name, $0.label) })

    static func test(_ input: [UInt8]) {
        guard let collection, let size = input.first else { return }
        let content = Array(input.dropFirst())
        let whole = rows(of: content, inPartsOf: max(content.count, 1))
        let parts = rows(of: content, inPartsOf: Int(size) + 1)
        expect(
            whole?.map(\.original) == parts?.map(\.original), "parts of \(size) give other rows")
        for row in whole ?? [] {
            for cell in row.cells {
                expect(!cell.text.isEmpty, "an empty cell in row \(row.number)")
                let guarded = FormulaGuard.guarded(cell.text)
                expect(FormulaGuard.unguarded(guarded) == cell.text, "a guard changes a text")
                guard case .field(let name) = cell.use else { continue }
                guard let field = collection.field(named: name) else {
                    expect(false, "\(name) is no field")
                    return
                }
                guard let text = try? CellReading.text(of: cell.text, as: field.type) else {
                    continue
                }
                _ = try? field.type.parse(text)
            }
            let again = rows(of: Array(CSVText.row(row.original).utf8), inPartsOf: 7, heads: nil)
            expect(again?.first?.original == row.original, "a row is not read as it was written")
        }
    }

    /// The rows of a file that comes in parts of a size; nil when it is refused.
    private static func rows(
        of content: [UInt8], inPartsOf size: Int, heads: SheetHeads? = heads
    ) -> [SheetRow]? {
        let parts = stride(from: 0, to: content.count, by: size).map {
            Array(content[$0..<min($0 + size, content.count)])
        }
        var probe = EncodingProbe()
        for part in parts { probe.take(part) }
        do {
            let conversion = try TextConversion.reading(probe.encoding)
            var reader = CSVReader()
            var rows = heads.map { SheetRows($0) }
            var found: [SheetRow] = []
            func take() throws {
                while let cells = reader.next() {
                    guard rows != nil else {
                        let plain = cells.map { FormulaGuard.unguarded($0) }
                        found.append(SheetRow(number: 1, original: plain, cells: []))
                        continue
                    }
                    try rows?.take(cells)
                    while let row = rows?.next() { found.append(row) }
                }
            }
            for part in parts {
                try reader.take(conversion.convert(part, isLast: false))
                try take()
            }
            try reader.take(conversion.convert([], isLast: true))
            try reader.finish()
            try take()
            try rows?.finish()
            while let row = rows?.next() { found.append(row) }
            return found
        } catch {
            return nil
        }
    }
}
