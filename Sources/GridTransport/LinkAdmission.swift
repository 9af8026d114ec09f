// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts the connections that have not proved who they are.
final class LinkAdmission: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let limits: LinkLimits
    private let counts = Mutex(Counts())

    init(limits: LinkLimits) { self.limits = limits }

    /// Whether one more may come from the address; if so it is counted until `leave`.
    func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            let here = counts.byAddress[address, default: 0]
            guard counts.all < limits.unprovenMax, here < limits.unprovenPerAddressMax else {
                return false
            }
            counts.all += 1
            counts.byAddress[address] = here + 1
            return true
        }
    }

    /// Gives the place of one that entered back.
    func leave(_ address: String) {
        counts.withLock { counts in
            let here = counts.byAddress[address, default: 0]
            precondition(counts.all > 0 && here > 0, "a connection left that had not entered")
            counts.all -= 1
            counts.byAddress[address] = here == 1 ? nil : here - 1
        }
    }
}
