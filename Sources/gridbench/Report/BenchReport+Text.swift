// SPDX-License-Identifier: Apache-2.0

import Foundation

extension WorkReport {
    /// A table for people.
    var text: String {
        let head = "\(work) \(size)\(link.map { " over \($0)" } ?? ""): \(title)"
        let rows = figures.map { figure in
            [
                figure.name, figure.text(figure.median),
                values(of: figure), figure.against.map { "× " + Self.number($0) } ?? "",
            ]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell.padding(toLength: width, withPad: " ", startingAt: 0)
            }
            return ("  " + cells.joined(separator: "  "))
                .trimmingCharacters(in: .whitespaces.inverted.inverted)
        }
        return ([head] + lines.map { "  " + $0 }).joined(separator: "\n")
    }

    private func values(of figure: FigureReport) -> String {
        guard repetitions > 1, figure.min != figure.max else { return "" }
        return "(\(figure.text(figure.min)) ... \(figure.text(figure.max)))"
    }

    fileprivate static func number(_ value: Double) -> String {
        let digits = value >= 1000 || value == value.rounded() ? 0 : value >= 10 ? 1 : 3
        return value.formatted(.number.precision(.fractionLength(digits)).grouping(.never))
    }
}

extension FigureReport {
    /// A number of this figure with its unit.
    fileprivate func text(_ value: Double) -> String {
        switch unit {
        case .bytes where value >= 1_048_576:
            WorkReport.number(value / 1_048_576) + " MiB"
        case .bytes, .count, .seconds, .milliseconds, .perSecond, .ratio:
            (WorkReport.number(value) + " " + unit.rawValue)
                .trimmingCharacters(in: .whitespaces)
        }
    }
}
