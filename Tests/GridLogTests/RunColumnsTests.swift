// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridTesting
import Testing

@testable import GridLog

struct RunColumnsTests {
    /// Runs with every kind of operation, value, reference and context change.
    private func run(_ random: inout SplitMix64, entries: Int) throws -> Run {
        var pen = Pen(1)
        var applied = VersionVector()
        let others = (2..<5).map { Pen($0).log }
        var runs: [Run] = []
        for _ in 0..<1 + entries / 4 {
            if random.below(3) == 0 {
                let other = random.pick(others)
                applied.raise(other, to: applied[other] + 1 + UInt64(random.below(300)))
            }
            var writes = (0...random.below(7)).map { _ in random.changes() }
            if random.below(2) == 0, let grown = applied.rows.first {
                let dot = Dot(log: grown.log, sequence: grown.height)
                writes[0].append(
                    DraftChange(
                        collection: 7, target: .existing(.created(dot: dot, index: 200)),
                        archives: true, writes: []))
            }
            runs.append(try pen.write(writes, applied: applied).run)
        }
        return try #require(Run.joined(runs))
    }

    private func columns(of run: Run) throws -> [UInt8] {
        try #require(RunColumns.split(run.entryBytes, entries: run.count)).columns
    }

    private func join(
        _ columns: [UInt8], as run: Run
    ) throws(DecodingViolation) -> [UInt8] {
        try RunColumns.join(columns, entries: run.count, size: run.entryBytes.count)
    }

    private func notes(_ texts: String...) throws -> Run {
        var pen = Pen(1)
        return try pen.write(texts.map { [.note($0)] }).run
    }

    @Test func whatIsSplitIsJoined() throws {
        var random = SplitMix64()
        for round in 0..<80 {
            let run = try run(&random, entries: round)
            let columns = try columns(of: run)
            #expect(try join(columns, as: run) == run.entryBytes, "ONEGRID_SEED=\(random.seed)")
        }
    }

    /// The length of the values stands before them and takes one byte, two or three.
    @Test(arguments: [124, 125, 16_379, 16_380, 16_381, 65_000])
    func lengthsOfValuesComeBack(length: Int) throws {
        let run = try notes("", String(repeating: "a", count: length), "b")
        #expect(try join(try columns(of: run), as: run) == run.entryBytes)
    }

    @Test func alikeStandsTogether() throws {
        let columns = try columns(of: try notes("dry", "wet"))
        let streams: [[UInt8]] = [
            [0, 0], [1, 20, 0, 1, 8, 1, 20, 0, 1, 8], [0, 0], [3, 3], Array("drywet".utf8),
        ]
        #expect(columns.hasSuffix(streams.flatMap { $0 }))
        #expect(columns.starts(with: [1]))
    }

    @Test func largeStreamsHaveBlocksOfTheirOwn() throws {
        let run = try notes(String(repeating: "a", count: 600), String(repeating: "b", count: 600))
        let (columns, cuts) = try #require(RunColumns.split(run.entryBytes, entries: 2))
        #expect(cuts == [columns.count - 1202, columns.count])
    }

    @Test func rowsThatAreNotSoManyEntriesAreNotSplit() throws {
        let rows = try notes("dry", "wet").entryBytes
        #expect(RunColumns.split(rows, entries: 2) != nil)
        #expect(RunColumns.split(rows, entries: 1) == nil)
        #expect(RunColumns.split(rows, entries: 3) == nil)
        #expect(RunColumns.split(rows + [0], entries: 2) == nil)
        for end in 0..<rows.count {
            #expect(RunColumns.split(Array(rows[..<end]), entries: 2) == nil)
        }
    }

    @Test func columnsOverTheirLimitAreNotSplit() throws {
        var pen = Pen(1)
        let limit = ProtocolLimits.runColumnsMax
        let entries = (0..<limit / 512).map { entry in
            [
                DraftChange(
                    collection: 20, target: .new, archives: false,
                    writes: (0..<512).map {
                        FieldWrite(field: UInt32(entry * 512 + $0), operation: .clear)
                    })
            ]
        }
        let most = try pen.write(entries).run
        #expect(try join(try columns(of: most), as: most) == most.entryBytes)
        let more = try #require(Run.joined([most, try pen.write([[.note("one more")]]).run]))
        #expect(RunColumns.split(more.entryBytes, entries: more.count) == nil)
    }

    @Test(arguments: HandMade.broken) func whatIsNotColumnsIsRefusedByName(
        _ broken: HandMade
    ) throws {
        #expect(try HandMade().rows(26).count == 26)
        #expect(throws: broken.violation) { try broken.rows(26) }
    }

