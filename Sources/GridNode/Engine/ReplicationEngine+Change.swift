// SPDX-License-Identifier: Apache-2.0

package import GridStore

/// What stands beside the log is written by the one writer, too.
extension ReplicationEngine {
    /// Carries out one change; returns when it is durable. A `DeskRefusal` changes nothing.
    package func change<Result: Sendable>(
        _ change: @Sendable (Store) throws -> Result
    ) throws -> Result {
        defer { showCondition() }
        if let stopped = folder.stopped { throw DeskRefusal(.stopped(stopped)) }
        do {
            return try change(store)
        } catch let refusal as DeskRefusal {
            throw refusal
        } catch {
            throw DeskRefusal(folder.fail(after: error))
        }
    }
}
