// SPDX-License-Identifier: Apache-2.0

/// Something that is timed.
protocol Work {
    /// As the workload's paper names it: `w1`.
    static var name: String { get }
    /// One line for people.
    static var title: String { get }

    /// Makes ready what is used by all repetitions.
    init(_ bench: Bench) throws

    /// Measures once; each repetition gives the same figures in the same order.
    func measure() throws -> [Figure]
}

/// A work that is going to be measured.
struct WorkPlan {
    let name: String
    let title: String
    let size: WorkSize
    /// Name of the weak link that it is measured over; nil is none.
    var link: String?
    /// Makes ready what all repetitions use; what it returns measures once.
    let prepare: (Bench) throws -> () throws -> [Figure]
}

/// One measured number.
struct Figure {
    /// Words joined by `_`, unique in a work.
    let name: String
    let unit: Unit
    let value: Double

    enum Unit: String, Codable {
        case seconds = "s"
        case milliseconds = "ms"
        case microseconds = "µs"
        case bytes = "B"
        case count = ""
        case perSecond = "1/s"
        case ratio = "×"
        case percent = "%"
    }

    init(_ name: String, _ value: Double, _ unit: Unit) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    init(_ name: String, _ value: some BinaryInteger, _ unit: Unit = .count) {
        self.init(name, Double(value), unit)
    }
}
