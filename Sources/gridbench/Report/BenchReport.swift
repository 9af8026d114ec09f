// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Everything that was measured, as JSON has it.
struct BenchReport: Codable {
    static let schema = "onegrid.bench/1"

    var schema = BenchReport.schema
    let version: String
    let machine: Machine
    var works: [WorkReport] = []

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    static func read(_ path: String) throws -> BenchReport {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            return try JSONDecoder().decode(BenchReport.self, from: data)
        } catch {
            throw BenchFailure("\(path) is no report of gridbench: \(error)")
        }
    }
}

/// One work, measured some times.
struct WorkReport: Codable {
    let work: String
    let title: String
    let size: String
    /// The weak link that it was measured over; nil is none.
    var link: String?
    let notes: String
    /// Writes that waited for one commit while folders were prepared.
    let writers: Int
    let repetitions: Int
    var figures: [FigureReport]
}

/// One figure of all repetitions.
struct FigureReport: Codable {
    let name: String
    let unit: Figure.Unit
    let median: Double
    let min: Double
    let max: Double
    /// In the order of the repetitions.
    let values: [Double]
    /// Median by that of the report compared with; nil where there is none.
    var against: Double?

    /// - Precondition: there is at least one value.
    init(name: String, unit: Figure.Unit, values: [Double]) {
        precondition(!values.isEmpty, "\(name) was not measured")
        let sorted = values.sorted()
        self.name = name
        self.unit = unit
        self.values = values
        min = sorted[0]
        max = sorted[sorted.count - 1]
        let middle = sorted.count / 2
        median =
            sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension WorkReport {
    /// Adds how each figure stands to that of an earlier report.
    mutating func compare(with earlier: BenchReport) {
        let other = earlier.works.first {
            $0.work == work && $0.size == size && $0.notes == notes && $0.link == link
        }
        for index in figures.indices {
            let name = figures[index].name
            guard let before = other?.figures.first(where: { $0.name == name }),
                before.median != 0
            else { continue }
            figures[index].against = figures[index].median / before.median
        }
    }
}
