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

/// What became of some runs of a file, and from where its next runs may go on.
package struct CarriedRuns: Sendable {
    package fileprivate(set) var verdicts: [CarriedVerdict] = []
    /// The states of logs after runs that follow and were not kept, as those of settled work.
    package fileprivate(set) var ends: [LogState] = []

    package init() {}
}

/// Quarantines on their way from a machine to its office.
extension Store {
    /// Shows everything beside the ledger of some logs that anybody could take over, log by log, each
    /// in its order: no more than one log is in memory.
    package func eachRunToCarry(
        in isWanted: (LogIdentity) -> Bool,
        _ body: (_ envelope: [UInt8], _ entries: Int) throws -> Void
    ) throws {
        try read { database in
            let wanted = try references(database).identities.filter {
                $0.value.domain.lane != .authority && isWanted($0.value)
            }
            for (reference, _) in wanted.sorted(by: { $0.value.log < $1.value.log }) {
                let runs = try Self.runsBeside(reference, in: database, seal).map(\.run.run)
                    .sorted { ($0.first, $0.last) < ($1.first, $1.last) }
                for run in runs { try body(RunEnvelope.seal(run), run.count) }
            }
        }
    }

    /// Brings runs into quarantine that follow what is here, and hold what is neither here nor settled;
    /// in the same transaction, what redactions destroy of them is gone.
    ///
    /// - Parameters:
    ///   - runs: genuine ones, of logs that have ended or forked.
    ///   - source: who has sealed the file they came in.
    ///   - former: what became of the runs of the file before these.
    ///   - book: the redactions that count.
    package func bring(
        _ runs: [VerifiedRun], from source: PublicKey, at time: UInt64, after former: CarriedRuns,
        destroying book: RedactionBook
    ) throws -> CarriedRuns {
        var brought = CarriedRuns()
        brought.verdicts = .init(repeating: .refused(code: "follows_nothing"), count: runs.count)
        try note(Array(Set(runs.map(\.run.identity))))
        try write { database in
            let references = try references(database)
            let logs = try Dictionary(
                logs(database).map { ($0.identity.log, $0) }, uniquingKeysWith: { $1 })
            let byLog = Dictionary(grouping: runs.indices) { runs[$0].run.identity }
            brought.ends = former.ends.filter { byLog[$0.identity] == nil }
            for (identity, places) in byLog.sorted(by: { $0.key.log < $1.key.log }) {
                guard let reference = references[identity.log] else { continue }
                let found = try Self.bring(
                    places.map { runs[$0] }, of: logs[identity.log] ?? LogState(identity: identity),
                    reference, (source, time),
                    after: former.ends.filter { $0.identity == identity }, in: database, seal)
                for (place, verdict) in zip(places, found.verdicts) {
                    brought.verdicts[place] = verdict
                }
                brought.ends += found.ends
            }
            if !book.isEmpty {
                _ = try Self.destroy(book, from: [.quarantined, .setAside], in: database, seal)
            }
        }
        return brought
    }

    private static func bring(
        _ runs: [VerifiedRun], of log: LogState, _ reference: Int64,
        _ source: (key: PublicKey, time: UInt64), after former: [LogState],
        in database: Database, _ seal: FolderSeal
    ) throws -> CarriedRuns {
        var here = try runsInQuarantine(reference, in: database, seal).runs
        var branches = try LogBranches(
            log, reference, from: ((here + runs).map(\.run.first).min() ?? 1) - 1, in: database,
            seal)
        for state in former { branches.goOn(from: state) }
        var ends = Dictionary(former.map { ($0.head, $0) }, uniquingKeysWith: { $1 })
        var passed = try settled(reference, in: database)
        var held = Set(here.flatMap(\.hashes))
        passed.formUnion(held)
        var room = try Room(beside: reference, in: database)
        var brought = CarriedRuns()
        brought.verdicts = .init(repeating: .refused(code: "follows_nothing"), count: runs.count)
        // A run goes on from none that begins after it.
        var open = runs.indices.sorted { runs[$0].run.first < runs[$1].run.first }
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
                case .counted: brought.verdicts[place] = .known
                case .broken(let violation):
                    brought.verdicts[place] = .refused(code: "malformed_\(violation.rawValue)")
                case .follows(let steps, let end):
                    isGoingOn = true
                    ends[runs[place].run.backlink] = nil
                    ends[end.head] = end
                    let news = steps.count { !passed.contains($0.hash) }
                    guard news > 0 else {
                        brought.verdicts[place] = .known
                        break
                    }
                    let start = try branches.missingStart(of: runs[place], beside: held)
                    guard
                        try keep(
                            runs[place], reference, source, after: start, &room, in: database,
                            seal)
                    else {
                        brought.verdicts[place] = .refused(code: "quarantine_full")
                        break
                    }
                    passed.formUnion(steps.map(\.hash))
                    held.formUnion(runs[place].hashes)
                    ends[end.head] = nil
                    brought.verdicts[place] = .taken(entries: news)
                }
                return false
            }
        }
        brought.ends = ends.values.sorted { $0.head < $1.head }
        return brought
    }

    /// How much of a log is set aside, in bytes, counted once for all runs that come together.
    private struct Room {
        private(set) var bytes: Int

        init(beside reference: Int64, in database: Database) throws {
            bytes =
                try Int.fetchOne(
                    database,
                    sql: "SELECT coalesce(sum(length(envelope)), 0) FROM set_aside WHERE log = ?",
                    arguments: [reference]) ?? 0
        }

        /// - Returns: false, where so much more is too much.
        mutating func take(_ envelope: [UInt8]) -> Bool {
            guard bytes + envelope.count <= ProtocolLimits.setAsideBytesMax else { return false }
            bytes += envelope.count + FolderSeal.runAddedBytes
            return true
        }
    }

    /// - Parameter start: the state before it, where nothing of that is here.
    /// - Returns: false where too much of the log lies beside it.
    private static func keep(
        _ run: VerifiedRun, _ reference: Int64, _ source: (key: PublicKey, time: UInt64),
        after start: LogState?, _ room: inout Room, in database: Database, _ seal: FolderSeal
    ) throws -> Bool {
        guard let head = run.hashes.last else { return false }
        let envelope = run.envelope ?? RunEnvelope.seal(run.run)
        guard room.take(envelope) else { return false }
        try setAside(run, envelope, log: reference, in: database, seal)
        let state = start.map { start in
            var writer = ByteWriter(reserving: 128)
            writer.logState(start)
            return Data(writer.bytes)
        }
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO carried (log, last, head, source, at, start)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                reference, Int64(run.run.last), Data(head.array), Data(source.key.bytes.array),
                Int64(clamping: source.time), state,
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
