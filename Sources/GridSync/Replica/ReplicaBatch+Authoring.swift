// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog

/// One record's part of a local write, and the area in whose logs it belongs.
package struct LocalChange: Hashable, Sendable {
    package let domain: Domain
    package let draft: DraftChange

    package init(domain: Domain, draft: DraftChange) {
        self.domain = domain
        self.draft = draft
    }
}

/// What became of one local write.
package struct AuthoredWrite: Hashable, Sendable {
    /// The entries written, one for each domain the write touched, ascending.
    package let dots: [Dot]
    /// The address of the record each change speaks of, in the order of the changes.
    package let addresses: [RecordAddress]
}

/// Why a local write was turned away; nothing of it is applied.
package enum WriteRefusal: Error, Hashable, Sendable {
    /// This node's certificate does not let it write there.
    case notEntitled(AreaCode)
    /// The folder does not carry the area: what is written there would never leave it.
    case outsideScope(AreaCode)
    case tooLarge(AuthoringFailure)
    /// This node's key was cut off there.
    case cutOff(AreaCode)
}

/// The log that was to be written has turned out to be forked: whoever owns the replica goes on as
/// another one, and nothing of the batch is applied.
package struct OwnLogForked: Error {}

extension ReplicaBatch {
    /// Writes one local change set: one entry in each domain it touches.
    ///
    /// The entry passes the same right check and the same `apply` as one from a peer.
    package mutating func author(
        _ changes: [LocalChange], storage: some ReplicaStorage
    ) throws -> AuthoredWrite {
        precondition(!changes.isEmpty, "a write changes something")
        var levels: [Domain: AreaLevel] = [:]
        for domain in Set(changes.map(\.domain)) {
            guard case .success(let level) = standing(of: replica.author.key, in: domain) else {
                throw WriteRefusal.notEntitled(domain.area)
            }
            let identity = LogIdentity(
                key: replica.author.key, nonce: replica.nonce, domain: domain)
            guard directory.fork(of: identity.log) == nil else { throw OwnLogForked() }
            guard directory.end(of: identity) == nil else {
                throw WriteRefusal.cutOff(domain.area)
            }
            guard replica.carries(domain.area, by: directory.areas) else {
                throw WriteRefusal.outsideScope(domain.area)
            }
            levels[domain] = level
        }
        let timestamp = clock.stamp(now: now)
        var addresses = [RecordAddress?](repeating: nil, count: changes.count)
        var dots: [Dot] = []
        // A single entry fails before anything is applied; of several, the first may have been.
        let saved = levels.count > 1 ? self : nil
        for (domain, level) in levels.sorted(by: { $0.key < $1.key }) {
            let indices = changes.indices.filter { changes[$0].domain == domain }
            do {
                let dot = try write(
                    indices.map { changes[$0].draft }, in: domain, level: level,
                    timestamp: timestamp, storage: storage)
                dots.append(dot)
                var creations: UInt16 = 0
                for index in indices {
                    switch changes[index].draft.target {
                    case .existing(let address): addresses[index] = address
                    case .new:
                        addresses[index] = .created(dot: dot, index: creations)
                        creations += 1
                    }
                }
            } catch let failure as AuthoringFailure {
                if let saved { self = saved }
                throw WriteRefusal.tooLarge(failure)
            }
        }
        return AuthoredWrite(dots: dots, addresses: addresses.compactMap { $0 })
    }

    private mutating func write(
        _ drafts: [DraftChange], in domain: Domain, level: AreaLevel, timestamp: HybridTimestamp,
        storage: some ReplicaStorage
    ) throws -> Dot {
        if let writer = writers[domain], writer.byteCount >= ProtocolLimits.runBytesTarget {
            sealWriter(domain)
        }
        var domainState = state(of: domain)
        let identity = LogIdentity(
            key: replica.author.key, nonce: replica.nonce, domain: domain)
        var log = domainState.log(identity)
        var writer =
            writers.removeValue(forKey: domain)
            ?? RunWriter(after: log, salts: saltSource(of: log))
        let (entry, hash): (Entry, Bytes32)
        do {
            (entry, hash) = try writer.append(
                drafts, applied: domainState.applied, timestamp: timestamp)
        } catch {
            writers[domain] = writer
            throw error
        }
        writers[domain] = writer
        try log.take(entry)
        note(level, of: identity.log)
        try apply(
            entry, hash: hash, of: log, level: level, settled: settledForks(in: domain),
            storage: storage)
        log.advance(to: hash)
        domainState.update(log)
        domains[domain] = domainState
        if domain.lane == .authority { redactions.settle(by: directory) }
        return Dot(log: identity.log, sequence: entry.sequence)
    }
}