    @Test func otherLengthsThanTheStreamsHaveAreRefused() throws {
        let columns = HandMade().bytes
        let patches: [(Int, [UInt8], DecodingViolation)] = [
            (0, [0x81, 0x20], .lengthTooLarge),
            (1, [0x81, 0x80, 0x10], .lengthTooLarge),
            (3, [11], .truncated),
            (3, [9], .trailingBytes),
        ]
        for (offset, patch, violation) in patches {
            var damaged = columns
            damaged.replaceSubrange(offset..<offset + 1, with: patch)
            #expect(throws: violation, "\(offset)") {
                try RunColumns.join(damaged, entries: 2, size: 26)
            }
        }
        #expect(throws: DecodingViolation.trailingBytes) {
            try RunColumns.join(columns + [0], entries: 2, size: 26)
        }
        for end in 0..<columns.count {
            #expect(throws: DecodingViolation.truncated) {
                try RunColumns.join(Array(columns[..<end]), entries: 2, size: 26)
            }
        }
    }

    @Test func anotherNumberOfEntriesOrBytesIsRefused() throws {
        let columns = HandMade().bytes
        #expect(throws: DecodingViolation.truncated) {
            try RunColumns.join(columns, entries: 3, size: 40)
        }
        #expect(throws: DecodingViolation.trailingBytes) {
            try RunColumns.join(columns, entries: 1, size: 26)
        }
        for size in [Int](0..<26) + [27, 262_144] {
            #expect(throws: DecodingViolation.compressionBroken) {
                try RunColumns.join(columns, entries: 2, size: size)
            }
        }
    }

    /// Whatever a peer sends as columns is refused, or is what the rows are split to again.
    @Test func noBytesTrapAndWhatIsJoinedIsSplitTheSameWay() throws {
        var random = SplitMix64()
        var joined = 0
        for _ in 0..<400 {
            let run = try run(&random, entries: 6)
            var columns = try columns(of: run)
            for _ in 0...random.below(3) {
                let place = random.below(columns.count)
                columns[place] = UInt8(truncatingIfNeeded: random.next() >> UInt64(random.below(8)))
            }
            let size = run.entryBytes.count + random.pick([0, 0, 0, 1, -1])
            guard
                let rows = try? RunColumns.join(columns, entries: run.count, size: size)
            else { continue }
            joined += 1
            let again = RunColumns.split(rows, entries: run.count)?.columns
            #expect(again == columns, "ONEGRID_SEED=\(random.seed)")
        }
        #expect(joined > 0)
    }
}

/// Two entries that each write one text, as columns made by hand.
struct HandMade: Sendable, CustomTestStringConvertible {
    let what: String
    let violation: DecodingViolation
    /// Those of the heads, then all tags, all heads of numbers, all that is left.
    var streams: [[UInt8]] = [
        [0, 0], [0, 0], [1, 20, 0, 1, 8, 1, 20, 0, 1, 8], [], [], [], [], [], [0, 0], [3, 3],
        Array("drywet".utf8),
    ]

    init(
        _ what: String = "sound", _ violation: DecodingViolation = .empty,
        _ change: (inout [[UInt8]]) -> Void = { _ in }
    ) {
        self.what = what
        self.violation = violation
        change(&streams)
    }

    var testDescription: String { what }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.count((streams.count - RunColumns.headStreams) / 3)
        for stream in streams { writer.count(stream.count) }
        for stream in streams { writer.raw(stream) }
        return writer.bytes
    }

    func rows(_ size: Int) throws(DecodingViolation) -> [UInt8] {
        try RunColumns.join(bytes, entries: 2, size: size)
    }

    static let broken = [
        HandMade("too few times", .truncated) { $0[0] = [0] },
        HandMade("too many times", .trailingBytes) { $0[0] = [0, 0, 0] },
        HandMade("a longer time than needed", .integerNotShortest) { $0[0] = [0x80, 0, 0] },
        HandMade("a time of more than 64 bits", .integerTooLarge) {
            $0[0] = [UInt8](repeating: 0xFF, count: 9) + [2, 0]
        },
        HandMade("a context without its replica", .truncated) { $0[1] = [1, 0, 9, 0] },
        HandMade("more contexts than there are bytes", .truncated) {
            $0[1] = [UInt8](repeating: 0xFF, count: 9) + [1, 1, 1]
        },
        HandMade("a form that nobody knows", .unknownTag) { $0[2][2] = 3 },
        HandMade("no log of an existing record", .truncated) { $0[2][2] = 1 },
        HandMade("no name of a named record", .truncated) { $0[2][2] = 2 },
        HandMade("a collection over its limit", .integerTooLarge) {
            $0[2].replaceSubrange(1...1, with: [0x80, 0x80, 4])
        },
        HandMade("a field over its limit", .integerTooLarge) {
            $0[2].replaceSubrange(4...4, with: [0x80, 0x80, 0x20])
        },
        HandMade("an operation that nobody knows", .unknownTag) {
            $0[2][4] = 14
            $0[2][9] = 14
        },
        HandMade("a column that does not stand there", .truncated) { $0[2][9] = 16 },
        HandMade("a column that nobody writes to", .trailingBytes) {
            for place in [9, 11, 13] { $0.insert([], at: place) }
        },
        HandMade("a value of no kind", .unknownTag) { $0[8][1] = 14 },
        HandMade("too few kinds", .truncated) { $0[8] = [0] },
        HandMade("a longer text than there is", .truncated) { $0[9] = [3, 4] },
        HandMade("a shorter text", .trailingBytes) { $0[9] = [3, 2] },
        HandMade("too many lengths", .trailingBytes) { $0[9] = [3, 3, 3] },
        HandMade("lists five deep", .nestedTooDeep) {
            $0[8] = [12, 12, 12, 12, 12, 0, 0]
            $0[9] = [1, 1, 1, 1, 1, 0, 0]
        },
        HandMade("more than stated", .compressionBroken) {
            $0[9] = [3, 4]
            $0[10].append(0x61)
        },
        HandMade("less than stated", .compressionBroken) {
            $0[9] = [3, 2]
            $0[10].removeLast()
        },
    ]
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool {
        self.suffix(suffix.count).elementsEqual(suffix)
    }
}
