// SPDX-License-Identifier: Apache-2.0

/// What a replica carries or a certificate may read: one area with everything in it, and the
/// notices and rules that stand at exactly the level of each area above it.
package struct Scope: Hashable, Sendable {
    package let area: AreaCode
    /// What has become of area codes.
    private let areas: AreaMap

    package init(_ area: AreaCode, areas: AreaMap = AreaMap()) {
        self.area = area
        self.areas = areas
    }

    /// Whether records homed in `home` belong to this scope.
    package func contains(_ home: AreaCode) -> Bool {
        areas.carries(area, home)
    }
}
