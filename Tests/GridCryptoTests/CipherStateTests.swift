// SPDX-License-Identifier: Apache-2.0

import GridCrypto
import Testing

struct CipherStateTests {
    private let key = [UInt8](0..<32)

    @Test func bothSidesCrossTheRekeyTogether() throws {
        var sending = CipherState(key: key, nonce: 65_530)
        var receiving = sending
        var unchanged = CipherState(key: key, nonce: 65_530, messagesPerKey: 1_000_000)
        for number in 65_530..<65_545 {
            let sealed = try sending.encrypt([UInt8(number % 251)])
            #expect(try receiving.decrypt(sealed) == [UInt8(number % 251)])
            #expect(try unchanged.encrypt([UInt8(number % 251)]) == sealed || number >= 65_536)
            #expect(sending.nonce == UInt64(number) + 1)
        }
        #expect(try unchanged.encrypt([0]) != sending.encrypt([0]))
    }

    @Test func aRekeyIsTheOneOfTheSpecification() throws {
        var rekeyed = CipherState(key: key)
        rekeyed.rekey()
        // ChaChaPoly over 32 zeros with the reserved nonce, by another implementation.
        var expected = CipherState(
            key: bytes("50835543a205b22c9323f2022bc4f67d838f90e61d5ccf33c4513e01f85b5042"))
        #expect(try rekeyed.encrypt([1]) == expected.encrypt([1]))
    }

    @Test func theLastNonceIsNeverUsed() throws {
        var sending = CipherState(key: key, nonce: .max - 1)
        var receiving = sending
        #expect(try receiving.decrypt(sending.encrypt([1])) == [1])
        #expect(throws: NoiseViolation.noncesExhausted) { try sending.encrypt([1]) }
        #expect(throws: NoiseViolation.noncesExhausted) {
            try receiving.decrypt([UInt8](repeating: 0, count: 16))
        }
    }

    @Test func aRefusedMessageDoesNotAdvanceTheCounter() throws {
        var sending = CipherState(key: key)
        var receiving = sending
        let sealed = try sending.encrypt(Array("entry".utf8))
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 0x80
            #expect(throws: NoiseViolation.authenticationFailed) {
                try receiving.decrypt(altered)
            }
        }
        #expect(try receiving.decrypt(sealed) == Array("entry".utf8))
        #expect(throws: NoiseViolation.authenticationFailed) { try receiving.decrypt(sealed) }
    }

    @Test func lengthsAreBounded() throws {
        var cipher = CipherState(key: key)
        #expect(throws: NoiseViolation.messageTooLong(65_536)) {
            try cipher.encrypt([UInt8](repeating: 0, count: NoiseLimits.plaintextBytesMax + 1))
        }
        #expect(throws: NoiseViolation.messageTooShort(15)) {
            try cipher.decrypt([UInt8](repeating: 0, count: 15))
        }
        #expect(throws: NoiseViolation.messageTooLong(65_536)) {
            try cipher.decrypt([UInt8](repeating: 0, count: 65_536))
        }
        #expect(try cipher.encrypt([]).count == 16)
    }

    @Test func workInPlaceEqualsWorkWithArrays() throws {
        var (arrays, buffers) = (CipherState(key: key), CipherState(key: key))
        let associated: [UInt8] = [1, 2, 3]
        let sealed = try arrays.encrypt([4, 5, 6], associatedData: associated)
        var room: [UInt8] = [4, 5, 6] + [UInt8](repeating: 0, count: 16)
        try room.withUnsafeMutableBytes { room in
            try associated.withUnsafeBytes {
                try buffers.encrypt(
                    UnsafeRawBufferPointer(rebasing: room[..<3]), associatedData: $0, into: room)
            }
        }
        #expect(room == sealed)
        var opening = CipherState(key: key)
        try room.withUnsafeMutableBytes { room in
            try associated.withUnsafeBytes {
                try opening.decrypt(
                    UnsafeRawBufferPointer(room), associatedData: $0,
                    into: UnsafeMutableRawBufferPointer(rebasing: room[..<3]))
            }
        }
        #expect(room.prefix(3) == [4, 5, 6])
    }
}
