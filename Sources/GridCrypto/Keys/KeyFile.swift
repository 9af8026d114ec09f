// SPDX-License-Identifier: Apache-2.0

internal import CSodium
internal import Glibc

/// A file with the seed of a `SigningKey`. Plain: the line `onegrid-ed25519-seed-1`, then the seed as
/// 64 hexadecimal digits, each line ended by a line feed; 88 bytes. Sealed by a passphrase: the line
/// `onegrid-ed25519-sealed-1`, then a `SealedSeed` as 256 digits; 282 bytes.
///
/// It belongs to the user who runs the program, and no one else has any right on it.
package enum KeyFile {
    private static let header: StaticString = "onegrid-ed25519-seed-1\n"
    private static let digitsCount = 2 * Ed25519.seedLength
    private static let count = header.utf8CodeUnitCount + digitsCount + 1

    /// Writes a new file of mode 600 and returns when it would survive a power cut. An existing
    /// file is never touched. Whatever ends this early, there is a whole file or none: the key is
    /// written beside its place first.
    package static func create(
        _ key: SigningKey, at path: String, sealedBy seal: Seal? = nil
    ) throws(KeyFileFailure) {
        let text = try text(of: key, sealedBy: seal, path: path)
        try changingFolder(of: path) { () throws(KeyFileFailure) in
            let draft = try draft(text, at: path)
            defer { unlink(draft) }
            // Other than a renaming, a link never takes the place of what is there.
            guard link(draft, path) == 0 else {
                throw errno == EEXIST
                    ? KeyFileFailure(path: path, reason: .alreadyExists) : failure("link", path)
            }
        }
    }

    /// Puts the same key in another form in the place of a file. Whatever ends this early, the old
    /// file or the new one is there, whole.
    package static func replace(
        with key: SigningKey, at path: String, sealedBy seal: Seal?
    ) throws(KeyFileFailure) {
        let text = try text(of: key, sealedBy: seal, path: path)
        try changingFolder(of: path) { () throws(KeyFileFailure) in
            guard try content(at: path).publicKey == key.publicKey else {
                throw KeyFileFailure(path: path, reason: .alreadyExists)
            }
            let draft = try draft(text, at: path)
            guard rename(draft, path) == 0 else {
                defer { unlink(draft) }
                throw failure("rename", path)
            }
        }
    }

    /// Writes a file of mode 600 beside the place, durably.
    /// - Returns: its path.
    private static func draft(
        _ text: SecretBytes, at path: String
    ) throws(KeyFileFailure) -> String {
        let draft = draftPath(of: path)
        // One that was killed while it wrote has left this; that key is in its place, or nobody's.
        unlink(draft)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = open(draft, flags, 0o600)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        do throws(KeyFileFailure) {
            try write(text, to: file, path: path)
            guard fchmod(file, 0o600) == 0 else { throw failure("fchmod", path) }
            guard fsync(file) == 0 else { throw failure("fsync", path) }
        } catch {
            unlink(draft)
            throw error
        }
        return draft
    }

    /// Reads a key that is not sealed. Refused are a file that is not regular, not ours, open to
    /// others, or not exactly as `create` writes it.
    package static func read(at path: String) throws(KeyFileFailure) -> SigningKey {
        guard case .plain(let key) = try content(at: path).form else {
            throw KeyFileFailure(path: path, reason: .sealed)
        }
        return key
    }

    /// Reads what lies in the file, sealed or not; refuses what `read` does.
    package static func content(at path: String) throws(KeyFileFailure) -> Content {
        // O_NONBLOCK: opening a pipe must not wait for its writer.
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            switch errno {
            case ENOENT: throw KeyFileFailure(path: path, reason: .missing)
            case ELOOP, ENXIO: throw KeyFileFailure(path: path, reason: .notRegularFile)
            default: throw failure("open", path)
            }
        }
        defer { close(file) }
        let size = try check(file, path: path)
        var status = 0
        let text = SecretBytes(count: size) { status = fill($0, from: file) }
        guard status >= 0 else { throw failure("read", path) }
        if status == count, let seed = seed(in: text) {
            return Content(.plain(SigningKey(seed: seed)), path: path)
        }
        guard status == sealedCount, let sealed = sealed(in: text) else {
            throw KeyFileFailure(path: path, reason: .wrongContent)
        }
        return Content(.sealed(sealed), path: path)
    }

    static func text(of key: SigningKey) -> SecretBytes {
        SecretBytes(count: count) { text in
            header.withUTF8Buffer { text.copyBytes(from: $0) }
            let digits = UnsafeMutableRawBufferPointer(rebasing: text[header.utf8CodeUnitCount...])
            key.withSeed { seed in
                _ = sodium_bin2hex(
                    UnsafeMutableRawPointer(digits.octets).assumingMemoryBound(to: CChar.self),
                    digits.count, seed.octets, seed.count)
            }
            text[count - 1] = UInt8(ascii: "\n")
        }
    }

    private static func seed(in text: SecretBytes) -> SecretBytes? {
        text.withBytes { text -> SecretBytes? in
            let digits = text.dropFirst(header.utf8CodeUnitCount).dropLast()
            let startsRight = header.withUTF8Buffer { text.starts(with: $0) }
            guard startsRight, text.last == UInt8(ascii: "\n") else { return nil }
            let characters = UnsafeRawBufferPointer(rebasing: digits)
            var decoded = 0
            let seed = SecretBytes(count: Ed25519.seedLength) { seed in
                _ = sodium_hex2bin(
                    seed.octets, seed.count,
                    UnsafeRawPointer(characters.octets).assumingMemoryBound(to: CChar.self),
                    characters.count, nil, &decoded, nil)
            }
            return decoded == Ed25519.seedLength ? seed : nil
        }
    }

    /// - Returns: the file's size, that of one of the two forms.
    private static func check(_ file: Int32, path: String) throws(KeyFileFailure) -> Int {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("fstat", path) }
        let reason: KeyFileFailure.Reason
        if status.st_mode & S_IFMT != S_IFREG {
            reason = .notRegularFile
        } else if status.st_uid != geteuid() {
            reason = .foreignOwner(userID: status.st_uid)
        } else if status.st_mode & 0o077 != 0 {
            reason = .openToOthers(mode: status.st_mode & 0o7777)
        } else if ![count, sealedCount].contains(Int(status.st_size)) {
            reason = .wrongContent
        } else {
            return Int(status.st_size)
        }
        throw KeyFileFailure(path: path, reason: reason)
    }

    private static func write(
        _ text: SecretBytes, to file: Int32, path: String
    ) throws(KeyFileFailure) {
        let isWritten = text.withBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                rest = rest.dropFirst(written)
            }
            return true
        }
        guard isWritten else { throw failure("write", path) }
    }

    /// Reads until the buffer is full or the file ends; the number of bytes, or -1.
    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from file: Int32) -> Int {
        var filled = 0
        while filled < buffer.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = Glibc.read(file, room.baseAddress, room.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return -1 }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    static func failure(_ call: String, _ path: String) -> KeyFileFailure {
        KeyFileFailure(path: path, reason: .system(call: call, code: errno))
    }
}
