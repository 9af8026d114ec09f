// SPDX-License-Identifier: Apache-2.0

/// What a replica carries or a certificate may read: one area with everything in it, and the
/// notices and rules that stand at exactly the level of each area above it.
package struct Scope: Hashable, Sendable {
    package let area: AreaCode

    package init(_ area: AreaCode) { self.area = area }

    /// Whether records homed in `home` belong to this scope.
    package func contains(_ home: AreaCode) -> Bool {
        area.contains(home) || home.contains(area)
    }
}
