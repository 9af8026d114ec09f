// SPDX-License-Identifier: Apache-2.0

import GRDB
package import GridCore
import GridLog
package import GridSync

/// An area that is asked for by any of its codes, and which rows lie in it now
/// (Protocol/area-changes.md, "Place").
struct AreaSelection {
    /// By the codes of now.
    let area: AreaCode
    private let areas: AreaMap
    private let former: String

    init(_ area: AreaCode, by areas: AreaMap) {
        self.area = areas.current(area)
        self.areas = areas
        former = areas.former(in: area).map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The condition on the rows of a table, which is read by its name.
    func condition(on table: TableSchema, among tables: [UInt32: TableSchema]) -> String {
        // A prefix of digits is a prefix at a level boundary when it has a level's length.
        let digits = area.level.digits
        let home = "(substr(_area, 1, \(digits)) = '\(area)' OR _area IN (\(former)))"
        guard let grid = PlaceColumn(of: table, among: tables, by: areas) else { return home }
        return """
            (CASE WHEN \(grid.isDivided)
            THEN substr(\(grid.place), 1, \(digits)) = '\(area)' ELSE \(home) END)
            """
    }

    /// Makes the condition understood by a connection.
    func prepare(_ database: Database) { PlaceColumn.prepare(database, by: areas) }
}

/// In which village a row lies of one that was divided: by the grid that it says, or the record that
/// it belongs to.
struct PlaceColumn {
    private static let function = "onegrid_place"

    /// True of a row whose home was divided.
    let isDivided: String
    /// The code of its place now, as digits.
    let place: String

    /// Nil where no village was divided, or where rows of the table say nothing of a grid.
    init?(of table: TableSchema, among tables: [UInt32: TableSchema], by areas: AreaMap) {
        let name = "\"\(table.collection.name)\""
        guard !areas.divided.isEmpty,
            let grid = Self.grid(of: table, row: name, among: tables, depth: 0)
        else { return nil }
        let homes = areas.divided.map { "'\($0)'" }.joined(separator: ", ")
        isDivided = "\(name)._area IN (\(homes))"
        place = "\(Self.function)(\(name)._area, \(grid))"
    }

    static func prepare(_ database: Database, by areas: AreaMap) {
        guard !areas.divided.isEmpty else { return }
        database.add(
            function: DatabaseFunction(function, argumentCount: 2, pure: true) { values in
                guard let text = String.fromDatabaseValue(values[0]),
                    let home = try? AreaCode(parsing: text)
                else { return values[0] }
                let grid = String.fromDatabaseValue(values[1]).flatMap {
                    try? AreaCode(parsing: $0)
                }
                return areas.place(of: home, grid: grid).description
            })
    }

    /// What gives the grid of a row, or a finer code.
    private static func grid(
        of table: TableSchema, row: String, among tables: [UInt32: TableSchema], depth: Int
    ) -> String? {
        let open = table.columns.filter { $0.storage == .text && !$0.isSealed }
        let own = open.first {
            guard case .areaCode(let levels) = $0.field.type else { return false }
            return levels.allSatisfy { $0 >= .grid }
        }
        if let own { return "\(row).\"\(own.field.name)\"" }
        guard depth < Catalogue.belongingDepthMax else { return nil }
        let found = table.collection.belongsBy.compactMap { name, collection -> String? in
            guard open.contains(where: { $0.field.name == name }),
                let other = tables.values.first(where: { $0.collection.name == collection })
            else { return nil }
            let alias = "place\(depth)"
            guard let grid = grid(of: other, row: alias, among: tables, depth: depth + 1) else {
                return nil
            }
            return """
                (SELECT \(grid) FROM main."\(collection)" AS \(alias)
                WHERE \(alias).id = \(row)."\(name)"
                ORDER BY \(alias)._key < 0, \(alias)._area, \(alias)._key LIMIT 1)
                """
        }
        guard let first = found.first else { return nil }
        return found.count == 1 ? first : "coalesce(\(found.joined(separator: ", ")))"
    }
}

extension Store {
    /// The village in which a record lies now; nil where none was divided that it could lie in.
    package func place(of key: RecordKey, by areas: AreaMap) throws -> AreaCode? {
        let home = key.domain.area
        guard areas.heirs(of: home).count > 1, let table = tables[key.collection],
            let column = PlaceColumn(of: table, among: tables, by: areas)
        else { return nil }
        let isNamed = if case .named = key.address { true } else { false }
        return try read { database in
            PlaceColumn.prepare(database, by: areas)
            let text = try String.fetchOne(
                database,
                sql: """
                    SELECT \(column.place) FROM "\(table.collection.name)"
                    WHERE id = ? AND _area = ? AND (_key < 0) = ? LIMIT 1
                    """,
                arguments: [
                    RecordNaming.id(of: key.address).description, home.description,
                    isNamed,
                ])
            return text.flatMap { try? AreaCode(parsing: $0) }
        }
    }
}
