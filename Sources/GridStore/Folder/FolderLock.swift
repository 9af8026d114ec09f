// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The right to open a data folder: an exclusive `flock` on its lock file, which the kernel drops
/// with the process, however it ends.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or says who has it.
    package init(_ folder: NodeFolder) throws(StoreFailure) {
        let descriptor = open(
            folder.lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: folder.lockPath, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw .folderInUse(path: folder.path, processID: holder)
        }
        self.descriptor = descriptor
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit { close(descriptor) }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        return Int32(text.prefix { $0.isNumber })
    }
}
