// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCrypto
package import GridLog

/// The first bytes of a bundle, which anybody may read (Protocol/bundles.md, "Prelude"). What is
/// sealed after them opens with no others.
package struct BundlePrelude: Hashable, Sendable {
    static let mark = Array("onegrid-bundle-1\n".utf8)
    package static let byteCount = mark.count + 32 + 8 + 2

    /// Whom it is for.
    package let recipient: PublicKey
    /// Random; the parts of one bundle share it.
    package let id: UInt64
    /// From 1 on.
    package let part: Int

    package init(recipient: PublicKey, id: UInt64, part: Int) {
        precondition((1...ProtocolLimits.bundlePartsMax).contains(part), "part \(part)")
        self.recipient = recipient
        self.id = id
        self.part = part
    }

    /// - Throws: `BundleFailure.notABundle`.
    init(decoding bytes: [UInt8]) throws(BundleFailure) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.mark) else {
            throw .notABundle
        }
        var reader = ByteReader(bytes, in: Self.mark.count..<bytes.count)
        do throws(DecodingViolation) {
            recipient = PublicKey(try reader.bytes32())
            id = try reader.fixed64()
            part = Int(try reader.byte()) << 8 | Int(try reader.byte())
        } catch {
            throw .notABundle
        }
        guard part > 0 else { throw .notABundle }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.raw(Self.mark)
        writer.raw(recipient.bytes)
        writer.fixed64(id)
        writer.byte(UInt8(part >> 8))
        writer.byte(UInt8(part & 0xFF))
        return writer.bytes
    }

    package static func randomID() -> UInt64 {
        Random.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What people call a bundle by: the first 40 bits of its id, as `7F3K-9Q2M`.
    package static func name(of id: UInt64) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let digits = (0..<8).map { alphabet[Int(id >> (59 - 5 * UInt64($0)) & 31)] }
        return String(digits[..<4]) + "-" + String(digits[4...])
    }

    package var name: String { Self.name(of: id) }
}
