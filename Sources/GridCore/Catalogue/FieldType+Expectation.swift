// SPDX-License-Identifier: Apache-2.0

extension FieldType {
    /// What a value of this type is, for messages.
    package var expectation: (chinese: String, english: String) {
        switch self {
        case .text, .longText: ("文字", "a text")
        case .integer: ("整数", "a whole number")
        case .decimal: ("数字", "a number")
        case .boolean: ("是或否", "true or false")
        case .date: ("日期（如2026-10-07）", "a date such as 2026-10-07")
        case .time: ("时间（如2026-10-07T08:30:00+08:00）", "a time such as 2026-10-07T08:30:00+08:00")
        case .areaCode: ("区划编码", "an area code")
        case .enumeration: ("选项", "one of its values, a text")
        case .idNumber: ("18位身份证号", "a resident number of 18 characters")
        case .organisationCode: ("18位统一社会信用代码", "a social credit code of 18 characters")
        case .phone: ("电话号码", "a telephone number, a text")
        case .reference: ("记录标识（16位）", "a record id of 16 characters")
        case .party: ("记录标识或名称", "a record id or a name")
        case .point: ("坐标（纬度,经度）", "a point: latitude,longitude")
        case .attachment: ("附件", "an attachment")
        case .bytes: ("十六进制数据", "bytes in hexadecimal digits")
        case .set, .list: ("列表", "a list")
        case .structure(let parts):
            (
                "包含\(parts.map(\.label).joined(separator: "、"))的一组内容",
                "a group of " + parts.map(\.name).joined(separator: ", ")
            )
        }
    }
}
