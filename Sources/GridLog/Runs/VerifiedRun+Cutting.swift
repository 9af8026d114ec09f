// SPDX-License-Identifier: Apache-2.0

extension VerifiedRun {
    /// The part of the run after a height, under the same signature: the hash of the entry before
    /// it is the backlink, and the chain from there on is what is signed.
    ///
    /// - Precondition: the height is below `run.last`; one below `run.first` cuts nothing.
    package func rest(after height: UInt64) -> Run {
        precondition(height < run.last, "nothing of \(run.first)...\(run.last) is after \(height)")
        guard height >= run.first else { return run }
        let cut = Int(height - run.first) + 1
        return Run(
            identity: run.identity, first: height + 1, count: run.count - cut,
            backlink: hashes[cut - 1], salts: Self.salts(run.salts, without: cut),
            entryBytes: Array(run.entryBytes[entries[cut].head.lowerBound...]),
            signature: run.signature)
    }

    /// The part of the run up to a height, without a signature: whoever reads it must know a cut-off
    /// that names its last entry.
    ///
    /// - Precondition: the height is in the run and not its last.
    package func part(upTo height: UInt64) -> VerifiedRun {
        precondition(height >= run.first && height < run.last, "no cut at \(height)")
        let count = Int(height - run.first) + 1
        return VerifiedRun(
            run: Run(
                identity: run.identity, first: run.first, count: count, backlink: run.backlink,
                salts: Self.salts(run.salts, only: count),
                entryBytes: Array(run.entryBytes[..<entries[count].head.lowerBound]),
                signature: Run.noSignature),
            entries: Array(entries[..<count]), hashes: Array(hashes[..<count]))
    }

    private static func salts(
        _ segments: [Run.SaltSegment], only count: Int
    ) -> [Run.SaltSegment] {
        var rest = count
        return segments.compactMap { segment in
            let taken = min(rest, segment.entries)
            rest -= taken
            guard taken > 0 else { return nil }
            return switch segment {
            case .seed(let seed, _): .seed(seed, entries: taken)
            case .salts(let salts): .salts(Array(salts.prefix(taken)))
            case .withheld: .withheld(entries: taken)
            }
        }
    }

    /// Seeds stay whole: each entry's salt is derived from its sequence.
    private static func salts(
        _ segments: [Run.SaltSegment], without cut: Int
    ) -> [Run.SaltSegment] {
        var rest = cut
        return segments.compactMap { segment in
            let dropped = min(rest, segment.entries)
            rest -= dropped
            guard dropped < segment.entries else { return nil }
            let left = segment.entries - dropped
            return switch segment {
            case .seed(let seed, _): .seed(seed, entries: left)
            case .salts(let salts): .salts(Array(salts.dropFirst(dropped)))
            case .withheld: .withheld(entries: left)
            }
        }
    }
}
