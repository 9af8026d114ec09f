// SPDX-License-Identifier: Apache-2.0

package import GridCodec

/// The bytes of a run as they travel and lie in the ledger: plain, packed, or laid out by column
/// and packed (Protocol/runs.md, "Envelope"). Every size is stated and bounded before what it is
/// the size of, so that nothing unpacks to more than it says.
package enum RunEnvelope {
    /// The first byte.
    private enum Form: UInt8 {
        case plain = 0
        case packed = 1
        case columns = 2
    }

    /// Packs what becomes smaller by it.
    package static func seal(_ run: Run) -> [UInt8] {
        if run.entryBytes.count >= ProtocolLimits.runCompressionBytesMin {
            if let envelope = sealedAsColumns(run) { return envelope }
            let plain = run.encoded
            if let packed = RunPacking.pack(plain), packed.count < plain.count {
                var writer = ByteWriter(reserving: packed.count + 4)
                writer.byte(Form.packed.rawValue)
                writer.count(plain.count)
                writer.raw(packed)
                return writer.bytes
            }
        }
        var writer = ByteWriter(reserving: run.encodedSize + 1)
        writer.byte(Form.plain.rawValue)
        writer.run(run)
        return writer.bytes
    }

    /// Nil where columns do not make it smaller, or the run is not one that has them.
    private static func sealedAsColumns(_ run: Run) -> [UInt8]? {
        let isWhole = run.salts.allSatisfy { segment in
            if case .withheld = segment { false } else { true }
        }
        guard isWhole,
            let (columns, cuts) = RunColumns.split(run.entryBytes, entries: run.count),
            let packed = RunPacking.pack(columns, cuts: cuts),
            packed.count < run.entryBytes.count
        else { return nil }
        var writer = ByteWriter(reserving: run.encodedSize - run.entryBytes.count + packed.count)
        writer.byte(Form.columns.rawValue)
        writer.runFront(run)
        writer.raw(run.signature)
        writer.count(run.entryBytes.count)
        writer.count(columns.count)
        writer.raw(packed)
        return writer.bytes
    }

    /// The run of an envelope; the entries inside it are not looked at.
    package static func open(_ envelope: [UInt8]) throws(DecodingViolation) -> Run {
        var reader = ByteReader(envelope)
        guard let form = Form(rawValue: try reader.byte()) else { throw .unknownTag }
        switch form {
        case .plain: return try Run(decodingRest: &reader)
        case .packed:
            let size = try reader.count(max: ProtocolLimits.runBytesMax)
            let packed = envelope[try reader.skip(reader.remaining)]
            guard let plain = RunPacking.unpack(packed, size: size, isOneFrame: false) else {
                throw .compressionBroken
            }
            return try Run(decoding: plain)
        case .columns: return try openColumns(envelope, &reader)
        }
    }

    private static func openColumns(
        _ envelope: [UInt8], _ reader: inout ByteReader
    ) throws(DecodingViolation) -> Run {
        let start = reader.offset
        let front = try Run.Front(&reader)
        let frontSize = reader.offset - start
        let signature = try reader.raw(64)
        let size = try reader.count(max: ProtocolLimits.runBytesMax)
        let columnsSize = try reader.count(max: ProtocolLimits.runBytesMax)
        var length = ByteWriter()
        length.count(size)
        guard
            frontSize + length.bytes.count + size + signature.count <= ProtocolLimits.runBytesMax
        else { throw .lengthTooLarge }
        let packed = envelope[try reader.skip(reader.remaining)]
        guard let columns = RunPacking.unpack(packed, size: columnsSize, isOneFrame: true) else {
            throw .compressionBroken
        }
        let rows = try RunColumns.join(columns, entries: front.count, size: size)
        return Run(front, entryBytes: rows, signature: signature)
    }
}
