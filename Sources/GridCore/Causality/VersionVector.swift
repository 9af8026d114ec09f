// SPDX-License-Identifier: Apache-2.0

/// For each log its height: the last sequence up to which everything is there, without gaps.
///
/// A log that is not named has height 0. Rows are kept sorted, so iteration, hashing and sending
/// see one order. Look-up is by binary search; growing a known log moves nothing.
/// (Parker et al. 1983; Fidge and Mattern 1988/89 for the partial order.)
package struct VersionVector: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let log: LogID
        package var height: UInt64
    }

    package private(set) var rows: [Row] = []

    package init() {}

    package init(_ heights: some Sequence<(LogID, UInt64)>) {
        for (log, height) in heights { raise(log, to: height) }
    }

    package var isEmpty: Bool { rows.isEmpty }

    package subscript(log: LogID) -> UInt64 {
        let index = firstIndex(notBelow: log)
        return index < rows.count && rows[index].log == log ? rows[index].height : 0
    }

    /// Whether everything up to this dot is there.
    package func covers(_ dot: Dot) -> Bool { dot.sequence <= self[dot.log] }

    /// Whether every height of `other` is reached here.
    package func covers(_ other: VersionVector) -> Bool {
        other.rows.allSatisfy { $0.height <= self[$0.log] }
    }

    /// Sets the height of a log to the greater of its own and the given one; 0 adds no row.
    package mutating func raise(_ log: LogID, to height: UInt64) {
        guard height > 0 else { return }
        let index = firstIndex(notBelow: log)
        if index < rows.count, rows[index].log == log {
            rows[index].height = max(rows[index].height, height)
        } else {
            rows.insert(Row(log: log, height: height), at: index)
        }
    }

    /// The least vector that covers both.
    package mutating func merge(_ other: VersionVector) {
        for row in other.rows { raise(row.log, to: row.height) }
    }

    /// Sets a height outright, lower ones too; 0 forgets the log. For what a peer says of itself.
    package mutating func replace(_ log: LogID, with height: UInt64) {
        let index = firstIndex(notBelow: log)
        let isKnown = index < rows.count && rows[index].log == log
        switch (isKnown, height) {
        case (true, 0): rows.remove(at: index)
        case (true, _): rows[index].height = height
        case (false, 0): break
        case (false, _): rows.insert(Row(log: log, height: height), at: index)
        }
    }

    private func firstIndex(notBelow log: LogID) -> Int {
        // Most domains have one writer.
        if rows.count == 1, rows[0].log == log { return 0 }
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].log < log { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
