// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import Testing

struct RunCuttingTests {
    /// The same entries with salts of all three kinds: derived, given, withheld, and derived again.
    private func mixed(_ run: VerifiedRun) throws -> VerifiedRun {
        guard case .seed(let seed, let count)? = run.run.salts.first, count == 8 else {
            preconditionFailure("the run has one seed for 8 entries")
        }
        var deriver = SaltDeriver(seed: seed)
        let given = (3...4).map { deriver.salt(at: run.run.first + $0 - 1) }
        var bytes: [UInt8] = []
        for (index, entry) in run.entries.enumerated() {
            bytes += run.run.entryBytes[entry.head]
            bytes +=
                (4...5).contains(index)
                ? entry.valuesHash.array : Array(run.run.entryBytes[entry.values])
        }
        return try RunVerifier.verify(
            Run(
                identity: run.run.identity, first: run.run.first, count: 8,
                backlink: run.run.backlink,
                salts: [
                    .seed(seed, entries: 2), .salts(given), .withheld(entries: 2),
                    .seed(seed, entries: 2),
                ], entryBytes: bytes, signature: run.run.signature))
    }

    @Test func theRestOfARunStandsUnderItsSignature() throws {
        var pen = Pen(1)
        _ = try pen.write([[.note("before")], [.note("before")]])
        let plain = try pen.write((0..<8).map { [.note("\($0)")] })
        for run in [plain, try mixed(plain)] {
            for height: UInt64 in 3...9 {
                let rest = run.rest(after: height)
                #expect(rest.first == height + 1)
                #expect(rest.last == 10)
                #expect(rest.signature == run.run.signature)
                let verified = try RunVerifier.verify(Run(decoding: rest.encoded))
                let cut = Int(height - 2)
                #expect(verified.hashes == Array(run.hashes[cut...]))
                #expect(verified.entries.map(\.changes) == run.entries[cut...].map(\.changes))
                #expect(verified.hash(at: height) == run.hashes[cut - 1])
            }
        }
    }

    @Test func nothingIsCutOffBelowTheFirstEntry() throws {
        var pen = Pen(1)
        _ = try pen.write([[.note("before")], [.note("before")]])
        let run = try pen.write([[.note("a")], [.note("b")]])
        for height: UInt64 in 0...2 { #expect(run.rest(after: height) == run.run) }
    }
}
