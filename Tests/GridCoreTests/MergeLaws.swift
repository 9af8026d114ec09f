// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridTesting

/// Something that applies entries and joins states, and claims to obey the merge laws.
protocol MergeModel {
    associatedtype State: Hashable

    /// Number of different operations an entry may bear.
    var alphabet: Int { get }
    var empty: State { get }
    func apply(_ entry: Int, of world: MergeWorld, to state: inout State)
    func merge(
        _ left: State, _ right: State, contexts: (left: VersionVector, right: VersionVector)
    ) -> State
}

/// The law that a model breaks, and where.
enum LawBreach: Hashable {
    /// Two legal orders of one set of entries end in different states.
    case order(MergeWorld, entries: UInt64)
    /// Joining two states is not the state of both sets together.
    case join(MergeWorld, left: UInt64, right: UInt64)
    case associativity(MergeWorld, UInt64, UInt64, UInt64)
}

enum MergeLaws {
    /// Checks one world whole: every causally closed set is reached by all its legal orders in one
    /// state, and any two states join to the state of their union. Commutativity (ordered pairs),
    /// idempotence (a set with itself) and, since unions are, associativity follow.
    static func breach<Model: MergeModel>(
        of model: Model, in world: MergeWorld
    ) -> LawBreach? {
        var sets: [UInt64] = []
        var states: [UInt64: Model.State] = [:]
        var vectors: [UInt64: VersionVector] = [:]
        for mask in 0...world.all where world.isClosed(mask) {
            sets.append(mask)
            vectors[mask] = world.vector(mask)
            if mask == 0 { states[mask] = model.empty }
            for entry in 0..<world.count where mask & (1 << UInt64(entry)) != 0 {
                guard var state = states[mask & ~(1 << UInt64(entry))] else { continue }
                model.apply(entry, of: world, to: &state)
                guard let known = states[mask] else {
                    states[mask] = state
                    continue
                }
                if known != state { return .order(world, entries: mask) }
            }
        }
        for left in sets {
            for right in sets {
                guard let first = states[left], let second = states[right],
                    let firstVector = vectors[left], let secondVector = vectors[right]
                else { preconditionFailure("every closed set has a legal order") }
                let joined = model.merge(first, second, contexts: (firstVector, secondVector))
                if joined != states[left | right] {
                    return .join(world, left: left, right: right)
                }
            }
        }
        return nil
    }

    /// Checks a large world at random: some legal orders, joins and triples.
    static func breach(
        of model: some MergeModel, in world: MergeWorld, rounds: Int,
        using random: inout SplitMix64
    ) -> LawBreach? {
        let whole = replay(world.all, of: world, by: model, using: &random)
        for _ in 0..<rounds {
            guard replay(world.all, of: world, by: model, using: &random) == whole else {
                return .order(world, entries: world.all)
            }
            let sets = (0..<3).map { _ in closedSet(of: world, using: &random) }
            let states = sets.map { replay($0, of: world, by: model, using: &random) }
            let vectors = sets.map(world.vector)
            let union = sets[0] | sets[1]
            let joined = model.merge(states[0], states[1], contexts: (vectors[0], vectors[1]))
            let swapped = model.merge(states[1], states[0], contexts: (vectors[1], vectors[0]))
            guard joined == swapped,
                joined == replay(union, of: world, by: model, using: &random)
            else { return .join(world, left: sets[0], right: sets[1]) }
            let leftFirst = model.merge(
                joined, states[2], contexts: (world.vector(union), vectors[2]))
            let rightJoined = model.merge(states[1], states[2], contexts: (vectors[1], vectors[2]))
            let rightFirst = model.merge(
                states[0], rightJoined, contexts: (vectors[0], world.vector(sets[1] | sets[2])))
            guard leftFirst == rightFirst else {
                return .associativity(world, sets[0], sets[1], sets[2])
            }
        }
        return nil
    }

    /// The state of a closed set, its entries applied in a random legal order.
    private static func replay<Model: MergeModel>(
        _ mask: UInt64, of world: MergeWorld, by model: Model, using random: inout SplitMix64
    ) -> Model.State {
        var state = model.empty
        var done: UInt64 = 0
        while done != mask {
            let ready = (0..<world.count).filter {
                let bit = UInt64(1) << UInt64($0)
                return mask & bit != 0 && done & bit == 0 && world.contexts[$0] & ~done == 0
            }
            let entry = random.pick(ready)
            model.apply(entry, of: world, to: &state)
            done |= 1 << UInt64(entry)
        }
        return state
    }

    /// The causal past of a few random entries, themselves included.
    private static func closedSet(
        of world: MergeWorld, using random: inout SplitMix64
    ) -> UInt64 {
        (0..<random.below(4)).reduce(0) { mask, _ in
            let entry = random.below(world.count)
            return mask | world.contexts[entry] | 1 << UInt64(entry)
        }
    }
}
