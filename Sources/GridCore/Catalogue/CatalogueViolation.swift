// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a catalogue: the line, counted from 1 (0 for the whole), and the reason, for
/// the person who wrote it.
package struct CatalogueViolation: Error, Hashable, Sendable {
    package let line: Int
    package let reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}
