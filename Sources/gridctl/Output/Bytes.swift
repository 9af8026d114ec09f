// SPDX-License-Identifier: Apache-2.0

/// A number of bytes with its unit.
enum Bytes {
    static func text(_ count: Int64?) -> String {
        guard let count else { return "" }
        switch count {
        case ..<1024: return "\(count) B"
        case ..<1_048_576: return "\((count + 512) / 1024) KiB"
        default:
            let tenths = (count * 10 + 524_288) / 1_048_576
            return "\(tenths / 10).\(tenths % 10) MiB"
        }
    }
}
