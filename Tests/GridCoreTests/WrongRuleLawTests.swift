// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting
import Testing

/// The checker itself: it passes a right rule and catches wrong ones.
struct WrongRuleLawTests {
    private let worlds = MergeWorld.shapes(replicas: 2, count: 3).flatMap {
        $0.lettered(alphabet: 1)
    }

    /// A register of bare dots whose two rules can be bent.
    private struct BareRegister: MergeModel {
        enum Bend { case none, removesEverything, keepsEverything, joinForgets, joinRevives }

        let bend: Bend
        let alphabet = 1
        let empty: Set<Dot> = []

        func apply(_ entry: Int, of world: MergeWorld, to state: inout Set<Dot>) {
            let context = world.vector(world.contexts[entry])
            switch bend {
            case .none, .joinForgets, .joinRevives:
                state = state.filter { !context.covers($0) }
            case .removesEverything: state = []
            case .keepsEverything: break
            }
            state.insert(world.dots[entry])
        }

        func merge(
            _ left: Set<Dot>, _ right: Set<Dot>,
            contexts: (left: VersionVector, right: VersionVector)
        ) -> Set<Dot> {
            switch bend {
            case .joinForgets: return left.intersection(right)
            case .joinRevives: return left.union(right)
            case .none, .removesEverything, .keepsEverything:
                let kept = left.filter { right.contains($0) || !contexts.right.covers($0) }
                return kept.union(
                    right.filter { left.contains($0) || !contexts.left.covers($0) })
            }
        }
    }

    private func breaches(_ bend: BareRegister.Bend) -> [LawBreach] {
        worlds.compactMap { MergeLaws.breach(of: BareRegister(bend: bend), in: $0) }
    }

    @Test func aRightRulePasses() {
        #expect(breaches(.none).isEmpty)
        // Keeping everything is a rule too: that of a set that only grows.
        #expect(breaches(.keepsEverything).isEmpty)
        #expect(!worlds.isEmpty)
    }

    @Test func aRegisterThatRemovesEverythingIsCaughtByTheOrderOfArrival() {
        #expect(
            breaches(.removesEverything).contains {
                if case .order = $0 { true } else { false }
            })
    }

    @Test(arguments: [0, 1]) func aWrongJoinIsCaught(place: Int) {
        let bend: BareRegister.Bend = place == 0 ? .joinForgets : .joinRevives
        #expect(
            breaches(bend).contains {
                if case .join = $0 { true } else { false }
            })
    }

    @Test func theRandomCheckerCatchesAWrongRuleToo() {
        var random = SplitMix64(seed: 1)
        let world = MergeWorld.random(replicas: 5, count: 40, alphabet: 1, using: &random)
        for bend in [BareRegister.Bend.removesEverything, .joinForgets, .joinRevives] {
            let breach = MergeLaws.breach(
                of: BareRegister(bend: bend), in: world, rounds: 20, using: &random)
            #expect(breach != nil, "\(bend)")
        }
    }
}
