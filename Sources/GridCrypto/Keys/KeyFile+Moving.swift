// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension KeyFile {
    /// Puts the key of one file in the place of another's, whose key is gone then. Whatever ends this
    /// early, the place has the old key or the new one, whole. Refuses a file that `read` refuses.
    package static func move(_ path: String, to place: String) throws(KeyFileFailure) {
        try changingFolder(of: place) { () throws(KeyFileFailure) in
            _ = try content(at: path)
            guard rename(path, place) == 0 else { throw failure("rename", place) }
        }
    }

    /// Removes a key that nobody has a certificate for. One that is not there stays so.
    package static func remove(at path: String) throws(KeyFileFailure) {
        try changingFolder(of: path) { () throws(KeyFileFailure) in
            guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
        }
    }

    /// Removes what one that was killed while it wrote has left beside the place of a key: it may
    /// hold plain what the file itself holds sealed. Nobody else's draft is touched.
    package static func removeDraft(of path: String) throws(KeyFileFailure) {
        let draft = draftPath(of: path)
        guard access(draft, F_OK) == 0 else { return }
        try changingFolder(of: path) { () throws(KeyFileFailure) in
            guard unlink(draft) == 0 || errno == ENOENT else { throw failure("unlink", draft) }
        }
    }

    static func draftPath(of path: String) -> String { path + ".new" }

    /// Changes what lies in a file's folder while no other process does, and returns when names and
    /// bytes would survive a power cut. The kernel lets go of the folder with the process.
    static func changingFolder<Result>(
        of path: String, _ change: () throws(KeyFileFailure) -> Result
    ) throws(KeyFileFailure) -> Result {
        let folder: String
        switch path.lastIndex(of: "/") {
        case .none: folder = "."
        case .some(path.startIndex): folder = "/"
        case .some(let slash): folder = String(path[..<slash])
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open", path) }
        defer { close(directory) }
        while flock(directory, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("flock", folder) }
        }
        let result = try change()
        guard fsync(directory) == 0 else { throw failure("fsync", folder) }
        return result
    }
}
