// SPDX-License-Identifier: Apache-2.0

extension FieldValue {
    /// The value as programs meet it: codes, ids, dates, times and decimals as the text people
    /// know, so that nothing is rounded; numbers and booleans as such.
    package var json: JSONValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .boolean(let boolean): .boolean(boolean)
        case .attachment(let attachment):
            .object([
                "hash": .text(Hexadecimal.text(attachment.hash)),
                "size": .integer(Int64(clamping: attachment.size)),
                "media_type": .text(attachment.mediaType),
            ])
        case .list(let values): .list(values.map(\.json))
        case .map(let parts):
            .object(
                Dictionary(parts.map { ($0.name, $0.value.json) }, uniquingKeysWith: { $1 }))
        case .text, .decimal, .date, .time, .area, .reference, .bytes, .point:
            .text(plainText)
        }
    }
}
