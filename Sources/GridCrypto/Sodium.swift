// SPDX-License-Identifier: Apache-2.0

internal import CSodium

/// The start of libsodium, the one cryptographic library of the house.
package enum Sodium {
    /// Whether libsodium stands ready. Evaluated once; libsodium guards against races itself.
    static let isReady = sodium_init() >= 0

    /// Initialises libsodium and runs `SelfTest`. A program calls it first and ends if it throws:
    /// what we hold true of the verifier would not hold.
    package static func start() throws(CryptoFailure) {
        guard isReady else { throw .libraryUnavailable }
        try SelfTest.run()
    }
}
