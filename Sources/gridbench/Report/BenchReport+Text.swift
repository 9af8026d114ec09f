// SPDX-License-Identifier: Apache-2.0

import Foundation

extension WorkReport {
    /// A table for people.
    var text: String {
        let head = "\(work) \(size)\(link.map { " over \($0)" } ?? ""): \(title)"
        let rows = figures.filter { !isOfStage($0) }.map { figure in
            [
                figure.name, figure.text(figure.median), ofStage(figure, StageFigure.perEntry),
                ofStage(figure, StageFigure.share), values(of: figure),
                figure.against.map { "× " + Self.number($0) } ?? "",
            ]
        }
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell.padding(toLength: width, withPad: " ", startingAt: 0)
            }
            return ("  " + cells.joined(separator: "  "))
                .trimmingCharacters(in: .whitespaces.inverted.inverted)
        }
        return ([head] + lines.map { "  " + $0 }).joined(separator: "\n")
    }

    /// Whether a figure stands in the line of its stage.
    private func isOfStage(_ figure: FigureReport) -> Bool {
        figure.name.hasSuffix(StageFigure.perEntry) || figure.name.hasSuffix(StageFigure.share)
    }

    /// What else there is of a stage; nothing of other figures.
    private func ofStage(_ figure: FigureReport, _ suffix: String) -> String {
        figures.first { $0.name == figure.name + suffix }.map { $0.text($0.median) } ?? ""
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
        case .bytes, .count, .seconds, .milliseconds, .microseconds, .perSecond, .ratio, .percent:
            (WorkReport.number(value) + " " + unit.rawValue)
                .trimmingCharacters(in: .whitespaces)
        }
    }
}
