// SPDX-License-Identifier: Apache-2.0

extension FieldType {
    /// Reads numbers, dates and codes from text that is already folded.
    func plainValue(_ code: String) throws(Problem) -> FieldValue {
        switch self {
        case .integer:
            if let number = DecimalNumber(parsing: code), number.scale == 0 {
                return .integer(number.mantissa)
            }
        case .decimal:
            if let number = DecimalNumber(parsing: code) { return .decimal(number) }
        case .boolean:
            switch code.lowercased() {
            case "是", "有", "true", "yes", "y", "1", "√": return .boolean(true)
            case "否", "无", "false", "no", "n", "0", "×": return .boolean(false)
            default: break
            }
        case .date:
            if let date = CivilDate(parsing: Self.withoutMidnight(code)) {
                return .date(date.days)
            }
        case .time:
            if let time = ChinaTime.milliseconds(parsing: code) { return .time(time) }
        case .areaCode:
            if let area = try? AreaCode(parsing: code) { return .area(area) }
        case .point:
            if let point = GeoPoint(parsing: code) { return .point(point) }
        case .attachment:
            if let attachment = AttachmentReference(parsing: code) {
                return .attachment(attachment)
            }
        case .bytes:
            if let bytes = Hexadecimal.bytes(code) { return .bytes(bytes) }
        case .text, .longText, .enumeration, .idNumber, .organisationCode, .phone, .reference,
            .party, .set, .list, .structure:
            return .text(code)
        }
        throw unreadable
    }

    /// Spreadsheets give dates a clock: `2026/10/7 0:00:00`.
    private static func withoutMidnight(_ code: String) -> Substring {
        guard let gap = code.firstIndex(of: " "),
            code[gap...].allSatisfy({ $0 == " " || $0 == "0" || $0 == ":" })
        else { return code[...] }
        return code[..<gap]
    }

    /// The problem of a text that gives no value of this type.
    private var unreadable: Problem {
        let (code, chinese, english): (Problem.Code, String, String) =
            switch self {
            case .integer, .decimal:
                (.notANumber, "请填写数字，例如 120 或 3.5", "Write a number such as 120 or 3.5")
            case .boolean: (.notABoolean, "请填写“是”或“否”", "Write yes or no")
            case .date:
                (
                    .notADate, "请填写存在的日期，例如 2026-10-07",
                    "Write a date that exists, such as 2026-10-07"
                )
            case .time:
                (
                    .notATime, "请填写时间，例如 2026-10-07 08:30",
                    "Write a time such as 2026-10-07 08:30"
                )
            case .areaCode:
                (
                    .notAnAreaCode, "请填写6、9、12、15、17或19位区划编码",
                    "Write an area code of 6, 9, 12, 15, 17 or 19 digits"
                )
            case .point:
                (
                    .notAPoint, "请填写“纬度,经度”，例如 26.45,106.98",
                    "Write latitude,longitude such as 26.45,106.98"
                )
            case .attachment:
                (
                    .notAnAttachment, "请填写“摘要,字节数,类型”",
                    "Write hash,size,type with a hash of 64 hexadecimal digits"
                )
            case .bytes, .text, .longText, .enumeration, .idNumber, .organisationCode, .phone,
                .reference, .party, .set, .list, .structure:
                (
                    .notHexadecimal, "请填写偶数个十六进制数字",
                    "Write an even number of hexadecimal digits"
                )
            }
        return Problem(code, at: "", chinese: "无法识别。\(chinese)。", english: "\(english).")
    }
}

extension AttachmentReference {
    /// Reads `hash,size,media type`; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, let hash = Hexadecimal.bytes(parts[0]), hash.count == 32,
            let size = UInt64(parts[1]), !parts[2].isEmpty
        else { return nil }
        self.init(hash: hash, size: size, mediaType: String(parts[2]))
    }
}
