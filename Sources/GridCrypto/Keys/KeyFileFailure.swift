// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why a key file could not be made or read; its description names the path and the remedy.
package struct KeyFileFailure: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// There is a file already, and keys are never overwritten.
        case alreadyExists
        case missing
        /// A link, directory, device or pipe.
        case notRegularFile
        /// Group or others have rights; carries the permission bits.
        case openToOthers(mode: UInt32)
        /// It belongs to another user, whose number is carried.
        case foreignOwner(userID: UInt32)
        /// Not what `KeyFile` writes.
        case wrongContent
        /// It is sealed, and a plain key was asked for.
        case sealed
        /// The passphrase is another, or the file was altered.
        case wrongPassphrase
        /// The machine has not the memory that the file's seal asks for.
        case noMemory
        /// A system call failed; carries its name and `errno`.
        case system(call: String, code: Int32)
    }

    package let path: String
    package let reason: Reason
}

extension KeyFileFailure: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .alreadyExists:
            "there is already a key file at \(path): move it away first, it is never overwritten"
        case .missing:
            "there is no key file at \(path): make one with gridctl init, join or request"
        case .notRegularFile:
            "\(path) is not a regular file: put the key file itself there, not a link to it"
        case .openToOthers(let mode):
            "other users have rights on the key file \(path) (mode \(String(mode, radix: 8))): "
                + "run chmod 600 \(path)"
        case .foreignOwner(let userID):
            "the key file \(path) belongs to user \(userID), but this runs as \(geteuid()): "
                + "run it as that user, or chown the file"
        case .wrongContent:
            "\(path) is not a Onegrid key file, or it is damaged: restore it from its copy"
        case .sealed:
            "the key file \(path) is sealed by a passphrase, which this does not ask for"
        case .wrongPassphrase:
            "the passphrase of \(path) is wrong, or the file was altered"
        case .noMemory:
            "there is not enough memory to open the seal of \(path); close other programs"
        case .system(let call, let code):
            "\(call) failed on the key file \(path): \(String(cString: strerror(code)))"
        }
    }
}
