// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// The bounds of a sealed stream.
package enum SealedStream {
    /// Plain bytes of each piece but the last, which may have fewer.
    package static let pieceBytes = 65_536
    /// What sealing adds to a piece.
    package static let addedBytes = 17
    package static let headerBytes = 24
}

/// Seals a stream of any length in pieces: XChaCha20-Poly1305 as libsodium's secretstream has it.
/// Pieces cannot be left out, put in another order, or cut off at the end without notice.
package struct StreamSealer: ~Copyable {
    /// What the opener needs besides the key, 24 bytes.
    package let header: [UInt8]
    private var state: crypto_secretstream_xchacha20poly1305_state

    package init(key: SealingKey) {
        var state = crypto_secretstream_xchacha20poly1305_state()
        var header = [UInt8](repeating: 0, count: SealedStream.headerBytes)
        key.secret.withBytes {
            _ = crypto_secretstream_xchacha20poly1305_init_push(&state, &header, $0.octets)
        }
        self.state = state
        self.header = header
    }

    /// One piece, sealed.
    ///
    /// - Parameter context: must be the same when it is opened; it is not part of what is sealed.
    /// - Precondition: at most `SealedStream.pieceBytes`.
    package mutating func seal(
        _ piece: [UInt8], isLast: Bool, context: [UInt8] = []
    ) -> [UInt8] {
        precondition(piece.count <= SealedStream.pieceBytes, "a piece of \(piece.count) bytes")
        var sealed = [UInt8](repeating: 0, count: piece.count + SealedStream.addedBytes)
        let tag =
            isLast
            ? crypto_secretstream_xchacha20poly1305_tag_final()
            : crypto_secretstream_xchacha20poly1305_tag_message()
        crypto_secretstream_xchacha20poly1305_push(
            &state, &sealed, nil, piece, UInt64(piece.count), context, UInt64(context.count), tag)
        return sealed
    }
}

/// Opens what a `StreamSealer` sealed.
package struct StreamOpener: ~Copyable {
    private var state: crypto_secretstream_xchacha20poly1305_state

    /// Nil for a header that is none.
    package init?(key: SealingKey, header: [UInt8]) {
        var state = crypto_secretstream_xchacha20poly1305_state()
        guard header.count == SealedStream.headerBytes else { return nil }
        var status: Int32 = -1
        key.secret.withBytes {
            status = crypto_secretstream_xchacha20poly1305_init_pull(&state, header, $0.octets)
        }
        guard status == 0 else { return nil }
        self.state = state
    }

    /// The next piece; nil where it was altered, is not the next one, or the key is another.
    package mutating func open(
        _ sealed: [UInt8], context: [UInt8] = []
    ) -> (piece: [UInt8], isLast: Bool)? {
        let count = sealed.count - SealedStream.addedBytes
        guard (0...SealedStream.pieceBytes).contains(count) else { return nil }
        var piece = [UInt8](repeating: 0, count: count)
        var tag: UInt8 = 0
        let status = crypto_secretstream_xchacha20poly1305_pull(
            &state, &piece, nil, &tag, sealed, UInt64(sealed.count), context,
            UInt64(context.count))
        guard status == 0 else { return nil }
        return (piece, tag == crypto_secretstream_xchacha20poly1305_tag_final())
    }
}
