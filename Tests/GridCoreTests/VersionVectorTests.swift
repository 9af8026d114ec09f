// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

struct VersionVectorTests {
    private func log(_ number: Int) -> LogID {
        LogID(
            replica: ReplicaID(high: UInt64(number / 3), low: UInt64(number % 3)),
            domain: MergeWorld.domain)
    }

    private func vector(_ model: [LogID: UInt64]) -> VersionVector {
        VersionVector(model.map { ($0.key, $0.value) })
    }

    @Test func itIsTheDictionaryOfItsHeights() {
        var random = SplitMix64()
        var vector = VersionVector()
        var model: [LogID: UInt64] = [:]
        for _ in 0..<2000 {
            let log = log(random.below(12))
            let height = UInt64(random.below(6))
            switch random.below(4) {
            case 0:
                vector.replace(log, with: height)
                model[log] = height == 0 ? nil : height
            case 1:
                let other = (0..<3).map { _ in
                    (self.log(random.below(12)), UInt64(random.below(6)))
                }
                vector.merge(VersionVector(other))
                for (log, height) in other where height > model[log] ?? 0 { model[log] = height }
            default:
                vector.raise(log, to: height)
                if height > model[log] ?? 0 { model[log] = height }
            }
            let seed = "ONEGRID_SEED=\(random.seed)"
            #expect(vector.rows.map(\.log) == model.keys.sorted(), "\(seed)")
            #expect(vector.rows.allSatisfy { model[$0.log] == $0.height }, "\(seed)")
            #expect(vector == self.vector(model), "\(seed)")
            #expect((0..<12).allSatisfy { vector[self.log($0)] == model[self.log($0)] ?? 0 })
            #expect(vector.isEmpty == model.isEmpty)
        }
    }

    @Test func coveringIsThePartialOrderOfHeights() {
        var random = SplitMix64()
        for _ in 0..<300 {
            let models = (0..<2).map { _ in
                (0..<4).reduce(into: [LogID: UInt64]()) { model, number in
                    model[log(number)] = UInt64(random.below(3))
                }
            }
            let vectors = models.map(vector)
            let expected = models[1].allSatisfy { $0.value <= models[0][$0.key] ?? 0 }
            #expect(vectors[0].covers(vectors[1]) == expected, "ONEGRID_SEED=\(random.seed)")
            for (log, height) in models[0] {
                #expect(vectors[0].covers(Dot(log: log, sequence: height)))
                #expect(!vectors[0].covers(Dot(log: log, sequence: height + 1)))
            }
        }
    }
}
