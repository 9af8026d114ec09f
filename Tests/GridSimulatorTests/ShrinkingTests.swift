// SPDX-License-Identifier: Apache-2.0

import GridSimulator
import Testing

struct ShrinkingTests {
    @Test(arguments: [("0", [0]), ("1-4,9", [1, 2, 3, 4, 9]), ("7,3", [7, 3])])
    func numbersAreReadAsTheyAreWritten(_ text: String, _ numbers: [Int]) {
        #expect(PlanCut.numbers(text) == numbers)
        #expect(PlanCut.numbers(PlanCut.text(numbers)) == numbers)
    }

    @Test(arguments: ["-", "4-1", "a", "1-2-3", "99999999"])
    func whatIsNoListOfNumbersIsRefused(_ text: String) {
        #expect(PlanCut.numbers(text) == nil)
    }

    @Test func aPlanIsAFunctionOfItsSeed() {
        for seed in 1...50 as ClosedRange<UInt64> {
            let plan = WorldPlan(seed: seed)
            #expect(plan.steps == WorldPlan(seed: seed).steps)
            #expect(plan.devices == WorldPlan(seed: seed).devices)
            #expect(zip(plan.steps, plan.steps.dropFirst()).allSatisfy { $0.at <= $1.at })
        }
    }

    /// What needs two steps and one device shrinks to these.
    @Test func aFailureShrinksToWhatItNeeds() throws {
        let plan = try #require(
            (1...100 as ClosedRange<UInt64>).map { WorldPlan(seed: $0) }
                .first { $0.devices.count > 3 && $0.steps.count > 40 })
        let needed: Set<Int> = [11, 29]
        let device = try #require(plan.leaves.last)
        var shrinker = Shrinker(plan) { cut in
            needed.isSubset(of: cut.steps) && !cut.withoutDevices.contains(device)
        }
        let cut = shrinker.shrink()
        #expect(cut.steps == needed.sorted())
        #expect(!cut.withoutDevices.contains(device))
        #expect(cut.withoutDevices.count == plan.devices.count - 1)
    }

    /// Steps and links go on meaning the same devices when others are left out.
    @Test func whatIsLeftKeepsItsDevices() throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            let plan = WorldPlan(seed: seed)
            guard let leaf = plan.leaves.first else { continue }
            var cut = PlanCut(all: plan)
            cut.withoutDevices = [leaf]
            let smaller = plan.cut(to: cut)
            let names = plan.devices.map(\.name).enumerated().filter { $0.offset != leaf }
            #expect(smaller.devices.map(\.name) == names.map(\.element))
            let links = plan.links.filter { $0.caller != leaf && $0.called != leaf }
            #expect(
                smaller.links.map { "\(smaller.devices[$0.caller])-\(smaller.devices[$0.called])" }
                    .count == links.count)
            for (old, new) in zip(links, smaller.links) {
                #expect(plan.devices[old.caller].name == smaller.devices[new.caller].name)
                #expect(plan.devices[old.called].name == smaller.devices[new.called].name)
            }
        }
    }
}
