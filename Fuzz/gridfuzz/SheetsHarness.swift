// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet

/// A file that a person takes in: it is read or refused, and each cell of it likewise.
enum SheetsHarness {
    private static let collection = Catalogue.grid.collections.max { left, right in
        left.fields.count < right.fields.count
    }
    private static let heads = Dictionary(
        (collection?.fields ?? []).flatMap { [($0.name, $0.name), ($0.label, $0.name)] },
        uniquingKeysWith: { first, _ in first })

    static func test(_ input: [UInt8]) {
        guard let collection, let sheet = try? Sheet(input, fields: heads) else { return }
        var last = 0
        for (number, cells) in sheet.rows {
            expect(number > last, "row \(number) after row \(last)")
            last = number
            for (name, text) in cells {
                expect(!text.isEmpty, "an empty cell in row \(number)")
                guard let field = collection.field(named: name) else {
                    expect(false, "\(name) is no field")
                    return
                }
                _ = try? field.type.parse(text)
            }
        }
    }
}
