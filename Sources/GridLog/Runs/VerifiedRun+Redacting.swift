// SPDX-License-Identifier: Apache-2.0

package import GridCodec
import GridCore

extension VerifiedRun {
    /// No seed serves entries further from each other than this.
    private static let seedReach: UInt64 = 256

    /// The same run without the values and salts of some entries, and without any seed from which
    /// the salt of a redacted entry could be derived: its other salts stand one by one. Hashes and
    /// signature are what they were.
    ///
    /// - Parameters:
    ///   - places: of the entries that lose their values.
    ///   - redacted: the sequences of all entries of the log that are redacted, those of other runs
    ///     too; ascending.
    /// - Returns: nil when there is nothing to do.
    /// - Throws: `lengthTooLarge` when the run would be larger than
    ///   `ProtocolLimits.runRedactedBytesMax`.
    package func redacted(
        at places: Set<Int>, hidingSaltsOf redacted: [UInt64]
    ) throws(DecodingViolation) -> VerifiedRun? {
        let places = places.filter { !entries[$0].isWithheld }
        guard !places.isEmpty || hasSeed(near: redacted) else { return nil }
        let run = Run(
            identity: run.identity, first: run.first, count: run.count, backlink: run.backlink,
            salts: salts(without: places, hidingThoseOf: redacted),
            entryBytes: entryBytes(without: places), signature: run.signature)
        guard run.encodedSize <= ProtocolLimits.runRedactedBytesMax else {
            throw .lengthTooLarge
        }
        do {
            let read = try RunVerifier.read(run)
            precondition(read.hashes == hashes, "redaction keeps hashes")
            return read
        } catch {
            preconditionFailure("a run that was read is read without values: \(error)")
        }
    }

    /// Whether a seed here may give the salt of an entry that is redacted.
    package func hasSeed(near redacted: [UInt64]) -> Bool {
        var next = run.first
        for segment in run.salts {
            let first = next
            next += UInt64(segment.entries)
            if segment.isSeed, Self.isNear(redacted, first...next - 1) { return true }
        }
        return false
    }

    private static func isNear(_ redacted: [UInt64], _ entries: ClosedRange<UInt64>) -> Bool {
        redacted.contains { sequence in
            sequence + seedReach > entries.lowerBound && sequence < entries.upperBound + seedReach
        }
    }

    private func entryBytes(without places: Set<Int>) -> [UInt8] {
        guard !places.isEmpty else { return run.entryBytes }
        var writer = ByteWriter(reserving: run.entryBytes.count + 32 * places.count)
        for (place, entry) in entries.enumerated() {
            writer.raw(run.entryBytes[entry.head])
            if places.contains(place) || entry.isWithheld {
                writer.raw(entry.valuesHash)
            } else {
                writer.raw(run.entryBytes[entry.values])
            }
        }
        return writer.bytes
    }

    private func salts(
        without places: Set<Int>, hidingThoseOf redacted: [UInt64]
    ) -> [Run.SaltSegment] {
        var result: [Run.SaltSegment] = []
        var place = 0
        for segment in run.salts {
            let range = place..<place + segment.entries
            place = range.upperBound
            let first = run.first + UInt64(range.lowerBound)
            let sequences = first...first + UInt64(segment.entries - 1)
            let isNear = segment.isSeed && Self.isNear(redacted, sequences)
            guard isNear || range.contains(where: places.contains) else {
                result.append(segment)
                continue
            }
            var salts = SegmentSalts(segment)
            for place in range {
                let salt = salts.salt(at: run.first + UInt64(place))
                Self.append(places.contains(place) ? nil : salt, to: &result)
            }
        }
        return result
    }

    /// Adds one entry's salt, or that it is withheld, to the segment before where that is alike.
    private static func append(_ salt: Salt?, to segments: inout [Run.SaltSegment]) {
        switch (salt, segments.last) {
        case (nil, .withheld(let entries)):
            segments[segments.count - 1] = .withheld(entries: entries + 1)
        case (nil, _): segments.append(.withheld(entries: 1))
        case (let salt?, .salts(let salts)):
            segments[segments.count - 1] = .salts(salts + [salt])
        case (let salt?, _): segments.append(.salts([salt]))
        }
    }
}
