// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
package import GridCrypto
package import GridLog
package import GridSync

/// Reads one part of a bundle, item by item; the file may be anything at all, and is only read.
package struct BundleReader: ~Copyable {
    package let prelude: BundlePrelude
    package let header: BundleHeader
    /// The sender's X25519 key, which the seal has proved.
    package let senderKey: [UInt8]
    private let file: FileHandle
    private var opener: BundleOpener
    private var items = BundleItems()
    private var isLastOpened = false

    /// What anybody may read of a file.
    ///
    /// - Throws: `BundleFailure.missing`, `.notABundle` and `.notAQuarantine`.
    package static func prelude(
        _ path: String, as kind: BundlePrelude.Kind = .bundle
    ) throws(BundleFailure) -> BundlePrelude {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .missing(path: path) }
        defer { try? file.close() }
        return try BundlePrelude(kind, decoding: bytes(BundlePrelude.byteCount, of: file))
    }

    /// Opens a file that is sealed to a key, and reads who has sent it.
    ///
    /// - Parameter own: the key of the node that reads, as Ed25519.
    /// - Throws: `BundleFailure`.
    package init(
        _ path: String, as kind: BundlePrelude.Kind = .bundle, own: PublicKey, key: AgreementKey
    ) throws(BundleFailure) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .missing(path: path) }
        let prelude = try BundlePrelude(
            kind, decoding: Self.bytes(BundlePrelude.byteCount, of: file))
        guard prelude.recipient == own else {
            throw .forAnother(key: prelude.recipient.description)
        }
        guard let message = try Self.record(of: file) else { throw .incomplete }
        let opener = try BundleOpener(prelude, message: message, for: key)
        let header: BundleHeader
        do throws(DecodingViolation) {
            header = try BundleHeader(decoding: opener.header)
        } catch {
            throw .malformed(code: error.rawValue)
        }
        guard header.recipient == own else {
            throw .forAnother(key: header.recipient.description)
        }
        self.file = file
        self.prelude = prelude
        self.opener = opener
        self.header = header
        senderKey = opener.senderKey
    }

    /// Size of the file, in bytes.
    package var byteCount: UInt64 { FileSize.of(descriptor: file.fileDescriptor) }

    /// The next item; nil when the bundle has come to its end, whole.
    ///
    /// - Throws: `BundleFailure`; what came before counts all the same.
    package mutating func next() throws(BundleFailure) -> BundleItem? {
        while true {
            do throws(DecodingViolation) {
                if let item = try items.next() { return item }
            } catch {
                throw .malformed(code: error.rawValue)
            }
            guard !isLastOpened else { break }
            guard let message = try Self.record(of: file) else { throw .incomplete }
            let (piece, isLast) = try opener.open(message)
            isLastOpened = isLast
            items.take(piece)
        }
        guard items.isEnded, !items.isAmidItem else {
            throw .malformed(code: DecodingViolation.truncated.rawValue)
        }
        guard Self.bytes(1, of: file).isEmpty else {
            throw .malformed(code: DecodingViolation.trailingBytes.rawValue)
        }
        return nil
    }

    /// The content of the next record; nil where the file ends within it or before. A length of two
    /// bytes bounds what it takes.
    private static func record(of file: FileHandle) throws(BundleFailure) -> [UInt8]? {
        let length = bytes(2, of: file)
        guard length.count == 2 else { return nil }
        let count = Int(length[0]) << 8 | Int(length[1])
        let message = bytes(count, of: file)
        return message.count == count ? message : nil
    }

    /// So many bytes, or those that are there: a stick that fails ends the file for us.
    private static func bytes(_ count: Int, of file: FileHandle) -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count,
            let more = try? file.read(upToCount: count - taken.count), !more.isEmpty
        { taken += more }
        return taken
    }
}
