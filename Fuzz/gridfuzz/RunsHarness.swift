// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

@testable import GridLog

/// A run in its envelope: each part has one form, and a part cut off the front leaves the rest as
/// genuine as the whole.
enum RunsHarness {
    static func test(_ input: [UInt8]) {
        checkColumns(input)
        guard let run = try? RunEnvelope.open(input) else { return }
        let plain = run.encoded
        let bytesMax =
            run.salts.allSatisfy(\.isSeed)
            ? ProtocolLimits.runBytesMax : ProtocolLimits.runRedactedBytesMax
        expect(plain.count <= bytesMax, "\(plain.count) bytes in an envelope")
        expect(plain.count <= run.encodedSize, "\(run.encodedSize) bytes are too few")
        expect((try? Run(decoding: plain)) == run, "\(run) has two forms")
        if input.first == 0 { expect(input.dropFirst() == plain[...], "\(run) has two forms") }
        let sealed = RunEnvelope.seal(run)
        expect((try? RunEnvelope.open(sealed)) == run, "an envelope does not open again")
        expect(sealed.count <= plain.count + 1, "\(plain.count) bytes have become \(sealed.count)")
        checkSplit(run)
        guard let read = try? RunVerifier.read(run) else { return }
        for entry in read.entries { check(entry, in: run) }
        checkCuts(read)
        checkRedaction(read)
        follow(read)
        let isGenuine = (try? RunVerifier.verify(run)) != nil
        if isGenuine, run.count > 1 {
            let rest = read.rest(after: run.first)
            expect((try? RunVerifier.verify(rest)) != nil, "the rest of \(run) is not genuine")
        }
    }

    /// The input as columns that were not packed, behind the size and the number of their entries:
    /// what mutates an input seldom makes a frame of it.
    private static func checkColumns(_ input: [UInt8]) {
        var reader = ByteReader(input)
        guard let size = try? reader.count(max: ProtocolLimits.runBytesMax),
            let count = try? reader.count(max: ProtocolLimits.runEntriesMax),
            let columns = try? reader.raw(reader.remaining),
            let rows = try? RunColumns.join(columns, entries: count, size: size)
        else { return }
        expect(rows.count == size, "\(rows.count) bytes of rows, not \(size)")
        let again = RunColumns.split(rows, entries: count)?.columns
        expect(again == columns, "columns have two forms")
    }

    private static func checkSplit(_ run: Run) {
        guard let (columns, cuts) = RunColumns.split(run.entryBytes, entries: run.count) else {
            return
        }
        expect(
            zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 } && cuts.last ?? 0 <= columns.count,
            "cuts at \(cuts) in \(columns.count) bytes")
        let size = run.entryBytes.count
        let rows = try? RunColumns.join(columns, entries: run.count, size: size)
        expect(rows == run.entryBytes, "rows have two forms")
    }

    private static func check(_ entry: Entry, in run: Run) {
        expect(
            entry.head.count + entry.values.count <= ProtocolLimits.entryBytesMax,
            "\(entry) is too large")
        guard let changes = entry.changes else { return }
        var values = ByteWriter()
        values.values(changes)
        expect(values.bytes == Array(run.entryBytes[entry.values]), "\(entry) has two forms")
        var head = ByteWriter()
        head.entryHead(
            timestampChange: entry.timestampChange, contextChanges: entry.contextChanges,
            valuesLength: values.bytes.count, changes: changes)
        expect(head.bytes == Array(run.entryBytes[entry.head]), "\(entry) has two heads")
    }

    /// Without the values of its first entry it has the same hashes, and no seed near.
    private static func checkRedaction(_ read: VerifiedRun) {
        let first = read.run.first
        guard let redacted = try? read.redacted(at: [0], hidingSaltsOf: [first]) else { return }
        expect(redacted.hashes == read.hashes, "redaction changes hashes")
        expect(!redacted.hasSeed(near: [first]), "a seed is left")
        let again = (try? Run(decoding: redacted.run.encoded)).flatMap { try? RunVerifier.read($0) }
        expect(again?.hashes == read.hashes, "a redacted run is not read again")
        expect(again?.entries[0].isWithheld == true, "values are left")
        _ = read.entries[0].changes(restated: [])
    }

    private static func checkCuts(_ read: VerifiedRun) {
        guard let last = read.hashes.last else { return }
        for cut in Set([1, read.run.count / 2, read.run.count - 1])
        where cut > 0 && cut < read.run.count {
            let rest = read.rest(after: read.run.first + UInt64(cut) - 1)
            let again = try? Run(decoding: rest.encoded)
            expect(again == rest, "a cut run does not read: \(rest)")
            let hashes = (try? RunVerifier.read(rest))?.hashes
            expect(hashes?.last == last && hashes?.count == rest.count, "\(rest) hashes otherwise")
        }
    }

    /// Takes the entries as those of an empty log, as far as they go.
    private static func follow(_ read: VerifiedRun) {
        guard read.run.first == 1 else { return }
        var log = LogState(identity: read.run.identity)
        for (entry, hash) in zip(read.entries, read.hashes) {
            var next = log
            guard (try? next.resolve(entry)) != nil else { return }
            next.advance(to: hash)
            log = next
            var writer = ByteWriter()
            writer.logState(log)
            var reader = ByteReader(writer.bytes)
            let again = try? reader.logState(identity: read.run.identity)
            expect(again == log && reader.remaining == 0, "\(log) does not come back")
        }
    }
}
