// SPDX-License-Identifier: Apache-2.0

import GridCore

/// One row of a sheet, below its head.
package struct SheetRow: Sendable {
    /// What stands in one of its cells; never blank.
    package struct Cell: Hashable, Sendable {
        /// From 0.
        package let column: Int
        package let use: SheetHeads.Use
        package let text: String
    }

    /// In the sheet, from 1; in an error file that of the sheet it was made of.
    package let number: Int
    /// The cells as they were read, to be given back.
    package let original: [String]
    package let cells: [Cell]

    package init(number: Int, original: [String], cells: [Cell]) {
        self.number = number
        self.original = original
        self.cells = cells
    }
}

/// Finds the head of a sheet in its first rows, and what stands below it. Titles, version numbers
/// and notes may stand above the head; heads may spread over two rows, as merged cells do.
package struct SheetRows: Sendable {
    package static let headRowsMax = 10
    /// As many as a spreadsheet has.
    package static let rowsMax = 1_048_576

    private let heads: SheetHeads
    /// The first rows, until the head is known.
    private var first: [[String]] = []
    private var ready: [SheetRow] = []
    private var nextReady = 0
    private var count = 0
    /// The heads of the columns as they are written; empty until they are found.
    package private(set) var titles: [String] = []
    package private(set) var uses: [SheetHeads.Use] = []

    package init(_ heads: SheetHeads) { self.heads = heads }

    package mutating func take(_ cells: [String]) throws(SheetViolation) {
        count += 1
        guard count <= Self.rowsMax else { throw .tooManyRows }
        guard titles.isEmpty else { return add(cells, number: count) }
        first.append(cells)
        // One more: the head may go on in the row after the last it may begin in.
        if first.count > Self.headRowsMax { try findHead() }
    }

    /// After the last row.
    package mutating func finish() throws(SheetViolation) {
        if titles.isEmpty { try findHead() }
    }

    /// The next row that is not blank; nil when more are wanted.
    package mutating func next() -> SheetRow? {
        guard nextReady < ready.count else {
            ready.removeAll(keepingCapacity: true)
            nextReady = 0
            return nil
        }
        nextReady += 1
        return ready[nextReady - 1]
    }

    private mutating func findHead() throws(SheetViolation) {
        let scores = first.prefix(Self.headRowsMax).map { row in
            row.count { heads.isKnown($0) }
        }
        guard let best = scores.max(), best > 0, let place = scores.firstIndex(of: best) else {
            throw .noHead
        }
        titles = first[place]
        var last = place
        if place + 1 < first.count, let lower = merged(titles, with: first[place + 1]) {
            titles = lower
            last = place + 1
        }
        for above in first[..<place].reversed() { takeIn(above) }
        uses = heads.uses(of: titles)
        let rest = first[(last + 1)...]
        first = []
        for (offset, cells) in rest.enumerated() { add(cells, number: last + 2 + offset) }
    }

    /// A row of heads with those of the row below it: where that row names nothing but columns, and
    /// only such as the upper one does not name.
    private func merged(_ upper: [String], with lower: [String]) -> [String]? {
        var merged = upper + Array(repeating: "", count: max(0, lower.count - upper.count))
        var found = false
        for (column, head) in lower.enumerated() where !SheetHeads.plain(head).isEmpty {
            guard heads.isKnown(head), !heads.isKnown(merged[column]) else { return nil }
            merged[column] = head
            found = true
        }
        return found ? merged : nil
    }

    /// Heads of a row above that reach down to where nothing stands below them.
    private mutating func takeIn(_ above: [String]) {
        for (column, head) in above.enumerated()
        where column < titles.count && SheetHeads.plain(titles[column]).isEmpty
            && heads.isKnown(head)
        {
            titles[column] = head
        }
    }

    private mutating func add(_ cells: [String], number: Int) {
        var named: [SheetRow.Cell] = []
        var number = number
        for (column, text) in cells.enumerated() {
            let text = FormulaGuard.unguarded(TextFolding.trimmed(text))
            guard !text.isEmpty else { continue }
            let use = column < uses.count ? uses[column] : .blank
            if use == .rowNumber, let original = Int(text), original > 0 {
                number = original
            } else {
                named.append(SheetRow.Cell(column: column, use: use, text: text))
            }
        }
        guard !named.isEmpty else { return }
        ready.append(SheetRow(number: number, original: cells, cells: named))
    }
}
