// SPDX-License-Identifier: Apache-2.0

/// Makes a failing world smaller: fewer devices, fewer steps, as long as it breaks the same promise
/// (Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", 2002, ddmin).
package struct Shrinker {
    private let plan: WorldPlan
    private var triesLeft: Int
    /// Whether a cut of the plan still fails.
    private let fails: (PlanCut) -> Bool

    /// - Parameter triesMax: after so many worlds the smallest that was found must do.
    package init(
        _ plan: WorldPlan, triesMax: Int = 300, fails: @escaping (PlanCut) -> Bool
    ) {
        self.plan = plan
        triesLeft = triesMax
        self.fails = fails
    }

    /// The smallest failing cut that was found; all of the plan when nothing can go.
    package mutating func shrink() -> PlanCut {
        var best = PlanCut(all: plan)
        // What comes after the failure goes first, at one stroke.
        var size = best.steps.count
        while size > 1 {
            size /= 2
            var shorter = best
            while shorter.steps.count > size,
                reduce(&best, { $0.steps.removeLast(min(size, $0.steps.count)) })
            {
                shorter = best
            }
        }
        var isMoving = true
        while isMoving, triesLeft > 0 {
            isMoving = false
            for device in plan.devices.indices.reversed()
            where !best.withoutDevices.contains(device) {
                if reduce(&best, { $0.withoutDevices.insert(device) }) { isMoving = true }
            }
            var size = max(best.steps.count / 2, 1)
            while triesLeft > 0 {
                var start = 0
                while start < best.steps.count {
                    let range = start..<min(start + size, best.steps.count)
                    if reduce(&best, { $0.steps.removeSubrange(range) }) {
                        isMoving = true
                    } else {
                        start += size
                    }
                }
                guard size > 1 else { break }
                size /= 2
            }
        }
        return best
    }

    /// Takes a smaller cut if it fails too.
    private mutating func reduce(_ best: inout PlanCut, _ change: (inout PlanCut) -> Void) -> Bool {
        var smaller = best
        change(&smaller)
        guard triesLeft > 0, smaller != best else { return false }
        triesLeft -= 1
        guard fails(smaller) else { return false }
        best = smaller
        return true
    }
}
