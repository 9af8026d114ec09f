// SPDX-License-Identifier: Apache-2.0

import CZstd
package import GridCodec

/// The bytes of a run as they travel and lie in the ledger: plain, or compressed with zstd
/// (RFC 8878) at level 3. The plain size is stated first and bounded, so that nothing unpacks to
/// more than it says.
package enum RunEnvelope {
    private static let compressionLevel: Int32 = 3

    /// Compresses 1 KiB and more where that makes them smaller.
    package static func seal(_ plain: [UInt8]) -> [UInt8] {
        guard plain.count >= ProtocolLimits.runCompressionBytesMin,
            let packed = compress(plain), packed.count < plain.count
        else { return [0] + plain }
        var writer = ByteWriter(reserving: packed.count + 4)
        writer.byte(1)
        writer.count(plain.count)
        writer.raw(packed)
        return writer.bytes
    }

    /// How large the run in an envelope is by the envelope's own word, in bytes; at most
    /// `ProtocolLimits.runBytesMax` where it can be opened.
    package static func plainSize(_ envelope: [UInt8]) -> Int {
        var reader = ByteReader(envelope)
        guard let form = try? reader.byte(), form != 0 else { return envelope.count }
        return (try? reader.count(max: ProtocolLimits.runBytesMax)) ?? envelope.count
    }

    /// Whether an envelope is compressed as far as it is worth while.
    package static func isPacked(_ envelope: [UInt8]) -> Bool {
        envelope.first != 0 || envelope.count <= ProtocolLimits.runCompressionBytesMin
    }

    /// The plain bytes of an envelope, at most `ProtocolLimits.runBytesMax`.
    package static func open(_ envelope: [UInt8]) throws(DecodingViolation) -> [UInt8] {
        var reader = ByteReader(envelope)
        switch try reader.byte() {
        case 0:
            guard reader.remaining <= ProtocolLimits.runBytesMax else { throw .lengthTooLarge }
            return try reader.raw(reader.remaining)
        case 1:
            let size = try reader.count(max: ProtocolLimits.runBytesMax)
            return try decompress(try reader.raw(reader.remaining), size: size)
        default: throw .unknownTag
        }
    }

    private static func compress(_ plain: [UInt8]) -> [UInt8]? {
        let bound = ZSTD_compressBound(plain.count)
        var failed = false
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let written = plain.withUnsafeBytes {
                ZSTD_compress(
                    buffer.baseAddress, bound, $0.baseAddress, $0.count, compressionLevel)
            }
            failed = ZSTD_isError(written) != 0
            count = failed ? 0 : written
        }
        return failed ? nil : packed
    }

    private static func decompress(
        _ packed: [UInt8], size: Int
    ) throws(DecodingViolation) -> [UInt8] {
        var isWhole = false
        let plain = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            let written = packed.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, size, $0.baseAddress, $0.count)
            }
            isWhole = ZSTD_isError(written) == 0 && written == size
            count = isWhole ? size : 0
        }
        guard isWhole else { throw .compressionBroken }
        return plain
    }
}
