// SPDX-License-Identifier: Apache-2.0

/// Why cryptography cannot be used on this machine.
package enum CryptoFailure: Error, Hashable, Sendable {
    /// `sodium_init` failed: no source of randomness.
    case libraryUnavailable
    /// The library gives other answers than ours must; carries the name of the failed check.
    case selfTestFailed(String)
}

extension CryptoFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .libraryUnavailable:
            "libsodium cannot start: the system gives no random bytes"
        case .selfTestFailed(let check):
            "libsodium failed the self-test \"\(check)\": install libsodium 1.0.18 or later"
        }
    }
}
