// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// A text for a field of the catalogue: what is read from it can be sent, and what is shown of that
/// reads back to the same value.
enum TextsHarness {
    private static let fields = Catalogue.grid.collections.flatMap(\.fields)

    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        let field = fields[Int(choices.word()) % fields.count]
        guard let text = String(validating: choices.rest(), as: UTF8.self),
            let value = try? field.type.parse(text)
        else { return }
        if !text.utf8.contains(0) {
            var writer = ByteWriter()
            writer.value(value)
            var reader = ByteReader(writer.bytes)
            let read = try? reader.value()
            expect(read == value && reader.remaining == 0, "\(value) becomes \(read, default: "")")
        }
        let shown = field.type.text(of: value)
        let again = try? field.type.parse(shown)
        expect(
            again == value,
            "\(field.name): \(text.debugDescription) is \(value), shown as "
                + "\(shown.debugDescription), which is \(again, default: "nothing")")
    }
}
