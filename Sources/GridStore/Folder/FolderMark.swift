// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A small file that tells a copy of the folder from the folder: it says when the node's key was
/// put beside it, by the time of the last change that the file system keeps (`st_ctime`) and that
/// no tool can set. In a restored backup and in a cloned folder the key was put there later.
///
/// It is no proof of the contrary: an image of the whole disk keeps key and time, and a tool that
/// leaves the key where it lies keeps them too. Where there is no key or no mark, it says nothing.
enum FolderMark {
    /// Longer than any time in it.
    private static let bytesMax = 64

    /// Whether the mark was made for a key that was put somewhere else, or at another time.
    static func isForeign(in folder: NodeFolder) -> Bool {
        guard let made = read(folder), let now = time(of: folder) else { return false }
        return made != now
    }

    /// Marks the folder, unless it has a mark. Failure is not fatal: it is tried at the next start.
    static func complete(_ folder: NodeFolder) {
        if read(folder) == nil { make(in: folder) }
    }

    /// Marks the folder, whatever mark it has.
    static func make(in folder: NodeFolder) {
        guard let text = time(of: folder) else { return }
        let temporary = folder.markPath + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let count = text.utf8.count
        guard text.withCString({ write(file, $0, count) }) == count, fsync(file) == 0 else {
            return
        }
        rename(temporary, folder.markPath)
    }

    /// The time in the file; nil when there is none, or half of one.
    private static func read(_ folder: NodeFolder) -> String? {
        let file = open(folder.markPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: bytesMax)
        let count = Glibc.read(file, &buffer, buffer.count)
        guard count > 0, buffer[count - 1] == UInt8(ascii: "\n") else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// Seconds and nanoseconds since 1970, as the file holds them.
    private static func time(of folder: NodeFolder) -> String? {
        var status = stat()
        guard lstat(folder.nodeKeyPath, &status) == 0 else { return nil }
        return "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)\n"
    }
}
