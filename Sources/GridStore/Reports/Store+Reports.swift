// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
package import GridCore
package import GridLog
import GridSync

/// What a report says of its kind.
package struct ReportKind: Hashable, Sendable {
    package let code: String
    package let title: String
    package let titleEnglish: String
    package let formulaVersion: Int
    package let formula: String
    package let formulaEnglish: String
}

extension Store {
    /// From so long without an entry on a village counts as silent, in milliseconds: three days.
    package static let silentAfterMilliseconds: Int64 = 259_200_000

    /// The kinds of reports, in the order of their numbers.
    package static let reportKinds: [ReportKind] = ReportDefinition.all.map { kind in
        ReportKind(
            code: kind.code, title: kind.title, titleEnglish: kind.titleEnglish,
            formulaVersion: kind.version, formula: kind.formula,
            formulaEnglish: kind.formulaEnglish)
    }

    /// Computes a report from one snapshot; nil for a kind that there is not.
    ///
    /// - Parameters:
    ///   - asOf: the instant of lights, in milliseconds since 1970; nil for the newest entry's
    ///     stamp, so that the same frontier gives the same report.
    ///   - now: no stamp is taken to be later than this.
    ///   - areas: what has become of area codes by the last day of the period.
    ///   - home: area and name of the node that holds a key; nil for a key unknown.
    package func report(
        _ code: String, period: ReportPeriod, area: AreaCode, asOf: Int64?, now: UInt64,
        areas: AreaMap = AreaMap(), home: (PublicKey) -> (area: AreaCode, name: String)?
    ) throws -> Report? {
        guard let kind = ReportDefinition.all.first(where: { $0.code == code }) else { return nil }
        let area = areas.current(area)
        return try readUnsealed(areas) { database in
            let logs = try logs(database).filter {
                $0.height > 0 && areas.concerns(area, $0.identity.domain.area)
            }.sorted { $0.identity.log < $1.identity.log }
            let newest = logs.map(\.timestamp.milliseconds).filter { $0 <= now }.max() ?? 0
            let instant = asOf ?? Int64(clamping: newest)
            let names = Self.names(try Self.names(database, areas), of: logs, areas, home)
            let reading = ReportReading(
                database: database, catalogue: catalogue, store: self,
                references: try references(database), area: area, areas: areas, period: period,
                asOf: instant, names: names)
            let body = try kind.make(reading)
            let isGuarded = kind.isGuarded && area.level < .township
            return Report(
                code: code, title: kind.title, titleEnglish: kind.titleEnglish,
                formulaVersion: kind.version, formula: kind.formula,
                formulaEnglish: kind.formulaEnglish, period: period, area: area,
                areaName: names["\(area)"] ?? "", asOf: instant,
                frontier: FrontierDigest(of: logs.map { FrontierRow($0) }).description,
                entries: logs.reduce(0) { $0 + $1.height },
                villages: Self.villages(
                    logs, names: names, of: area, areas: areas, period: period, asOf: instant,
                    home: home),
                columns: body.columns,
                rows: isGuarded ? body.rows.map { $0.map(\.guarded) } : body.rows)
        }
    }

    /// The heights of an area's logs, encoded: a count, then log and height of each, ascending.
    package func frontierBytes(
        of area: AreaCode, areas: AreaMap = AreaMap()
    ) throws -> [UInt8] {
        try read { database in
            let logs = try logs(database).filter {
                $0.height > 0 && areas.concerns(area, $0.identity.domain.area)
            }.sorted { $0.identity.log < $1.identity.log }
            var writer = ByteWriter()
            writer.count(logs.count)
            for log in logs { writer.frontierRow(FrontierRow(log)) }
            return writer.bytes
        }
    }

    /// Reads on a connection of its own that shows sealed columns.
    private func readUnsealed<Result>(
        _ areas: AreaMap, _ body: (Database) throws -> Result
    ) throws -> Result {
        try mapping {
            try DatabaseOpening.reader(at: folder.databasePath).read { database in
                let view = try UnsealedView.prepare(database, self, areas: areas)
                do {
                    return try body(database)
                } catch let error as DatabaseError {
                    throw view.failure ?? error
                }
            }
        }
    }

    /// Of divisions that are one now the name of the code of today, else that of the least former code.
    private static func names(
        _ database: Database, _ areas: AreaMap
    ) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT code, name FROM main.divisions WHERE name IS NOT NULL AND _archived = 0
                ORDER BY code, id
                """)
        var names: [String: String] = [:]
        for row in rows {
            let (code, name) = (try row.word("code"), try row.word("name"))
            let now = (try? AreaCode(parsing: code)).map { areas.current($0).description } ?? code
            if now == code || names[now] == nil { names[now] = name }
        }
        return names
    }

    /// Names of divisions, and of nodes where the division table has none; of several nodes the
    /// shortest name, which says least of the machine.
    private static func names(
        _ names: [String: String], of logs: [LogState], _ areas: AreaMap,
        _ home: (PublicKey) -> (area: AreaCode, name: String)?
    ) -> [String: String] {
        var nodes: [String: String] = [:]
        for node in logs.compactMap({ home($0.identity.key) }) {
            let area = areas.current(node.area)
            let known = nodes["\(area)"] ?? node.name
            nodes["\(area)"] = [known, node.name].min { ($0.count, $0) < ($1.count, $1) }
        }
        return names.merging(nodes) { division, _ in division }
    }

    /// The villages of the division table, and those of which there is a log.
    private static func villages(
        _ logs: [LogState], names: [String: String], of area: AreaCode, areas: AreaMap,
        period: ReportPeriod, asOf: Int64, home: (PublicKey) -> (area: AreaCode, name: String)?
    ) -> [Report.Village] {
        var heard: [AreaCode: UInt64] = [:]
        var known = Set(names.keys.compactMap { try? AreaCode(parsing: $0) }.map(areas.current))
        for log in logs {
            known.insert(areas.current(log.identity.domain.area))
            guard let village = home(log.identity.key).map({ areas.current($0.area) }),
                village.level == .village,
                areas.concerns(village, log.identity.domain.area)
            else { continue }
            heard[village] = max(heard[village] ?? 0, log.timestamp.milliseconds)
        }
        let end = period.end.map { ChinaTime.midnight(endingDay: $0 - 1) } ?? .max
        let limit = min(end, asOf - silentAfterMilliseconds)
        return known.filter { $0.level == .village && area.contains($0) }.sorted().map { village in
            let at = heard[village]
            return Report.Village(
                area: village, name: names["\(village)"] ?? "\(village)", heardAt: at,
                isCovered: at.map { Int64(clamping: $0) >= limit } ?? false)
        }
    }
}
