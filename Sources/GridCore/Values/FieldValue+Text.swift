// SPDX-License-Identifier: Apache-2.0

extension FieldValue {
    /// One line of text for the value, the same everywhere: dates `2026-10-07`, times ISO 8601 at
    /// +08:00, codes and ids as their digits and letters, points `latitude,longitude` in degrees.
    package var plainText: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let boolean): boolean ? "true" : "false"
        case .decimal(let decimal): decimal.description
        case .date(let days): CivilDate(days: days)?.description ?? String(days)
        case .time(let milliseconds): ChinaTime.text(of: milliseconds) ?? String(milliseconds)
        case .area(let area): area.description
        case .reference(let id): id.description
        case .bytes(let bytes): Hexadecimal.text(bytes)
        case .point(let point): point.description
        case .attachment, .list, .map: json.description
        }
    }
}
