// SPDX-License-Identifier: Apache-2.0

// libsodium speaks of `unsigned char *`; our interfaces speak of raw bytes. Both may alias any
// memory, so the rebinding is sound.

extension UnsafeRawBufferPointer {
    /// The start as C wants it; nil when there are no bytes.
    var octetsIfAny: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }

    /// The start as C wants it, of a buffer that cannot be empty.
    var octets: UnsafePointer<UInt8> {
        guard let octetsIfAny else { preconditionFailure("an empty buffer where bytes must be") }
        return octetsIfAny
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The start as C wants it; nil when there is no room.
    var octetsIfAny: UnsafeMutablePointer<UInt8>? {
        baseAddress?.assumingMemoryBound(to: UInt8.self)
    }

    /// The start as C wants it, of a buffer that cannot be empty.
    var octets: UnsafeMutablePointer<UInt8> {
        guard let octetsIfAny else { preconditionFailure("an empty buffer where bytes must be") }
        return octetsIfAny
    }
}
