// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting

/// A small history: who wrote each entry, what its author had seen, and which operation it bears.
/// Sets of entries are bit masks; entry 0 is bit 0.
struct MergeWorld: Hashable, CustomStringConvertible {
    let authors: [Int]
    /// For each entry a causally closed set of earlier ones that holds its author's last.
    let contexts: [UInt64]
    /// For each entry the place of its operation in a model's alphabet.
    let letters: [Int]
    let dots: [Dot]

    static let domain: Domain = {
        guard let area = try? AreaCode(parsing: "522730103201") else {
            preconditionFailure("a village code of the catalogue")
        }
        return Domain(area: area, lane: .routine)
    }()

    init(authors: [Int], contexts: [UInt64], letters: [Int]) {
        self.authors = authors
        self.contexts = contexts
        self.letters = letters
        dots = authors.indices.map { index in
            let sequence = authors[...index].count { $0 == authors[index] }
            return Dot(log: Self.log(of: authors[index]), sequence: UInt64(sequence))
        }
    }

    static func log(of author: Int) -> LogID {
        LogID(replica: ReplicaID(high: UInt64(author), low: 7), domain: domain)
    }

    var count: Int { authors.count }
    var all: UInt64 { (1 << UInt64(count)) - 1 }

    /// The version vector of a causally closed set.
    func vector(_ mask: UInt64) -> VersionVector {
        VersionVector(
            authors.indices.lazy.filter { mask & (1 << UInt64($0)) != 0 }
                .map { (dots[$0].log, dots[$0].sequence) })
    }

    func isClosed(_ mask: UInt64) -> Bool {
        contexts.indices.allSatisfy {
            mask & (1 << UInt64($0)) == 0 || contexts[$0] & ~mask == 0
        }
    }

    /// The entry's stamp. Times repeat and contradict causality: they must not matter to merging.
    func stamp(_ index: Int, level: AreaLevel) -> WriteStamp {
        WriteStamp(
            dot: dots[index],
            timestamp: HybridTimestamp(milliseconds: UInt64((count - index) % 3), counter: 0),
            level: level)
    }

    var description: String { "authors \(authors), contexts \(contexts), letters \(letters)" }
}

extension MergeWorld {
    /// Every history of `count` entries by at most `replicas` writers, up to renaming the writers
    /// in the order of their first entries; all letters 0.
    static func shapes(replicas: Int, count: Int) -> [MergeWorld] {
        var worlds: [([Int], [UInt64])] = [([], [])]
        for index in 0..<count {
            worlds = worlds.flatMap { authors, contexts in
                let writers = min(replicas, (authors.max() ?? -1) + 2)
                return (0..<writers).flatMap { author in
                    (0..<(UInt64(1) << UInt64(index))).filter { mask in
                        closes(mask, contexts) && holdsLast(of: author, in: mask, authors)
                    }
                    .map { (authors + [author], contexts + [$0]) }
                }
            }
        }
        let letters = [Int](repeating: 0, count: count)
        return worlds.map { MergeWorld(authors: $0.0, contexts: $0.1, letters: letters) }
    }

    /// This history with every assignment of letters below `alphabet`.
    func lettered(alphabet: Int) -> [MergeWorld] {
        var assignments: [[Int]] = [[]]
        for _ in 0..<count {
            assignments = assignments.flatMap { letters in
                (0..<alphabet).map { letters + [$0] }
            }
        }
        return assignments.map { MergeWorld(authors: authors, contexts: contexts, letters: $0) }
    }

    /// A history in which replicas write and now and then take over all that another has.
    static func random(
        replicas: Int, count: Int, alphabet: Int, using random: inout SplitMix64
    ) -> MergeWorld {
        var holdings = [UInt64](repeating: 0, count: replicas)
        var authors: [Int] = []
        var contexts: [UInt64] = []
        while authors.count < count {
            let replica = random.below(replicas)
            if random.below(3) == 0 { holdings[replica] |= holdings[random.below(replicas)] }
            contexts.append(holdings[replica])
            holdings[replica] |= 1 << UInt64(authors.count)
            authors.append(replica)
        }
        return MergeWorld(
            authors: authors, contexts: contexts,
            letters: authors.map { _ in random.below(alphabet) })
    }

    private static func closes(_ mask: UInt64, _ contexts: [UInt64]) -> Bool {
        contexts.indices.allSatisfy {
            mask & (1 << UInt64($0)) == 0 || contexts[$0] & ~mask == 0
        }
    }

    private static func holdsLast(of author: Int, in mask: UInt64, _ authors: [Int]) -> Bool {
        authors.lastIndex(of: author).map { mask & (1 << UInt64($0)) != 0 } ?? true
    }
}
