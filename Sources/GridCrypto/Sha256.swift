// SPDX-License-Identifier: Apache-2.0

import CSodium

/// SHA-256 (FIPS 180-4), for what others than Onegrid check. Onegrid itself hashes with BLAKE2b.
package enum Sha256 {
    /// 32 bytes.
    package static func hash(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        _ = crypto_hash_sha256(&digest, message, UInt64(message.count))
        return digest
    }
}
