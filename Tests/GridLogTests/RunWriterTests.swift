// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

/// A log lives for ever: what its author signs, everyone else must be able to read.
struct RunWriterTests {
    private func draft(_ writes: FieldWrite..., target: DraftChange.Target = .new) -> DraftChange {
        DraftChange(collection: 20, target: target, archives: false, writes: writes)
    }

    private func failure(of changes: [DraftChange]) -> AuthoringFailure? {
        var pen = Pen(1)
        do {
            _ = try pen.write([changes])
            return nil
        } catch {
            return error as? AuthoringFailure
        }
    }

    @Test func anEntryMayFillItsLimitExactly() throws {
        let empty = try #require(try Pen(1).sizes(of: [.note("")]).first)
        // Two lengths, of the text and of the values, take two bytes more each when long.
        let room = ProtocolLimits.entryBytesMax - empty - 4
        #expect(failure(of: [.note(String(repeating: "a", count: room))]) == nil)
        #expect(
            failure(of: [.note(String(repeating: "a", count: room + 1))])
                == .entryTooLarge(bytes: ProtocolLimits.entryBytesMax + 1))
    }

    @Test func anEntryHasAtMost256Records() {
        #expect(failure(of: (0..<256).map { .note("\($0)") }) == nil)
        #expect(failure(of: (0..<257).map { .note("\($0)") }) == .tooManyRecords(257))
    }

    private static let unreadable: [(DraftChange.Target, [FieldWrite], DecodingViolation)] = [
        (.new, (0..<513).map { .init(field: $0, operation: .clear) }, .lengthTooLarge),
        (
            .new,
            [.init(field: 1, operation: .clear), .init(field: 1, operation: .assign(.integer(1)))],
            .contradiction
        ),
        (
            .new, [.init(field: 1, operation: .clear), .init(field: 1, operation: .clear)],
            .notAscending
        ),
        (.new, [.init(field: 1, operation: .add([]))], .empty),
        (.new, [.init(field: 1, operation: .add([.integer(2), .integer(1)]))], .notAscending),
        (.new, [.init(field: 1, operation: .assign(.text("a\u{0}")))], .textHoldsNul),
        (.new, [.init(field: 1, operation: .assign(.date(.max)))], .dateOutOfRange),
        (.new, [.init(field: 65_536, operation: .clear)], .integerTooLarge),
        (
            .new,
            [
                .init(field: 1, operation: .add([.integer(1)])),
                .init(field: 1, operation: .remove([.integer(1)])),
            ],
            .contradiction
        ),
    ]

    @Test(arguments: unreadable) func whatNobodyCouldReadIsNotSigned(
        target: DraftChange.Target, writes: [FieldWrite], violation: DecodingViolation
    ) {
        let change = DraftChange(
            collection: 20, target: target, archives: false, writes: writes)
        #expect(failure(of: [change]) == .malformed(violation))
    }

    @Test func oneEntrySpeaksOfARecordOnce() {
        let named = draft(target: .existing(.named(RecordID(high: 1, low: 1))))
        #expect(failure(of: [named]) == nil)
        #expect(failure(of: [named, named]) == .malformed(.recordTwice))
    }

    @Test func afterARefusedEntryTheRunGoesOnAsIfNothingHadBeen() throws {
        let pen = Pen(1)
        var writer = RunWriter(after: pen.state)
        let stamp = HybridTimestamp(rawValue: 5)
        _ = try writer.append([.note("a")], applied: VersionVector(), timestamp: stamp)
        #expect(throws: AuthoringFailure.self) {
            try writer.append(
                [draft(FieldWrite(field: 1, operation: .add([])))], applied: VersionVector(),
                timestamp: stamp)
        }
        #expect(writer.nextSequence == 2)
        _ = try writer.append([.note("b")], applied: VersionVector(), timestamp: stamp)
        let run = writer.seal(with: pen.author)
        #expect(try RunVerifier.verify(Run(decoding: run.run.encoded)).entries.count == 2)
    }

    @Test func aFullLogTakesNoMoreEntries() throws {
        let pen = Pen(1)
        var writer = ByteWriter()
        writer.unsigned(ProtocolLimits.sequenceMax)
        writer.raw([UInt8](repeating: 0, count: 34))
        var reader = ByteReader(writer.bytes)
        let full = try reader.logState(identity: pen.state.identity)
        var run = RunWriter(after: full)
        #expect(throws: AuthoringFailure.logFull) {
            try run.append(
                [.note("a")], applied: VersionVector(), timestamp: HybridTimestamp(rawValue: 1))
        }
    }

    /// One key may name any number of replicas, so any member could make that many logs.
    @Test func aDomainOfTooManyLogsStopsNobodyFromWriting() throws {
        var pen = Pen(1)
        let logs = (0..<UInt64(ProtocolLimits.contextLogsMax + 2)).map {
            LogID(replica: ReplicaID(high: 0, low: $0), domain: pen.log.domain)
        }
        let applied = VersionVector(logs.map { ($0, 1) })
        let run = try pen.write((0..<5).map { [.note("\($0)")] }, applied: applied)
        #expect(run.entries.map(\.contextChanges.count) == [1_024, 1_024, 1_024, 1_024, 0])
        #expect(try RunVerifier.verify(run.run).entries.count == 5)
        let last = try #require(logs.last)
        let beyond = draft(
            target: .existing(.created(dot: Dot(log: last, sequence: 1), index: 0)))
        #expect(throws: AuthoringFailure.contextFull) {
            try pen.write([[beyond]], applied: applied)
        }
    }
}

extension Pen {
    /// Encoded sizes of the entries of one run.
    fileprivate func sizes(of changes: [DraftChange]) throws -> [Int] {
        var pen = self
        return try pen.write([changes]).entries.map { $0.head.count + $0.values.count }
    }
}
