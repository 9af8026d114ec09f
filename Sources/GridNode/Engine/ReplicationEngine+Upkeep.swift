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

    /// Writes down what has passed links on a day.
    /// - Returns: whether there was room.
    func add(_ usage: [PublicKey: LinkUsage], on day: Int32) -> Bool { folder.add(usage, on: day) }

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
        attendRedactions()
        compact(isBusy: hasCommitted)
        hasCommitted = false
        endReplacedKeys()
        audits.tidy(now: WallClock.steady)
        secondsTidied += 1
        guard secondsTidied.isMultiple(of: Self.checkpointSeconds) else { return }
        folder.checkpoint()
        folder.finishBuilding()
        publishAuthority()
    }

    /// Writes what this node's office has decided into lane 0, where all replicas find it, and with
    /// each certificate a line of the audit trail.
    ///
    /// - Parameter caller: who asked for it, by their own word; empty for what was waiting.
    package func publishAuthority(caller: String = "") {
        spread(
            folder.publishAuthority(now: WallClock.now) { certificate in
                note(of: certificate, caller: caller).map { entry($0) }
            })
    }

    /// Takes a certificate issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    package func publish(_ certificate: Certificate, caller: String = "") throws -> String {
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
        publishAuthority(caller: caller)
        return certificate.digest.description
    }

    /// Takes note of logs that a peer says have ended.
    func note(ended logs: [LogIdentity]) {
        do throws(FolderReplica.CommitFailure) {
            let learnt = try folder.learn(ended: logs, now: WallClock.now)
            spread(learnt.news, ended: learnt.ended)
        } catch {
            showCondition()
        }
    }

    /// Takes in what offices have said, as a peer passes it on, and which logs have ended.
    func learn(_ words: [AuthorityWord], ending logs: [LogIdentity]) {
        do throws(FolderReplica.CommitFailure) {
            if try folder.learn(words) {
                glance()
                ringAll()
                publishAuthority()
            }
        } catch {
            return showCondition()
        }
        if !logs.isEmpty { note(ended: logs) }
    }

    /// Learns that this node's key or a peer's was cut off, if that counts.
    func learn(_ cutOff: CutOff) {
        let known = folder.replica.directory.count
        do throws(FolderReplica.CommitFailure) {
            try folder.learn(cutOff)
        } catch {
            return showCondition()
        }
        guard folder.replica.directory.count != known else { return }
        glance()
        ringAll()
        publishAuthority()
    }

    /// Takes in what a peer proves of one branch of a log, and tells everyone if it was forked.
    func learn(_ proofs: [BranchProof]) {
        let known = folder.replica.directory.branchProofCount
        do throws(FolderReplica.CommitFailure) {
            try folder.learn(proofs, now: WallClock.now)
        } catch {
            return showCondition()
        }
        guard folder.replica.directory.branchProofCount != known else { return }
        glance()
        publishAuthority()
        // Whoever names a log of which nothing is here waits for it no longer.
        note(ended: proofs.prefix(1).map(\.identity))
        showCondition()
    }

    /// What an office would say to cut off a key now, by what is held here.
    ///
    /// - Parameter time: entries from this time on are not to count; milliseconds since 1970.
    package func draftCutOff(
        of key: PublicKey, before time: UInt64?
    ) throws -> (rows: [CutOff.Row], kept: [CertificateReference]) {
        try folder.draftCutOff(of: key, before: time)
    }

    /// Takes a cut-off issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    package func publish(_ cutOff: CutOff) throws -> String {
        var directory = folder.replica.directory
        guard directory.add(cutOff), directory.counts(cutOff) else {
            throw DeskRefusal(
                .notAllowed, "cut_off_without_weight",
                chinese: "签发者无权停用这个公钥:它的区域必须在对方之上。没有改动。",
                english: """
                    The issuer may not cut this key off: its area must be above that of the key. \
                    Nothing was changed.
                    """)
        }
        do throws(FolderReplica.CommitFailure) {
            try folder.keep(cutOff)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
        publishAuthority()
        return cutOff.digest.description
    }

    /// Writes what a key has in quarantine as this node's own.
    package func adopt(_ writing: QuarantinedWriting) throws -> Adoption {
        do throws(FolderReplica.CommitFailure) {
            let (adoption, news) = try folder.adopt(writing, now: WallClock.now)
            spread(news)
            return adoption
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// Throws away what a key has in quarantine.
    package func discard(quarantined key: PublicKey) throws {
        do throws(FolderReplica.CommitFailure) {
            try folder.discard(quarantined: key)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
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
        defer {
            glance()
            // Whoever follows the feed begins anew.
            ringAll()
            audits.forget()
        }
        do {
            return try folder.rebuild()
        } catch let failure as FolderReplica.CommitFailure {
            throw DeskRefusal(failure)
        } catch let failure as StoreFailure {
            throw DeskRefusal(failure: failure)
        }
    }
}
