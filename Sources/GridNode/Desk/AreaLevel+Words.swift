// SPDX-License-Identifier: Apache-2.0

package import GridCore

extension AreaLevel {
    /// What people call the level: 县、镇、村、网格、村民组、联户.
    package var chinese: String {
        switch self {
        case .county: "县"
        case .township: "镇"
        case .village: "村"
        case .grid: "网格"
        case .group: "村民组"
        case .unit: "联户"
        }
    }
}
