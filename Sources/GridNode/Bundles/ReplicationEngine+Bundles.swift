// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// What bundles write besides runs.
extension ReplicationEngine {
    /// Learns from a bundle who its sender is.
    ///
    /// - Returns: whether what it says of its sender's holdings counts.
    func meet(_ chain: VerifiedChain, in header: BundleHeader) -> Bool {
        writeHeld()
        defer { glance() }
        return folder.meet(chain, in: header, now: WallClock.now)
    }

    /// A receipt to travel in a bundle. There are few of them, and nobody waits for one on a link.
    func receipt(below subject: ReplicaID, area: AreaCode) -> Receipt {
        folder.receipt(for: subject, area: area, now: WallClock.now)
    }

    func keep(_ part: BundlePart) throws {
        do throws(FolderReplica.CommitFailure) {
            try folder.add(part)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// Brings runs into quarantine that were carried here.
    func bring(
        _ runs: [VerifiedRun], from source: PublicKey, after former: CarriedRuns
    ) throws -> CarriedRuns {
        do throws(FolderReplica.CommitFailure) {
            return try folder.bring(
                runs, from: source, now: WallClock.now, after: former)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// Takes note that a part lies where it was wanted.
    func carried(id: UInt64, part: Int) throws -> BundlePart? {
        writeHeld()
        do throws(FolderReplica.CommitFailure) {
            return try folder.carried(id: id, part: part, now: WallClock.now)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }
}
