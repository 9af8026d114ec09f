// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

/// What a report is computed from: one snapshot of the tables.
struct ReportReading {
    let database: Database
    let catalogue: Catalogue
    let store: Store
    let references: LogReferences
    let area: AreaCode
    /// What has become of area codes. Tables show the codes of now.
    let areas: AreaMap
    let period: ReportPeriod
    /// Milliseconds since 1970.
    let asOf: Int64
    /// Names of divisions, by code.
    let names: [String: String]

    /// Rows of a table in the report's area that are not archived.
    var here: String {
        "_archived = 0 AND substr(_area, 1, \(area.level.digits)) = '\(area)'"
    }

    /// `here` for a table by its alias.
    func here(_ alias: String) -> String {
        "\(alias)._archived = 0 AND substr(\(alias)._area, 1, \(area.level.digits)) = '\(area)'"
    }

    /// Whether a column of dates or times lies in the period.
    func during(_ column: String) -> String {
        "\(column) >= '\(period.firstText)' AND \(column) < '\(period.endText)'"
    }

    func rows(_ sql: String) throws -> [Row] { try Row.fetchAll(database, sql: sql) }

    func name(_ code: String) -> Report.Cell { .text(names[code] ?? "") }

    /// The states of a collection's records here.
    func states(_ collection: String) throws -> [RecordState] {
        guard let table = store.tables.values.first(where: { $0.collection.name == collection })
        else {
            return []
        }
        let place = UnsealedView.place(in: table, among: store.tables, by: areas)
        return try Row.fetchAll(
            database,
            sql: """
                SELECT \(table.stateColumns) FROM main."\(collection)" WHERE _archived = 0
                AND substr(\(place), 1, \(area.level.digits)) = '\(area)'
                ORDER BY id
                """
        ).map { try store.state($0, of: table, references: references) }
    }
}

extension Row {
    /// A text of a column; empty for none.
    func word(_ column: String) throws -> String {
        try cell(column, as: String?.self) ?? ""
    }

    func number(_ column: String) throws -> Int64 { try cell(column, as: Int64?.self) ?? 0 }
}

/// A kind of report.
struct ReportDefinition: Sendable {
    typealias Body = (columns: [Report.Column], rows: [[Report.Cell]])

    let code: String
    let title: String
    let titleEnglish: String
    /// Raised with every change that counts otherwise.
    let version: Int
    let formula: String
    let formulaEnglish: String
    /// Counts below five are not told outside of the township.
    var isGuarded = false
    let make: @Sendable (ReportReading) throws -> Body
}
