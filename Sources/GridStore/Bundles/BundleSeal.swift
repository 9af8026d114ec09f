// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog

/// How a bundle is sealed: one Noise message of the one-way pattern X with the header in it, then
/// transport messages, each behind its length (Protocol/bundles.md, "Sealing").
enum BundleSeal {
    /// Plain bytes in one transport message, beside the byte that says whether it is the last.
    static let pieceBytes = NoiseLimits.plaintextBytesMax - 1
    /// What a record adds to them.
    static let addedBytes = 2 + 1 + NoiseLimits.tagBytes
    static let more: UInt8 = 0
    static let last: UInt8 = 1

    static func record(_ message: [UInt8]) -> [UInt8] {
        [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    }
}

/// Seals one part for one recipient.
struct BundleSealer {
    /// What the file begins with: prelude and header.
    let start: [UInt8]
    private var cipher: CipherState

    /// - Throws: `BundleFailure.badRecipient` for a key that nothing can be sealed to.
    init(
        _ prelude: BundlePrelude, header: [UInt8], from sender: AgreementKey
    ) throws(BundleFailure) {
        guard let recipient = Ed25519.agreementPublicKey(of: prelude.recipient.bytes.array) else {
            throw .badRecipient
        }
        precondition(
            header.count <= ProtocolLimits.bundleHeaderBytesMax, "header of \(header.count) bytes")
        var handshake = NoiseHandshake(
            .x, role: .initiator, prologue: prelude.bytes, staticKey: sender,
            remoteStaticKey: recipient)
        do throws(NoiseViolation) {
            start = prelude.bytes + BundleSeal.record(try handshake.writeMessage(header))
        } catch {
            throw .badRecipient
        }
        cipher = handshake.splitOneWay()
    }

    /// The record of one piece.
    mutating func seal(_ piece: [UInt8], isLast: Bool) throws(BundleFailure) -> [UInt8] {
        precondition(piece.count <= BundleSeal.pieceBytes, "a piece of \(piece.count) bytes")
        do throws(NoiseViolation) {
            return BundleSeal.record(
                try cipher.encrypt([isLast ? BundleSeal.last : BundleSeal.more] + piece))
        } catch {
            // Counters of 64 bits do not run out on a stick.
            throw .damaged(what: "\(error)")
        }
    }
}

/// Opens what a `BundleSealer` sealed.
struct BundleOpener {
    /// The plain header.
    let header: [UInt8]
    /// The sender's X25519 key, which the handshake has proved.
    let senderKey: [UInt8]
    private var cipher: CipherState

    /// - Parameter message: the first record's content, which may be anything.
    init(
        _ prelude: BundlePrelude, message: [UInt8], for recipient: AgreementKey
    ) throws(BundleFailure) {
        var handshake = NoiseHandshake(
            .x, role: .responder, prologue: prelude.bytes, staticKey: recipient)
        do throws(NoiseViolation) {
            header = try handshake.readMessage(message)
        } catch {
            throw .damaged(what: "header")
        }
        guard header.count <= ProtocolLimits.bundleHeaderBytesMax else {
            throw .malformed(code: DecodingViolation.lengthTooLarge.rawValue)
        }
        senderKey = handshake.remoteStaticKey ?? []
        cipher = handshake.splitOneWay()
    }

    /// The plain bytes of the next record's content.
    mutating func open(
        _ message: [UInt8]
    ) throws(BundleFailure) -> (piece: [UInt8], isLast: Bool) {
        let plain: [UInt8]
        do throws(NoiseViolation) {
            plain = try cipher.decrypt(message)
        } catch {
            throw .damaged(what: "record \(cipher.nonce + 1)")
        }
        guard let flag = plain.first else {
            throw .malformed(code: DecodingViolation.truncated.rawValue)
        }
        guard flag == BundleSeal.more || flag == BundleSeal.last else {
            throw .malformed(code: DecodingViolation.flagNotBinary.rawValue)
        }
        return (Array(plain.dropFirst()), flag == BundleSeal.last)
    }
}
