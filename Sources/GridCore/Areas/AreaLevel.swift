// SPDX-License-Identifier: Apache-2.0

/// How fine an area code is: the number of its digits (NBS statistical codes; finer ones are ours).
package enum AreaLevel: UInt8, CaseIterable, Comparable, Sendable {
    /// 6 digits (GB/T 2260).
    case county = 6
    /// 9 digits (GB/T 10114).
    case township = 9
    /// 12 digits (NBS).
    case village = 12
    /// 15 digits: village and grid number.
    case grid = 15
    /// 17 digits: grid and villagers' group (00 = none).
    case group = 17
    /// 19 digits: group and ten-household unit.
    case unit = 19

    /// Number of digits of a code of this level, 6...19.
    package var digits: Int { Int(rawValue) }

    package static func < (left: AreaLevel, right: AreaLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
