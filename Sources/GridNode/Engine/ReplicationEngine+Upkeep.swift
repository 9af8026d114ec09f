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

    /// Writes down a meeting with a peer, and learns the chain by which it showed who it is: not
    /// before it is kept, because runs are judged by it for ever.
    package func meet(_ chain: VerifiedChain, greeting: Greeting) {
        // What the peer's last replica had must not be taken for this one's.
        writeHeld()
        let key = chain.leaf.subject
        let now = WallClock.now
        let news = chain.certificates.filter { !replica.directory.contains($0) }
        let peer = PeerRecord(
            key: key, name: chain.leaf.name, area: chain.leaf.area,
            replica: LogIdentity.replica(key: key, nonce: greeting.nonce),
            software: greeting.software, lastContact: now,
            clockSkew: Int64(clamping: greeting.clock) - Int64(clamping: now))
        var directory = replica.directory
        directory.add(chain)
        let isStale = replica.levelsDiffer(by: directory)
        let isKept = writeDown {
            if isStale { try store.markStale() }
            try store.met(peer, learning: news)
        }
        guard isKept, !news.isEmpty else { return }
        replica.learn(chain)
        if isStale { buildAnew() }
        glance()
    }

    /// Writes down the end of a meeting.
    package func part(from key: PublicKey, reason: String) {
        replica.forgetParked(from: key)
        writeHeld()
        // What is left speaks of logs that never came; the peer says it again when it is back.
        heldNews.withLock { $0[key] = nil }
        writeDown { try store.left(key, at: WallClock.now, reason: reason) }
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
        let news = heldNews.withLock { $0 }
            .mapValues { heights in heights.filter { replica.height(of: $0.key) > 0 } }
            .filter { !$0.value.isEmpty }
        guard !news.isEmpty else { return }
        guard writeDown({ try store.recordHeld(news) }) else { return }
        heldNews.withLock { waiting in
            for (key, heights) in news {
                for (log, height) in heights where waiting[key]?[log] == height {
                    waiting[key]?[log] = nil
                }
                if waiting[key]?.isEmpty == true { waiting[key] = nil }
            }
        }
    }

    /// Upkeep, called once a second: makes the head ledger durable, and now and then looks whether
    /// the disk still takes what is folded into the database.
    package func tidy() {
        writeHeld()
        writeDown { try headLedger.sync() }
        secondsTidied += 1
        guard secondsTidied.isMultiple(of: Self.checkpointSeconds) else { return }
        writeDown { try store.checkpoint() }
        publishCertificates()
    }

    /// Writes certificates that this node has issued into lane 0, where all replicas find them.
    package func publishCertificates() {
        let waiting: [Certificate]
        do {
            waiting = try store.certificates().waiting
        } catch {
            logger.error("certificates not read", metadata: ["reason": "\(error)"])
            return
        }
        guard !waiting.isEmpty else { return }
        writeDown {
            if isRolledBack { try becomeNewReplica() }
            let domain = Domain(area: replica.scope.area, lane: .authority)
            var batch = replica.batch(rules: store.catalogue, now: WallClock.now)
            try store.commit(&batch) { batch, transaction in
                for certificate in waiting {
                    let write = FieldWrite(
                        field: SystemCollection.certificateBytesField,
                        operation: .assign(.bytes(certificate.encoded)))
                    let draft = DraftChange(
                        collection: SystemCollection.certificates,
                        target: .existing(.named(certificate.recordID)), archives: false,
                        writes: [write])
                    _ = try transaction.author(
                        [LocalChange(domain: domain, draft: draft)], in: &batch)
                }
                if batch.changesLevels { try transaction.markStale() }
            }
            adopt(batch)
            try store.markPublished(waiting)
        }
    }

    /// Takes a certificate issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    package func publish(_ certificate: Certificate) throws -> String {
        var directory = replica.directory
        do throws(ChainRefusal) {
            try directory.add(certificate)
        } catch {
            throw DeskRefusal(
                .wrongValues, error.rawValue, chinese: "证书不成立(\(error.rawValue))。",
                english: "The certificate proves nothing (\(error.rawValue)).")
        }
        if let stopped { throw stopped }
        do {
            try store.add(certificate, waiting: true)
        } catch {
            throw refusal(after: error)
        }
        publishCertificates()
        return certificate.digest.description
    }

    /// Builds all tables, and the states of all logs, anew from the ledger.
    ///
    /// - Returns: what was cut off because it could not be read; peers send it again.
    package func rebuild() throws -> Rebuilding {
        if let stopped { throw stopped }
        let rebuilding: Rebuilding
        do {
            rebuilding = try store.rebuild()
        } catch let failure as StoreFailure {
            if case .irreplaceable = failure { throw DeskRefusal(failure: failure) }
            throw refusal(after: failure)
        }
        for finding in rebuilding.findings {
            logger.error("ledger damaged", metadata: ["finding": "\(finding)"])
        }
        try takeUp(rebuilding)
        return rebuilding
    }

    /// Goes on with what a rebuild has left of the logs.
    private func takeUp(_ rebuilding: Rebuilding) throws {
        let logs = try store.logs()
        replica = Replica(
            author: author, nonce: node.nonce, scope: replica.scope,
            directory: replica.directory, logs: logs)
        glance()
        if rebuilding.hasCut(replica.id) || headLedger.isAhead(of: logs, as: replica.id) {
            leaveBehind(replica.id)
        }
    }

    /// Builds all records anew, because the level of a writer has changed. When that cannot be
    /// done now, it is done at the next start.
    func buildAnew() {
        logger.notice("the level of a writer has changed; records are built anew")
        writeDown {
            do {
                let rebuilding = try store.rebuild()
                if !rebuilding.cuts.isEmpty { try takeUp(rebuilding) }
            } catch StoreFailure.irreplaceable(let what) {
                logger.error("records not built anew", metadata: ["damaged": "\(what)"])
            }
        }
    }

    /// Writes down what nobody waits for. A full disk leaves it undone, as does a node that has
    /// stopped writing; any other failure stops it.
    ///
    /// - Returns: whether it was done.
    @discardableResult
    func writeDown(_ write: () throws -> Void) -> Bool {
        guard stopped == nil else { return false }
        do {
            try write()
            return true
        } catch {
            _ = refusal(after: error)
            return false
        }
    }
}
