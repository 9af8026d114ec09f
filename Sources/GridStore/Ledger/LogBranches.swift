// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridLog

/// What lies beside one log of the ledger: branches that leave it, at its end or earlier.
///
/// A run is taken when it leaves the log, or goes on from one that was taken, or from what was settled
/// and is gone. What it holds may be anything that its key has signed.
struct LogBranches {
    /// One entry of a branch.
    struct Step {
        let entry: QuarantinedEntry
        let hash: Bytes32
    }

    enum Taken {
        /// The entries of it that the log does not have.
        case follows([Step], end: LogState)
        /// The log has all of it.
        case counted
        /// It follows nothing that is known by now.
        case unconnected
        /// It follows, and one of its entries speaks of what it cannot know.
        case broken(DecodingViolation)
    }

    private struct Piece {
        let run: VerifiedRun
        /// The state before its first entry that the log does not have.
        let start: LogState
        let branch: Bytes32
    }

    private let identity: LogIdentity
    /// The hashes of the log's entries, and of what is before the first, by sequence.
    private let trunk: [UInt64: Bytes32]
    private let state: (UInt64) throws -> LogState?
    private var pieces: [Piece] = []
    /// Which piece has an entry first that its run goes on with, by the entry's hash.
    private var places: [Bytes32: Int] = [:]
    /// Where runs go on of which nothing more is here, by the hash of the entry before them.
    private var starts: [Bytes32: LogState]

    /// - Parameters:
    ///   - current: the log as it is by now.
    ///   - sequence: hashes from here on are asked for.
    init(
        _ current: LogState, _ reference: Int64, from sequence: UInt64, in database: Database,
        _ seal: FolderSeal
    ) throws {
        identity = current.identity
        var trunk: [UInt64: Bytes32] = [0: LogState(identity: current.identity).head]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, first, envelope FROM runs WHERE id >= ? AND id < ? ORDER BY id",
            arguments: [
                reference << 32 | Int64(sequence & 0xFFFF_FFFF), (reference + 1) << 32,
            ])
        while let row = try rows.next() {
            guard let run = Store.read(row, seal) else { continue }
            if run.run.first > 1 { trunk[run.run.first - 1] = run.run.backlink }
            for (entry, hash) in zip(run.entries, run.hashes) { trunk[entry.sequence] = hash }
        }
        self.trunk = trunk
        starts = try Self.starts(of: identity, reference, in: database)
        state = { height in
            guard height != current.height else { return current }
            return try Store.state(current.identity, reference, at: height, in: database, seal)
        }
    }

    /// Whether the log has an entry.
    func counts(_ sequence: UInt64, _ hash: Bytes32) -> Bool { trunk[sequence] == hash }

    /// Lets a run go on from a state that was seen before, whose entries are not kept.
    mutating func goOn(from state: LogState) { starts[state.head] = state }

    /// The state before a run, where it goes on from nothing that the log or a run in `held` has.
    ///
    /// - Parameter held: the hashes of entries that are beside the log.
    func missingStart(of run: VerifiedRun, beside held: Set<Bytes32>) throws -> LogState? {
        guard !counts(run.run.first - 1, run.run.backlink), !held.contains(run.run.backlink)
        else { return nil }
        return try start(of: run)?.0
    }

    /// Takes a run, if it follows what is known.
    mutating func take(_ run: VerifiedRun) throws -> Taken {
        guard let (start, branch) = try start(of: run) else { return .unconnected }
        guard start.height < run.run.last else { return .counted }
        var log = start
        let branchHash = branch ?? run.hash(at: start.height + 1) ?? start.head
        var steps: [Step] = []
        for (entry, hash) in zip(run.entries, run.hashes) where entry.sequence > start.height {
            do throws(DecodingViolation) {
                let (timestamp, changes) = try log.resolve(entry)
                steps.append(
                    Step(
                        entry: QuarantinedEntry(
                            dot: Dot(log: identity.log, sequence: entry.sequence),
                            timestamp: timestamp, context: log.context, changes: changes,
                            branch: branchHash),
                        hash: hash))
            } catch {
                return .broken(error)
            }
            log.advance(to: hash)
        }
        for step in steps where places[step.hash] == nil { places[step.hash] = pieces.count }
        pieces.append(Piece(run: run, start: start, branch: branchHash))
        return .follows(steps, end: log)
    }

    /// The state from which a run goes on, and its branch where that is not its own.
    private func start(of run: VerifiedRun) throws -> (LogState, Bytes32?)? {
        var leaving = run.run.first - 1
        if trunk[leaving] == run.run.backlink {
            while leaving < run.run.last, let hash = trunk[leaving + 1],
                hash == run.hash(at: leaving + 1)
            { leaving += 1 }
            guard let state = try state(leaving), state.head == run.hash(at: leaving) else {
                return nil
            }
            return (state, nil)
        }
        let before = run.run.first - 1
        guard let place = places[run.run.backlink] else {
            return starts[run.run.backlink].flatMap { $0.height == before ? ($0, nil) : nil }
        }
        let piece = pieces[place]
        guard piece.run.hash(at: before) == run.run.backlink else { return nil }
        var log = piece.start
        for (entry, hash) in zip(piece.run.entries, piece.run.hashes)
        where entry.sequence > log.height && entry.sequence <= before {
            try log.take(entry)
            log.advance(to: hash)
        }
        return (log, piece.branch)
    }

    private static func starts(
        of identity: LogIdentity, _ reference: Int64, in database: Database
    ) throws -> [Bytes32: LogState] {
        let kept = try Row.fetchAll(
            database, sql: "SELECT start FROM carried WHERE log = ? AND start IS NOT NULL",
            arguments: [reference])
        return try kept.reduce(into: [:]) { starts, row in
            var reader = ByteReader(try row.bytes("start"))
            let state = try reader.logState(identity: identity)
            starts[state.head] = state
        }
    }
}
