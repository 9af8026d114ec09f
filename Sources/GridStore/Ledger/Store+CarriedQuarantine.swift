// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog

/// What became of a run that was carried here out of another machine's quarantine.
package enum CarriedVerdict: Hashable, Sendable {
    /// So many of its entries were not here.
    case taken(entries: Int)
    /// All of it is here, or was settled here before.
    case known
    case refused(code: String)
}

/// Quarantines on their way from a machine to its office.
extension Store {
    /// Everything beside the ledger of some logs that anybody could take over, by log, each in its
    /// order.
    package func runsToCarry(
        in isWanted: (LogIdentity) -> Bool
    ) throws -> [(bytes: [UInt8], entries: Int)] {
        try read { database in
            let wanted = try references(database).identities.filter {
                $0.value.domain.lane != .authority && isWanted($0.value)
            }
            return try wanted.sorted { $0.value.log < $1.value.log }.flatMap { reference, _ in
                try Self.runsBeside(reference, in: database, seal).map(\.run)
                    .sorted { ($0.run.first, $0.run.last) < ($1.run.first, $1.run.last) }
                    .map { (RunEnvelope.seal($0.run), $0.run.count) }
            }
        }
    }

    /// Brings runs into quarantine that follow what is here, and hold what is neither here nor settled.
    ///
    /// - Parameters:
    ///   - runs: genuine ones, of logs that have ended or forked.
    ///   - source: who has sealed the file they came in.
    package func bring(
        _ runs: [VerifiedRun], from source: PublicKey, at time: UInt64
    ) throws -> [CarriedVerdict] {
        var verdicts = [CarriedVerdict?](repeating: nil, count: runs.count)
        try note(Array(Set(runs.map(\.run.identity))))
        try write { database in
            let references = try references(database)
            let logs = try Dictionary(
                logs(database).map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
            let byLog = Dictionary(grouping: runs.indices) { runs[$0].run.identity }
            for (identity, places) in byLog.sorted(by: { $0.key.log < $1.key.log }) {
                guard let reference = references[identity.log] else { continue }
                let found = try Self.bring(
                    places.map { runs[$0] }, of: logs[identity.log] ?? LogState(identity: identity),
                    reference, (source, time), in: database, seal)
                for (place, verdict) in zip(places, found) { verdicts[place] = verdict }
            }
        }
        return verdicts.map { $0 ?? .refused(code: "follows_nothing") }
    }

    private static func bring(
        _ runs: [VerifiedRun], of log: LogState, _ reference: Int64,
        _ source: (key: PublicKey, time: UInt64), in database: Database, _ seal: FolderSeal
    ) throws -> [CarriedVerdict] {
        var here = try runsInQuarantine(reference, in: database, seal).runs
        var branches = try LogBranches(
            log, reference, from: ((here + runs).map(\.run.first).min() ?? 1) - 1, in: database,
            seal)
        var passed = try settled(reference, in: database)
        for run in here { passed.formUnion(run.hashes) }
        var verdicts = [CarriedVerdict](
            repeating: .refused(code: "follows_nothing"), count: runs.count)
        var open = Array(runs.indices)
        var isGoingOn = true
        while isGoingOn {
            isGoingOn = false
            here = try here.filter { run in
                guard case .follows = try branches.take(run) else { return true }
                isGoingOn = true
                return false
            }
            open = try open.filter { place in
                switch try branches.take(runs[place]) {
                case .unconnected: return true
                case .counted: verdicts[place] = .known
                case .broken(let violation):
                    verdicts[place] = .refused(code: "malformed_\(violation.rawValue)")
                case .follows(let steps):
                    isGoingOn = true
                    let news = steps.count { !passed.contains($0.hash) }
                    guard news > 0 else {
                        verdicts[place] = .known
                        break
                    }
                    guard try keep(runs[place], reference, source, in: database, seal) else {
                        verdicts[place] = .refused(code: "quarantine_full")
                        break
                    }
                    passed.formUnion(steps.map(\.hash))
                    verdicts[place] = .taken(entries: news)
                }
                return false
            }
        }
        return verdicts
    }

    /// - Returns: false where too much of the log lies beside it.
    private static func keep(
        _ run: VerifiedRun, _ reference: Int64, _ source: (key: PublicKey, time: UInt64),
        in database: Database, _ seal: FolderSeal
    ) throws -> Bool {
        guard let head = run.hashes.last else { return false }
        let envelope = run.envelope ?? RunEnvelope.seal(run.run)
        let bytes = try Int.fetchOne(
            database,
            sql: "SELECT coalesce(sum(length(envelope)), 0) FROM set_aside WHERE log = ?",
            arguments: [reference])
        guard (bytes ?? 0) + envelope.count <= ProtocolLimits.setAsideBytesMax else { return false }
        try setAside(run, envelope, log: reference, in: database, seal)
        try database.execute(
            sql:
                "INSERT OR IGNORE INTO carried (log, last, head, source, at) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                reference, Int64(run.run.last), Data(head.array), Data(source.key.bytes.array),
                Int64(clamping: source.time),
            ])
        return true
    }

