// SPDX-License-Identifier: Apache-2.0

package import GridStore

/// Invitations are written by the one writer, like everything else in the folder.
extension ReplicationEngine {
    /// Carries out one change; returns when it is durable. An `InvitationRefusal` changes nothing.
    package func changeInvitations<Result: Sendable>(
        _ change: @Sendable (Store) throws -> Result
    ) throws -> Result {
        defer { showCondition() }
        if let stopped = folder.stopped { throw DeskRefusal(.stopped(stopped)) }
        do {
            return try change(store)
        } catch let refusal as InvitationRefusal {
            throw refusal
        } catch {
            throw DeskRefusal(folder.fail(after: error))
        }
    }
}
