// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCrypto
package import GridLog

/// The first bytes of a bundle, which anybody may read (Protocol/bundles.md, "Prelude"). What is
/// sealed after them opens with no others.
package struct BundlePrelude: Hashable, Sendable {
    /// What a file is. Neither is taken for the other.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// A session in a file.
        case bundle
        /// What lies in quarantine on some machine.
        case quarantine

        /// All have the same length.
        var mark: [UInt8] {
            switch self {
            case .bundle: Array("onegrid-bundle-1\n".utf8)
            case .quarantine: Array("onegrid-quaran-1\n".utf8)
            }
        }

        /// Of a file that does not begin so.
        var absence: BundleFailure {
            switch self {
            case .bundle: .notABundle
            case .quarantine: .notAQuarantine
            }
        }
    }

    package static let byteCount = 17 + 32 + 8 + 2

    package let kind: Kind
    /// Whom it is for.
    package let recipient: PublicKey
    /// Random; the parts of one bundle share it.
    package let id: UInt64
    /// From 1 on.
    package let part: Int

    package init(_ kind: Kind = .bundle, recipient: PublicKey, id: UInt64, part: Int) {
        precondition((1...ProtocolLimits.bundlePartsMax).contains(part), "part \(part)")
        self.kind = kind
        self.recipient = recipient
        self.id = id
        self.part = part
    }

    /// - Throws: `BundleFailure.notABundle` or `.notAQuarantine`.
    init(_ kind: Kind = .bundle, decoding bytes: [UInt8]) throws(BundleFailure) {
        guard bytes.count == Self.byteCount, bytes.starts(with: kind.mark) else {
            throw kind.absence
        }
        self.kind = kind
        var reader = ByteReader(bytes, in: kind.mark.count..<bytes.count)
        do throws(DecodingViolation) {
            recipient = PublicKey(try reader.bytes32())
            id = try reader.fixed64()
            part = Int(try reader.byte()) << 8 | Int(try reader.byte())
        } catch {
            throw kind.absence
        }
        guard part > 0 else { throw kind.absence }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.raw(kind.mark)
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
