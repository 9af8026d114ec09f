// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

@testable import GridLog

/// A run in its envelope: each part has one form, and a part cut off the front leaves the rest as
/// genuine as the whole.
enum RunsHarness {
    static func test(_ input: [UInt8]) {
        guard let plain = try? RunEnvelope.open(input) else { return }
        expect(plain.count <= ProtocolLimits.runBytesMax, "\(plain.count) bytes in an envelope")
        let sealed = RunEnvelope.seal(plain)
        expect((try? RunEnvelope.open(sealed)) == plain, "an envelope does not open again")
        guard let run = try? Run(decoding: plain) else { return }
        expect(run.encoded == plain, "\(run) has two forms")
        expect(run.encoded.count <= run.encodedSize, "\(run.encodedSize) bytes are too few")
        guard let read = try? RunVerifier.read(run) else { return }
        for entry in read.entries { check(entry, in: run) }
        checkCuts(read)
        follow(read)
        let isGenuine = (try? RunVerifier.verify(run)) != nil
        if isGenuine, run.count > 1 {
            let rest = read.rest(after: run.first)
            expect((try? RunVerifier.verify(rest)) != nil, "the rest of \(run) is not genuine")
        }
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
