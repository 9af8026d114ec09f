// SPDX-License-Identifier: Apache-2.0

extension FieldValue {
    /// One line of text for the value, the same everywhere: dates `2026-10-07`, times ISO 8601 at
    /// +08:00, codes and ids as their digits and letters, points `latitude,longitude` in degrees.
    package var plainText: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let boolean): boolean ? "true" : "false"
        case .decimal(let decimal): Self.text(decimal.mantissa, places: Int(decimal.scale))
        case .date(let days): CivilDate(days: days)?.description ?? String(days)
        case .time(let milliseconds): Self.text(time: milliseconds)
        case .area(let area): area.description
        case .reference(let id): id.description
        case .bytes(let bytes): Hexadecimal.text(bytes)
        case .point(let point):
            Self.text(Int64(point.latitude), places: 7) + ","
                + Self.text(Int64(point.longitude), places: 7)
        case .attachment, .list, .map: json.description
        }
    }

    /// A number of so many decimal places, without trailing zeros.
    private static func text(_ mantissa: Int64, places: Int) -> String {
        var digits = String(mantissa.magnitude)
        digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let whole = digits.dropLast(places)
        var fraction = digits.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        return (mantissa < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func text(time milliseconds: Int64) -> String {
        let day: Int64 = 86_400_000
        let (local, overflow) = milliseconds.addingReportingOverflow(8 * 3_600_000)
        let days = (local - (local % day + day) % day) / day
        guard !overflow, let number = Int32(exactly: days), let date = CivilDate(days: number)
        else { return String(milliseconds) }
        let rest = Int(local - days * day)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let thousandths = rest % 1000
        let fraction = thousandths == 0 ? "" : "." + String(String(1000 + thousandths).dropFirst())
        return "\(date)T\(clock)\(fraction)+08:00"
    }
}
