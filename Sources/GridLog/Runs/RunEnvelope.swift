// SPDX-License-Identifier: Apache-2.0

package import GridCodec

/// The bytes of a run as they travel and lie in the ledger: plain, or with its entries packed, by
/// row or by column (Protocol/runs.md, "Envelope"). Every size is stated and bounded before what it
/// is the size of, so that nothing unpacks to more than it says.
package enum RunEnvelope {
    /// The first byte.
    private enum Form: UInt8 {
        case plain = 0
        /// A whole run, packed. It is read, and no longer written.
        case packed = 1
        case columns = 2
        case rows = 3
    }

    /// Packs what becomes smaller by it.
    package static func seal(_ run: Run) -> [UInt8] {
        guard run.entryBytes.count >= ProtocolLimits.runCompressionBytesMin,
            let (form, columnsSize, packed) = pack(run),
            packed.count + (columnsSize == nil ? 0 : 3) < run.entryBytes.count
        else {
            var writer = ByteWriter(reserving: run.encodedSize + 1)
            writer.byte(Form.plain.rawValue)
            writer.run(run)
            return writer.bytes
        }
        var writer = ByteWriter(reserving: run.encodedSize - run.entryBytes.count + packed.count)
        writer.byte(form.rawValue)
        writer.runFront(run)
        writer.raw(run.signature)
        writer.count(run.entryBytes.count)
        if let columnsSize { writer.count(columnsSize) }
        writer.raw(packed)
        return writer.bytes
    }

    private static func pack(
        _ run: Run
    ) -> (form: Form, columnsSize: Int?, packed: [UInt8])? {
        if run.entryBytes.count >= ProtocolLimits.runColumnsBytesMin, run.isWhole,
            let (columns, cuts) = RunColumns.split(run.entryBytes, entries: run.count),
            let packed = RunPacking.pack(columns, cuts: cuts)
        {
            return (.columns, columns.count, packed)
        }
        return RunPacking.packSmall(run.entryBytes).map { (.rows, nil, $0) }
    }

    /// How large the run in an envelope is by the envelope's own word, in bytes; at most
    /// `ProtocolLimits.runBytesMax` where it can be opened.
    package static func plainSize(_ envelope: [UInt8]) -> Int {
        (try? statedSize(envelope)) ?? envelope.count
    }

    private static func statedSize(_ envelope: [UInt8]) throws(DecodingViolation) -> Int {
        var reader = ByteReader(envelope)
        guard let form = Form(rawValue: try reader.byte()) else { throw .unknownTag }
        switch form {
        case .plain: return envelope.count
        case .packed: return try reader.count(max: ProtocolLimits.runBytesMax)
        case .columns, .rows: return try Parts(&reader).runSize
        }
    }

    /// Whether an envelope is of a form that is made smaller by nothing that `seal` does.
    package static func isPacked(_ envelope: [UInt8]) -> Bool {
        switch envelope.first.flatMap(Form.init(rawValue:)) {
        case .columns, .rows: true
        case .plain, .packed, nil: false
        }
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
            guard let plain = RunPacking.unpackFrames(packed, size: size) else {
                throw .compressionBroken
            }
            return try Run(decoding: plain)
        case .columns, .rows: return try openEntries(form, of: envelope, &reader)
        }
    }

    private static func openEntries(
        _ form: Form, of envelope: [UInt8], _ reader: inout ByteReader
    ) throws(DecodingViolation) -> Run {
        let parts = try Parts(&reader)
        guard parts.runSize <= parts.front.bytesMax else { throw .lengthTooLarge }
        let packedSize =
            form == .columns ? try reader.count(max: ProtocolLimits.runBytesMax) : parts.size
        let packed = envelope[try reader.skip(reader.remaining)]
        guard let unpacked = RunPacking.unpack(packed, size: packedSize) else {
            throw .compressionBroken
        }
        let rows =
            form == .columns
            ? try RunColumns.join(unpacked, entries: parts.front.count, size: parts.size) : unpacked
        return Run(parts.front, entryBytes: rows, signature: parts.signature)
    }
}

/// What stands in an envelope of packed entries before them.
private struct Parts {
    let front: Run.Front
    let signature: [UInt8]
    /// Of the entries.
    let size: Int
    /// What the run has with these entries.
    let runSize: Int

    init(_ reader: inout ByteReader) throws(DecodingViolation) {
        let start = reader.offset
        front = try Run.Front(&reader)
        signature = try reader.raw(64)
        size = try reader.count(max: front.bytesMax)
        runSize = reader.offset - start + size
    }
}
