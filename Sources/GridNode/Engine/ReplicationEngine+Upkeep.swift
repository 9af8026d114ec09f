// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridLog
package import GridStore
package import GridSync
import Logging
import Synchronization

/// What the engine writes besides records: meetings, certificates, and the folder's own order.
extension ReplicationEngine {
    /// How often the disk is tried, and what waits to be published is tried again.
    private static let checkpointSeconds = 60
    /// Passes over the ledger in a second, of some 30 ms each.
    private static let passesPerSecond = 8
    private static let passesWhileBusy = 3

    /// Writes down a meeting with a peer, and learns the chain by which it showed who it is.
    package func meet(_ chain: VerifiedChain, greeting: Greeting) {
        // What the peer's last replica had must not be taken for this one's.
        writeHeld()
        folder.meet(chain, greeting: greeting, now: WallClock.now)
        glance()
    }

    /// Writes down the end of a meeting.
    package func part(from key: PublicKey, reason: String) {
        writeHeld()
        // What is left speaks of logs that never came; the peer says it again when it is back.
        heldNews.withLock { $0[key] = nil }
        folder.part(from: key, reason: reason, now: WallClock.now)
        showCondition()
    }

    /// Hears a peer's word that it knows this height of a log of this replica. Where so much is
    /// here, or the folder has become another since, nothing happens.
    package func doubtReplica(_ log: LogID, height: UInt64) {
        folder.doubtReplica(log, height: height)
        showCondition()
    }

    /// Hears that a peer holds another branch of a log. If it is one that this replica writes, the
    /// folder was rolled back and has written on since: what it writes from now on must find its
    /// way, so it goes on as a new replica.
    package func hearOfFork(of log: LogID) {
        folder.leaveBehind(log.replica)
        showCondition()
    }

    /// Takes note of what a peer has durably by its own word. Written down within a second, for all
    /// peers at once: a commit for each acknowledgement would cost more than the records.
    package nonisolated func recordHeld(_ rows: [SyncMessage.AckRow], by key: PublicKey) {
        heldNews.withLock { news in
            for row in rows { news[key, default: [:]][row.log] = row.height }
        }
    }

    /// What each peer has said it has durably.
    package nonisolated func heldByPeers() throws -> [PublicKey: VersionVector] {
        // In this order: what is written down in between is then in both.
        let news = heldNews.withLock { $0 }
        var held = try store.heldByPeers()
        for (key, heights) in news {
            for (log, height) in heights {
                held[key, default: VersionVector()].replace(log, with: height)
            }
        }
        return held
    }

    /// Writes down what peers have said they have. What finds no room, and what speaks of logs of
    /// which nothing has come yet, waits for the next time.
    func writeHeld() {
        let news = folder.recordHeld(heldNews.withLock { $0 })
        guard !news.isEmpty else { return }
        heldNews.withLock { waiting in
            for (key, heights) in news {
                for (log, height) in heights where waiting[key]?[log] == height {
                    waiting[key]?[log] = nil
                }
                if waiting[key]?.isEmpty == true { waiting[key] = nil }
            }
        }
    }

    /// Joins small runs of the ledger while nothing waits for the queue.
    ///
    /// - Parameter isBusy: as little as keeps up with what is being written.
    func compact(isBusy: Bool) {
        for pass in 1...Self.passesPerSecond {
            guard folder.compact(isBusy: isBusy), isIdle || pass < Self.passesWhileBusy
            else { return }
        }
    }

    /// Joins all small runs of the ledger that can be joined.
    package func compactAll() {
        while folder.compact() {}
    }

    /// Upkeep, called once a second: makes the head ledger durable, joins small runs, and now
    /// and then looks whether the disk still takes what is folded into the database.
    package func tidy() {
        defer { showCondition() }
        writeHeld()
        folder.attend(now: WallClock.now)
        folder.syncHeads()
        compact(isBusy: hasCommitted)
        hasCommitted = false
        secondsTidied += 1
        guard secondsTidied.isMultiple(of: Self.checkpointSeconds) else { return }
        folder.checkpoint()
        publishCertificates()
    }

    /// Writes certificates that this node has issued into lane 0, where all replicas find them.
    package func publishCertificates() {
        spread(folder.publishCertificates(now: WallClock.now))
    }

    /// Takes a certificate issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    package func publish(_ certificate: Certificate) throws -> String {
        var directory = folder.replica.directory
        do throws(ChainRefusal) {
            try directory.add(certificate)
        } catch {
            throw DeskRefusal(
                .wrongValues, error.rawValue, chinese: "证书不成立(\(error.rawValue))。",
                english: "The certificate proves nothing (\(error.rawValue)).")
        }
        do throws(FolderReplica.CommitFailure) {
            try folder.keep(certificate)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
        publishCertificates()
        return certificate.digest.description
    }

    /// Keeps when a backup was made or tried last.
    package func note(_ note: BackupNote) throws {
        do throws(FolderReplica.CommitFailure) {
            try folder.note(note)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// Builds all tables, and the states of all logs, anew from the ledger.
    ///
    /// - Returns: what was cut off because it could not be read; peers send it again.
    package func rebuild() throws -> Rebuilding {
        defer { glance() }
        do {
            return try folder.rebuild()
        } catch let failure as FolderReplica.CommitFailure {
            throw DeskRefusal(failure)
        } catch let failure as StoreFailure {
            throw DeskRefusal(failure: failure)
        }
    }
}
