// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// Consecutive entries of a log without what they write: enough to reckon their hashes, and so what
/// they lead to. Receipts and forks are proved by them.
package struct EntryChain: Hashable, Sendable {
    /// What of an entry its hash covers besides its place.
    package struct Link: Hashable, Sendable {
        package let valuesHash: Bytes32
        package let head: [UInt8]

        package init(valuesHash: Bytes32, head: [UInt8]) {
            self.valuesHash = valuesHash
            self.head = head
        }

        /// An entry of a run.
        init(_ entry: Entry, of run: VerifiedRun) {
            self.init(valuesHash: entry.valuesHash, head: Array(run.run.entryBytes[entry.head]))
        }
    }

    package let identity: LogIdentity
    /// Sequence of the first entry, 1 or more.
    package let first: UInt64
    /// Hash of the entry before it; the log's digest where there is none.
    package let backlink: Bytes32
    /// At least one.
    package let links: [Link]

    package init(identity: LogIdentity, first: UInt64, backlink: Bytes32, links: [Link]) {
        precondition(!links.isEmpty, "a chain has an entry")
        self.identity = identity
        self.first = first
        self.backlink = backlink
        self.links = links
    }

    /// Sequence of the last entry.
    package var last: UInt64 { first + UInt64(links.count) - 1 }

    /// The hash of each entry.
    package var hashes: [Bytes32] {
        var hasher = EntryHasher(log: identity.digest)
        var head = backlink
        return links.enumerated().map { index, link in
            head = hasher.hash(
                sequence: first + UInt64(index), valuesHash: link.valuesHash, head: link.head[...],
                backlink: head)
            return head
        }
    }
}

extension EntryChain {
    /// - Parameters:
    ///   - linksMax: how many entries it may have.
    ///   - headBytesMax: how long the head of one may be.
    /// - Throws: `empty`, `sequenceOutOfRange`, and what reading throws.
    init(
        _ reader: inout ByteReader, linksMax: Int, headBytesMax: Int
    ) throws(DecodingViolation) {
        let key = PublicKey(try reader.bytes32())
        let nonce = ReplicaNonce(high: try reader.fixed64(), low: try reader.fixed64())
        let identity = LogIdentity(key: key, nonce: nonce, domain: try reader.domain())
        let first = try reader.sequence()
        let backlink = try reader.bytes32()
        let count = try reader.count(max: linksMax)
        guard count > 0 else { throw .empty }
        guard first - 1 + UInt64(count) <= ProtocolLimits.sequenceMax else {
            throw .sequenceOutOfRange
        }
        var links: [Link] = []
        for _ in 0..<count {
            links.append(
                Link(
                    valuesHash: try reader.bytes32(),
                    head: try reader.block(max: headBytesMax)))
        }
        self.init(identity: identity, first: first, backlink: backlink, links: links)
    }

    func write(to writer: inout ByteWriter) {
        writer.raw(identity.key.bytes)
        writer.fixed64(identity.nonce.high)
        writer.fixed64(identity.nonce.low)
        writer.area(identity.domain.area)
        writer.byte(identity.domain.lane.rawValue)
        writer.unsigned(first)
        writer.raw(backlink)
        writer.count(links.count)
        for link in links {
            writer.raw(link.valuesHash)
            writer.block(link.head)
        }
    }
}
