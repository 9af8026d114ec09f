// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridCrypto

/// An Ed25519 public key (RFC 8032).
package struct PublicKey: Hashable, Comparable, Sendable {
    package let bytes: Bytes32

    package init(_ bytes: Bytes32) { self.bytes = bytes }

    package static func < (left: PublicKey, right: PublicKey) -> Bool { left.bytes < right.bytes }
}

extension PublicKey: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { bytes.description }
}

/// The random part of a replica's name, minted with its data folder: 16 bytes.
package struct ReplicaNonce: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func random() -> ReplicaNonce {
        var reader = ByteReader(Random.bytes(16))
        let high = try? reader.fixed64()
        let low = try? reader.fixed64()
        guard let high, let low else { preconditionFailure("16 random bytes hold two words") }
        return ReplicaNonce(high: high, low: low)
    }
}

/// Who writes a log, and where: everything that is the same for all its entries.
package struct LogIdentity: Hashable, Sendable {
    package let key: PublicKey
    package let nonce: ReplicaNonce
    package let domain: Domain
    /// The name of the log. Its replica is bound to the key: another key gets another replica.
    package let log: LogID
    /// BLAKE2b-256 of the identity, which every entry hash of the log covers.
    package let digest: Bytes32

    package init(key: PublicKey, nonce: ReplicaNonce, domain: Domain) {
        self.key = key
        self.nonce = nonce
        self.domain = domain
        log = LogID(replica: Self.replica(key: key, nonce: nonce), domain: domain)
        var writer = ByteWriter(reserving: 72)
        writer.byte(EntryFormat.version)
        writer.raw(key.bytes)
        writer.fixed64(nonce.high)
        writer.fixed64(nonce.low)
        writer.area(domain.area)
        writer.byte(domain.lane.rawValue)
        digest = Hashing.digest(writer.bytes, personal: .log)
    }

    /// The replica that a key names with a nonce: BLAKE2b-128 of both.
    package static func replica(key: PublicKey, nonce: ReplicaNonce) -> ReplicaID {
        var writer = ByteWriter(reserving: 48)
        writer.raw(key.bytes)
        writer.fixed64(nonce.high)
        writer.fixed64(nonce.low)
        let words = Hashing.words(writer.bytes, personal: .replica)
        return ReplicaID(high: words.high, low: words.low)
    }
}

/// The version of the entry format, part of every log's digest.
package enum EntryFormat {
    package static let version: UInt8 = 1
}
