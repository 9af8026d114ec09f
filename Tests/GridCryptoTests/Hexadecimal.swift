// SPDX-License-Identifier: Apache-2.0

/// The bytes of a text of hexadecimal digits in lower case.
func bytes(_ digits: String) -> [UInt8] {
    let values = digits.utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
