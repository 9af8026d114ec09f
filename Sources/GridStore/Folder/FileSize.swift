// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How large files are.
enum FileSize {
    /// Bytes of a file; 0 where there is none.
    static func of(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(clamping: status.st_size) : 0
    }

    static func of(descriptor: Int32) -> UInt64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(clamping: status.st_size) : 0
    }
}