    /// What is in quarantine beside a log and can be read, from the front, and how many entries are
    /// in what cannot.
    static func runsInQuarantine(
        _ reference: Int64, in database: Database, _ seal: FolderSeal
    ) throws -> (runs: [VerifiedRun], unreadable: Int) {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, first, id & 0xFFFFFFFF AS last, counted, envelope FROM quarantined
                WHERE id > ? AND id < ?
                UNION ALL
                SELECT set_aside.id, first, set_aside.last, 0, envelope
                FROM set_aside JOIN carried USING (log, last, head) WHERE log = ?
                ORDER BY first, last
                """,
            arguments: [reference << 32, (reference + 1) << 32, reference])
        var runs: [VerifiedRun] = []
        var unreadable = 0
        for row in rows {
            if let run = read(row, seal) {
                runs.append(run)
            } else {
                let before = max(
                    try row.cell("first", as: Int64.self) - 1,
                    try row.cell("counted", as: Int64.self))
                unreadable += Int(max(0, try row.cell("last", as: Int64.self) - before))
            }
        }
        return (runs, unreadable)
    }

    /// Who has carried runs of a log here.
    static func sources(of reference: Int64, in database: Database) throws -> [QuarantineSource] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT source, min(at) AS at FROM carried JOIN set_aside USING (log, last, head)
                WHERE log = ? GROUP BY source
                """,
            arguments: [reference]
        ).map {
            QuarantineSource(
                key: try key($0, "source"),
                time: UInt64(clamping: try $0.cell("at", as: Int64.self)))
        }
    }

    /// The hashes of a log's entries that were adopted or discarded here.
    static func settled(_ reference: Int64, in database: Database) throws -> Set<Bytes32> {
        var hashes: Set<Bytes32> = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT hash FROM settled WHERE log = ?", arguments: [reference])
        while let row = try rows.next() {
            if let hash = Bytes32(try row.bytes("hash")) { hashes.insert(hash) }
        }
        return hashes
    }

    /// Forgets what a key has in quarantine, and keeps in mind that it was settled.
    static func discard(
        quarantined key: PublicKey, in database: Database, _ seal: FolderSeal
    ) throws {
        let references = try LogReferences(database).identities.filter { $0.value.key == key }
        for (reference, identity) in references {
            let runs = try runsInQuarantine(reference, in: database, seal).runs
            let first = runs.map(\.run.first).min() ?? 1
            let log = try LogBranches(
                LogState(identity: identity), reference, from: first - 1, in: database, seal)
            for run in runs {
                for (entry, hash) in zip(run.entries, run.hashes)
                where !log.counts(entry.sequence, hash) {
                    try database.cachedStatement(
                        sql: "INSERT OR IGNORE INTO settled (log, hash) VALUES (?, ?)"
                    ).execute(arguments: [reference, Data(hash.array)])
                }
            }
            try database.execute(
                sql: """
                    DELETE FROM quarantined WHERE id > ? AND id < ?;
                    DELETE FROM set_aside WHERE (log, last, head) IN (
                        SELECT log, last, head FROM carried WHERE log = ?);
                    DELETE FROM carried WHERE log = ?;
                    """,
                arguments: [reference << 32, (reference + 1) << 32, reference, reference])
        }
    }
}
