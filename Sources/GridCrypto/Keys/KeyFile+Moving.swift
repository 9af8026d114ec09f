// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension KeyFile {
    /// Puts the key of one file in the place of another's, whose key is gone then. Whatever ends this
    /// early, the place has the old key or the new one, whole. Refuses a file that `read` refuses.
    package static func move(_ path: String, to place: String) throws(KeyFileFailure) {
        _ = try content(at: path)
        guard rename(path, place) == 0 else { throw failure("rename", place) }
        try synchronizeFolder(of: place)
    }

    /// Removes a key that nobody has a certificate for. One that is not there stays so.
    package static func remove(at path: String) throws(KeyFileFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
        try synchronizeFolder(of: path)
    }
}
