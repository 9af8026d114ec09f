// SPDX-License-Identifier: Apache-2.0

/// Rows under heads, as wide as they need to be.
struct Table {
    let heads: [String]
    /// Longer cells are cut, so that a row stays on one line.
    let cellWidthMax: Int
    private(set) var rows: [[String]] = []

    init(_ heads: [String], cellWidthMax: Int = 60) {
        self.heads = heads
        self.cellWidthMax = cellWidthMax
    }

    mutating func add(_ cells: [String]) {
        rows.append(
            cells.map {
                let oneLine = $0.split(whereSeparator: \.isNewline).joined(separator: " ")
                return DisplayWidth.cut(oneLine, to: cellWidthMax)
            })
    }

    func show() {
        let widths = heads.indices.map { column in
            ([heads] + rows).map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        for row in [heads] + rows {
            let cells = zip(row, widths).map { DisplayWidth.padded($0, to: $1) }
            let line = cells.joined(separator: "  ")
            Screen.line(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }
}
