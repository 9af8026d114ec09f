// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCrypto
package import GridSync

/// Writes one part of a bundle: a whole file or none. Memory is bounded by one item and one piece.
package struct BundleWriter: ~Copyable {
    /// Bytes of the file so far, those included that wait to be sealed.
    package private(set) var byteCount: UInt64
    package private(set) var runs: UInt64 = 0
    private let file: NewFile
    private var sealer: BundleSealer
    private var waiting: [UInt8] = []

    /// Begins a file, which must not be there.
    ///
    /// - Throws: `BundleFailure`.
    package init(
        _ path: String, prelude: BundlePrelude, header: BundleHeader, from sender: AgreementKey
    ) throws {
        let sealer = try BundleSealer(prelude, header: header.encoded, from: sender)
        let file = try Self.open(path)
        try Self.write(sealer.start, to: file)
        byteCount = UInt64(sealer.start.count)
        self.sealer = sealer
        self.file = file
    }

    private static func open(_ path: String) throws(BundleFailure) -> NewFile {
        do throws(BackupFailure) {
            return try NewFile(path)
        } catch {
            throw BundleFailure(error)
        }
    }

    /// What an item adds to a file, at most; the end of the file included.
    package static func size(of item: BundleItem) -> UInt64 {
        let plain = item.encoded.count + 4
        return UInt64(plain + (plain / BundleSeal.pieceBytes + 1) * BundleSeal.addedBytes + 64)
    }

    package mutating func append(_ item: BundleItem) throws {
        if case .run = item { runs += 1 }
        var writer = ByteWriter(reserving: 1_024)
        writer.bundleItem(item)
        waiting += writer.bytes
        byteCount += UInt64(writer.bytes.count)
        while waiting.count > BundleSeal.pieceBytes {
            let piece = Array(waiting.prefix(BundleSeal.pieceBytes))
            waiting.removeFirst(piece.count)
            byteCount += UInt64(BundleSeal.addedBytes)
            try Self.write(try sealer.seal(piece, isLast: false), to: file)
        }
    }

    /// Ends it, and makes it durable.
    ///
    /// - Parameter hasMore: another part goes on from here.
    /// - Returns: the bytes of the file.
    package consuming func finish(hasMore: Bool) throws -> UInt64 {
        try append(.end(runs: runs, hasMore: hasMore))
        try Self.write(try sealer.seal(waiting, isLast: true), to: file)
        byteCount += UInt64(BundleSeal.addedBytes)
        do throws(BackupFailure) {
            try file.finish(overwriting: false)
        } catch {
            throw BundleFailure(error)
        }
        return byteCount
    }

    private static func write(
        _ bytes: [UInt8], to file: borrowing NewFile
    ) throws(BundleFailure) {
        do throws(BackupFailure) {
            try file.write(bytes)
        } catch {
            throw BundleFailure(error)
        }
    }
}
