// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto

/// Writes a sealed backup: a whole file or none, whatever ends it early. Memory is bounded by one
/// piece, whatever the size of the folder.
package enum BackupWriter {
    static let purpose = Personalization("onegrid/file/1")

    /// Files of a folder that go into a backup beside the database, as far as they are there.
    static let companions = ["keys/node.key", "keys/root.key", "gridd.yaml"]
    static let database = "grid.db"

    /// Seals a snapshot with the folder's keys and settings.
    ///
    /// - Returns: the manifest with its files.
    package static func write(
        _ snapshot: Snapshot, of folder: NodeFolder, to path: String,
        for recipient: BackupRecipient, overwriting: Bool
    ) throws -> BackupManifest {
        guard overwriting || !FileManager.default.fileExists(atPath: path) else {
            throw BackupFailure.alreadyThere(path: path)
        }
        var sources = [(name: database, path: snapshot.path)]
        for name in companions
        where FileManager.default.fileExists(atPath: "\(folder.path)/\(name)") {
            sources.append((name, "\(folder.path)/\(name)"))
        }
        var manifest = snapshot.manifest
        manifest.files = try sources.map { name, path in
            let (bytes, hash) = try measure(path)
            return BackupManifest.File(name: name, bytes: bytes, hash: hash)
        }
        let prelude = try BackupPrelude(for: recipient)
        let draft = "\(path).part-\(getpid())"
        let file = try NewFile(draft)
        defer { unlink(draft) }
        try seal(manifest, sources.map(\.path), into: file, after: prelude)
        try file.finish(as: path, overwriting: overwriting)
        return manifest
    }

    private static func seal(
        _ manifest: BackupManifest, _ sources: [String], into file: borrowing NewFile,
        after prelude: BackupPrelude
    ) throws {
        var sealer = StreamSealer(key: prelude.key)
        try file.write(prelude.bytes + sealer.header)
        var context = prelude.bytes
        let text = Array(manifest.json.description.utf8)
        let length = UInt32(text.count).littleEndian
        var waiting = withUnsafeBytes(of: length) { Array($0) } + text
        func flush() throws {
            while waiting.count > SealedStream.pieceBytes {
                let piece = Array(waiting.prefix(SealedStream.pieceBytes))
                waiting.removeFirst(piece.count)
                try file.write(sealer.seal(piece, isLast: false, context: context))
                context = []
            }
        }
        try flush()
        for source in sources {
            try read(source) { bytes in
                waiting += bytes
                try flush()
            }
        }
        try file.write(sealer.seal(waiting, isLast: true, context: context))
    }

    static func measure(_ path: String) throws -> (bytes: UInt64, hash: String) {
        var count: UInt64 = 0
        var stream = Blake2bStream(personal: purpose)
        try read(path) { bytes in
            count += UInt64(bytes.count)
            stream.update(bytes)
        }
        return (count, Hexadecimal.text(stream.finish()))
    }

    private static func read(_ path: String, _ take: ([UInt8]) throws -> Void) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BackupFailure.missing(path: path)
        }
        defer { try? file.close() }
        while let bytes = try file.read(upToCount: SealedStream.pieceBytes), !bytes.isEmpty {
            try take(Array(bytes))
        }
    }
}

/// A file that is not there under its own name before it is whole and durable.
struct NewFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(BackupFailure) {
        self.path = path
        unlink(path)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit { close(descriptor) }

    borrowing func write(_ bytes: [UInt8]) throws(BackupFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(written)
        }
    }

    /// Makes it durable. With a name it takes that; an existing file only if it may.
    borrowing func finish(as name: String? = nil, overwriting: Bool) throws(BackupFailure) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        guard let name else { return }
        if overwriting {
            guard rename(path, name) == 0 else { throw Self.failure(name) }
        } else {
            // Other than a renaming, a link never takes the place of what is there.
            guard link(path, name) == 0 else {
                throw errno == EEXIST ? .alreadyThere(path: name) : Self.failure(name)
            }
        }
        try Self.synchronizeFolder(of: name)
    }

    static func synchronizeFolder(of path: String) throws(BackupFailure) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure(folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure(folder) }
    }

    static func failure(_ path: String) -> BackupFailure {
        .system(path: path, reason: String(cString: strerror(errno)))
    }
}
