// SPDX-License-Identifier: Apache-2.0

extension FieldType {
    /// The canonical text of a value: `2026-10-07`, `2018-01-01T02:39:14+08:00`, decimals without
    /// trailing zeros, area digits, record ids, sets as `a|b|c`, structures as `key=value;key=value`
    /// in the order of their parts. `parse` reads it back to the same value.
    ///
    /// A value of another type than this has the text its own kind of value has.
    package func text(of value: FieldValue) -> String {
        switch (self, value) {
        case (.set(let element), .list(let values)), (.list(let element), .list(let values)):
            values.map { ListText.escaped(element.text(of: $0), in: element) }
                .joined(separator: "|")
        case (_, .list(let values)):
            values.map { ListText.escaped(text(of: $0), in: self) }.joined(separator: "|")
        case (.structure(let parts), .map(let values)): Self.text(of: values, parts: parts)
        case (_, .map(let values)): Self.text(of: values, parts: [])
        case (_, .text(let text)): text
        case (_, .integer(let integer)): String(integer)
        case (_, .boolean(let boolean)): boolean ? "true" : "false"
        case (_, .decimal(let decimal)): decimal.description
        case (_, .date(let days)): CivilDate(days: days)?.description ?? "day \(days)"
        case (_, .time(let time)): ChinaTime.text(of: time) ?? "millisecond \(time)"
        case (_, .area(let area)): area.description
        case (_, .reference(let id)): id.description
        case (_, .bytes(let bytes)): Hexadecimal.text(bytes)
        case (_, .point(let point)): point.description
        case (_, .attachment(let attachment)):
            "\(Hexadecimal.text(attachment.hash)),\(attachment.size),\(attachment.mediaType)"
        }
    }

    private static func text(of values: [FieldValue.MapPart], parts: [Part]) -> String {
        let known = parts.compactMap { part in
            values.first { $0.name == part.name }.map { (part.name, part.type.text(of: $0.value)) }
        }
        let unknown = values.filter { value in !parts.contains { $0.name == value.name } }
            .map { ($0.name, FieldType.party.text(of: $0.value)) }
        return (known + unknown)
            .map { "\($0)=\(ListText.escaped($1, marks: ListText.partMarks))" }.joined(
                separator: ";")
    }
}

/// Texts of several values in one text, with `\` before marks that belong to a value. Marks are
/// scalars, not characters: what follows one may begin with an accent, and would swallow it.
enum ListText {
    /// Between the parts of a structure.
    static let partMarks: Set<Unicode.Scalar> = [";", "；"]

    /// Elements whose own text never holds commas may be separated by them too.
    static func marks(of element: FieldType) -> Set<Unicode.Scalar> {
        switch element {
        case .structure, .point, .attachment, .longText, .set, .list: ["|"]
        case .text, .integer, .decimal, .boolean, .date, .time, .areaCode, .enumeration,
            .idNumber, .organisationCode, .phone, .reference, .party, .bytes:
            ["|", ",", "，", "、"]
        }
    }

    static func escaped(_ text: String, in element: FieldType) -> String {
        escaped(text, marks: marks(of: element))
    }

    static func escaped(_ text: String, marks: Set<Unicode.Scalar>) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\\" || marks.contains(scalar) { output.append("\\") }
            output.append(scalar)
        }
        return String(output)
    }

    /// The parts between marks, `\` taken off. A text without anything has no parts.
    static func split(_ text: String, marks: Set<Unicode.Scalar>) -> [String] {
        guard !text.isEmpty else { return [] }
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                if scalar != "\\", !marks.contains(scalar) { part.append("\\") }
                part.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if marks.contains(scalar) {
                parts.append(String(part))
                part = String.UnicodeScalarView()
            } else {
                part.append(scalar)
            }
        }
        if isEscaped { part.append("\\") }
        parts.append(String(part))
        return parts
    }
}

extension DecimalNumber: CustomStringConvertible {
    /// Digits, and a point with what follows it when there is any.
    package var description: String {
        guard scale > 0 else { return String(mantissa) }
        let digits = DigitScanner.padded(mantissa.magnitude, to: Int(scale) + 1)
        return (mantissa < 0 ? "-" : "") + digits.dropLast(Int(scale)) + "."
            + digits.suffix(Int(scale))
    }

    /// Reads an optional sign, digits, and a point with up to 9 digits; nil for anything else and
    /// for what does not fit 64 bits.
    package init?(parsing text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == 0x2D
        if isNegative || bytes.first == 0x2B { bytes.removeFirst() }
        let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(PhoneNumber.isDigit) })
        else { return nil }
        var fraction = parts.count == 2 ? parts[1] : []
        while fraction.last == 0x30 { fraction.removeLast() }
        guard fraction.count <= DecimalNumber.scaleMax else { return nil }
        let digits = String(decoding: parts[0] + fraction, as: UTF8.self)
        guard let mantissa = Int64((isNegative ? "-" : "") + digits) else { return nil }
        self.init(mantissa: mantissa, scale: UInt8(fraction.count))
    }
}

extension GeoPoint: CustomStringConvertible {
    /// `26.45,106.98`: latitude, longitude.
    package var description: String {
        [latitude, longitude].map { degrees in
            DecimalNumber(mantissa: Int64(degrees), scale: 7)?.description ?? ""
        }.joined(separator: ",")
    }

    /// Reads latitude and longitude in degrees, what is finer than 7 digits cut off; nil for
    /// anything else.
    package init?(parsing text: some StringProtocol) {
        let degrees = text.utf8.split(whereSeparator: { $0 == 0x2C || $0 == 0x20 })
            .map { Self.tenMillionths(String(decoding: $0, as: UTF8.self)) }
        guard degrees.count == 2, let latitude = degrees[0], let longitude = degrees[1] else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }

    private static func tenMillionths(_ text: String) -> Int32? {
        guard let point = text.firstIndex(of: ".") else {
            return DecimalNumber(parsing: text).flatMap { scaled($0) }
        }
        let fraction = text[text.index(after: point)...]
        guard fraction.utf8.allSatisfy(PhoneNumber.isDigit) else { return nil }
        return DecimalNumber(parsing: text[..<point] + "." + fraction.prefix(7))
            .flatMap { scaled($0) }
    }

    private static func scaled(_ degrees: DecimalNumber) -> Int32? {
        var mantissa = degrees.mantissa
        for _ in degrees.scale..<7 {
            guard mantissa.magnitude < 1_000_000_000_000 else { return nil }
            mantissa *= 10
        }
        return Int32(exactly: mantissa)
    }
}
