// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct LogStateTests {
    private let others = [Pen(7), Pen(8), Pen(9)].map(\.log)

    private func applied(_ heights: UInt64...) -> VersionVector { applied(heights) }

    private func applied(_ heights: [UInt64]) -> VersionVector {
        VersionVector(zip(others, heights).map { (log: LogID, height: UInt64) in (log, height) })
    }

    /// One entry of log 1 with one empty change, read from bytes made by hand.
    private func entry(
        _ sequence: UInt64, _ context: [ContextChange], _ reference: RecordReference = .new(0),
        isWithheld: Bool = false
    ) throws -> Entry {
        var writer = ByteWriter()
        writer.signed(-5)
        writer.count(context.count)
        for change in context {
            switch change {
            case .grown(let reference, let height):
                writer.unsigned(reference)
                writer.unsigned(height)
            case .added(let replica, let height):
                writer.byte(0)
                writer.replica(replica)
                writer.unsigned(height)
            }
        }
        writer.raw([0, 1, 20])
        if case .existing(let log, let sequence, let index) = reference {
            writer.byte(1)
            writer.unsigned(log)
            writer.unsigned(sequence)
            writer.unsigned(index)
        } else {
            writer.byte(0)
        }
        writer.byte(0)
        if isWithheld { writer.raw(Bytes32.zero) }
        let identity = Pen(1).state.identity
        let run = Run(
            identity: identity, first: sequence, count: 1, backlink: identity.digest,
            salts: [isWithheld ? .withheld(entries: 1) : .seed(.random(), entries: 1)],
            entryBytes: writer.bytes, signature: [])
        return try #require(try RunVerifier.read(run).entries.first)
    }

    /// A log that has named the first two others, with one entry.
    private func grown() throws -> LogState {
        var pen = Pen(1)
        _ = try pen.write([[.note("a")]], applied: applied(4, 2))
        return pen.state
    }

    @Test func theDurableFormReadsBackAsItself() throws {
        var pen = Pen(1)
        let grows: [[UInt64]] = [[0, 0, 0], [1, 0, 0], [1, 3, 0], [2, 3, 5]]
        for heights in grows {
            _ = try pen.write(
                [[.note("a")], [.note("b")]],
                applied: applied(heights))
            var writer = ByteWriter()
            writer.logState(pen.state)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.logState(identity: pen.state.identity) == pen.state)
            try reader.finish()
        }
    }

    @Test func theContextIsWhatTheAuthorHadAppliedAndWritten() throws {
        var pen = Pen(1)
        _ = try pen.write([[.note("a")]], applied: applied(4))
        #expect(pen.state.context == VersionVector([(others[0], UInt64(4)), (pen.log, UInt64(1))]))
        let run = try pen.write([[.note("b")]], applied: applied(4, 2, 1))
        #expect(
            pen.state.context
                == VersionVector(
                    zip(others + [pen.log], [4, 2, 1, 2] as [UInt64]).map { ($0, $1) }))
        #expect(run.entries[0].contextChanges.count == 2)
    }

    @Test func nothingNewMakesNoContextChange() throws {
        var pen = Pen(1)
        _ = try pen.write([[.note("a")]], applied: applied(4, 2))
        #expect(pen.state.contextChanges(to: applied(4, 2)).isEmpty)
        #expect(pen.state.contextChanges(to: applied(3, 1)).isEmpty)
        #expect(pen.state.contextChanges(to: applied(5, 2)).count == 1)
    }

    @Test func logsOfOtherDomainsStayOutOfTheContext() throws {
        let urgent = Pen(7, lane: .urgent).log
        #expect(Pen(1).state.contextChanges(to: VersionVector([(urgent, UInt64(3))])).isEmpty)
    }

    @Test func anEntryIsCoveredWhenAllThatItsAuthorSawIsThere() throws {
        let state = try grown()
        let replica = others[2].replica
        let place = UInt32(try #require(state.references.firstIndex(of: others[0])))
        let reader = try entry(
            2, [.grown(reference: place, height: 6), .added(replica, height: 3)])
        #expect(state.isCovered(reader, by: applied(6, 2, 3)))
        #expect(state.isCovered(reader, by: applied(7, 0, 4)))
        #expect(!state.isCovered(reader, by: applied(5, 2, 3)))
        #expect(!state.isCovered(reader, by: applied(6, 2, 2)))
        #expect(!state.isCovered(reader, by: applied(6, 2)))
    }

    @Test func referencesResolveToTheLogsTheyWereGivenFor() throws {
        for (place, log) in try grown().references.enumerated().dropFirst() {
            var state = try grown()
            let (_, changes) = try state.resolve(
                try entry(2, [], .existing(log: UInt32(place), sequence: 2, index: 3)))
            #expect(changes.map(\.address) == [.created(dot: Dot(log: log, sequence: 2), index: 3)])
        }
    }

    @Test func theOwnLogIsReferenceNought() throws {
        var state = try grown()
        let own = state.identity.log
        let (_, changes) = try state.resolve(
            try entry(2, [], .existing(log: 0, sequence: 1, index: 0)))
        #expect(changes.map(\.address) == [.created(dot: Dot(log: own, sequence: 1), index: 0)])
    }

    private static let violations: [([ContextChange], RecordReference, DecodingViolation)] = [
        ([.grown(reference: 3, height: 9)], .new(0), .unknownReference),
        ([], .existing(log: 3, sequence: 1, index: 0), .unknownReference),
        // The entry itself and what was not seen cannot have been meant.
        ([], .existing(log: 0, sequence: 2, index: 0), .unknownReference),
        ([], .existing(log: 1, sequence: 5, index: 0), .unknownReference),
        // The own log, a log twice, a log that has not grown.
        ([.added(Pen(1).log.replica, height: 9)], .new(0), .contextNotForeign),
        ([.added(Pen(7).log.replica, height: 9)], .new(0), .contextNotForeign),
        ([.grown(reference: 1, height: 2)], .new(0), .contextNotForeign),
    ]

    @Test(arguments: violations) func whatCannotBeResolvedIsRefusedByName(
        context: [ContextChange], reference: RecordReference, violation: DecodingViolation
    ) throws {
        var state = try grown()
        let entry = try entry(2, context, reference)
        #expect(throws: violation) { try state.resolve(entry) }
    }

    @Test func aTableTakesNoMoreLogsThanItsLimit() throws {
        var state = Pen(1).state
        for sequence: UInt64 in 1...4 {
            let added = (1...1_024).map {
                ContextChange.added(ReplicaID(high: sequence, low: $0), height: 1)
            }
            _ = try state.resolve(entry(sequence, added))
            state.advance(to: .zero)
        }
        let more = try entry(5, [.added(ReplicaID(high: 9, low: 0), height: 1)])
        #expect(throws: DecodingViolation.lengthTooLarge) { try state.resolve(more) }
    }

    @Test func aLogOfWithheldValuesStillGoesOn() throws {
        var state = try grown()
        let withheld = try entry(2, [], isWithheld: true)
        let before = state.timestamp
        let (timestamp, changes) = try state.resolve(withheld)
        #expect(changes.isEmpty)
        #expect(timestamp.rawValue == before.rawValue - 5)
    }
}
