// SPDX-License-Identifier: Apache-2.0

import GridStore

/// How far some long work has come, for whoever looks from outside.
package struct WorkWatch: Sendable {
    private let progress = WorkProgress()

    package init() {}

    /// What is done, about how much there is, and of what; nil before the work knows.
    package var state: (done: UInt64, total: UInt64, unit: String)? {
        progress.state.map { ($0.done, $0.total, $0.unit.rawValue) }
    }

    /// Does the work that is to be watched.
    package func follow<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        try await WorkProgress.$current.withValue(progress) { try await work() }
    }
}

/// What goes along when work is done on a thread that knows nothing of its task: who asks, and who
/// watches.
package struct WorkContext: Sendable {
    private let access = AppAccess.current
    private let progress = WorkProgress.current

    package init() {}

    package func run<Result>(_ work: () throws -> Result) rethrows -> Result {
        try WorkProgress.$current.withValue(progress) {
            try AppAccess.$current.withValue(access, operation: work)
        }
    }
}
