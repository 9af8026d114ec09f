// SPDX-License-Identifier: Apache-2.0

package import GridLog

extension Run {
    /// Both runs as one; nil when they do not follow each other or are too large together.
    package func joined(with next: Run) -> Run? {
        canBeJoined(with: next) ? Run.joined([self, next]) : nil
    }
}
