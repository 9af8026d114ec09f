// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto

/// Reads a sealed backup: its manifest at once, its files one after the other.
package struct BackupReader: ~Copyable {
    package let manifest: BackupManifest
    private var pieces: PieceReader

    /// Whether a passphrase opens a file, and not a key.
    package static func takesPassphrase(_ path: String) throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BackupFailure.missing(path: path)
        }
        defer { try? file.close() }
        let start = Array(try file.read(upToCount: BackupPrelude.mark.count + 1) ?? Data())
        guard let takes = BackupPrelude.takesPassphrase(start) else {
            throw BackupFailure.notABackup(path: path)
        }
        return takes
    }

    /// Opens a backup and reads its manifest. The files after it are looked at by `unpack`.
    package init(_ path: String, with secret: BackupSecret) throws {
        let takesPassphrase = try Self.takesPassphrase(path)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BackupFailure.missing(path: path)
        }
        let count =
            BackupPrelude.mark.count
            + (takesPassphrase ? BackupPrelude.passphraseBytes : BackupPrelude.keyBytes)
        let start = Array(try file.read(upToCount: count) ?? Data())
        let header = Array(try file.read(upToCount: SealedStream.headerBytes) ?? Data())
        guard start.count == count, header.count == SealedStream.headerBytes else {
            throw BackupFailure.notABackup(path: path)
        }
        let prelude = try BackupPrelude(reading: start, with: secret, path: path)
        guard let opener = StreamOpener(key: prelude.key, header: header) else {
            throw BackupFailure.notABackup(path: path)
        }
        var pieces = PieceReader(path: path, file: file, opener: opener, context: prelude.bytes)
        let length = try pieces.take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= BackupManifest.bytesMax,
            let manifest = BackupManifest(bytes: try pieces.take(length))
        else { throw BackupFailure.wrongContent(what: "清单 / manifest") }
        self.manifest = manifest
        self.pieces = pieces
    }

    /// Writes the files into a folder and holds each against the manifest. What is there when it
    /// throws is for the caller to delete.
    package mutating func unpack(into folder: String) throws {
        var names: Set<String> = []
        for file in manifest.files {
            guard file.name == BackupWriter.database || BackupWriter.companions.contains(file.name),
                names.insert(file.name).inserted
            else { throw BackupFailure.wrongContent(what: file.name) }
            let target = "\(folder)/\(file.name)"
            if let slash = file.name.lastIndex(of: "/") {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(file.name[..<slash])", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            }
            var stream = Blake2bStream(personal: BackupWriter.purpose)
            let written = try NewFile(target)
            try pieces.each(file.bytes) { bytes in
                stream.update(bytes)
                try written.write(bytes)
            }
            try written.finish(overwriting: false)
            guard Hexadecimal.text(stream.finish()) == file.hash else {
                throw BackupFailure.wrongContent(what: file.name)
            }
        }
        guard names.contains(BackupWriter.database) else {
            throw BackupFailure.wrongContent(what: BackupWriter.database)
        }
        try pieces.finish()
    }
}

/// The plain bytes of a sealed stream.
private struct PieceReader: ~Copyable {
    private let path: String
    private let file: FileHandle
    private var opener: StreamOpener
    private var waiting: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private var context: [UInt8]

    init(path: String, file: FileHandle, opener: consuming StreamOpener, context: [UInt8]) {
        self.path = path
        self.file = file
        self.opener = opener
        self.context = context
    }

    mutating func take(_ count: Int) throws -> [UInt8] {
        var taken: [UInt8] = []
        try each(UInt64(count)) { taken += $0 }
        return taken
    }

    /// Hands over the next bytes in parts of at most a piece.
    mutating func each(_ count: UInt64, _ hand: ([UInt8]) throws -> Void) throws {
        var left = count
        while left > 0 {
            if waiting.isEmpty { try fill() }
            let part = Array(waiting.prefix(Int(min(left, UInt64(waiting.count)))))
            waiting = waiting.dropFirst(part.count)
            left -= UInt64(part.count)
            try hand(part)
        }
    }

    /// Nothing may follow.
    mutating func finish() throws {
        if waiting.isEmpty, !isAtEnd { try fill() }
        guard waiting.isEmpty, isAtEnd, try (file.read(upToCount: 1) ?? Data()).isEmpty else {
            throw BackupFailure.wrongContent(what: "多余的内容 / more than the manifest names")
        }
    }

    private mutating func fill() throws {
        guard !isAtEnd else { throw BackupFailure.wrongContent(what: "内容不足 / cut short") }
        let sealed = try file.read(upToCount: SealedStream.pieceBytes + SealedStream.addedBytes)
        guard let (piece, isLast) = opener.open(Array(sealed ?? Data()), context: context) else {
            throw BackupFailure.cannotBeOpened(path: path)
        }
        context = []
        isAtEnd = isLast
        waiting = piece[...]
        if piece.isEmpty, !isLast { throw BackupFailure.cannotBeOpened(path: path) }
    }
}
