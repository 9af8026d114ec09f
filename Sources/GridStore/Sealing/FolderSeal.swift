// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridSync

/// Seals and opens what lies in a folder's database (Protocol/at-rest.md). Everything is bound to
/// its place: another's bytes there are damage.
struct FolderSeal: Sendable {
    /// What sealing adds to an envelope, in bytes.
    static let runAddedBytes = runHeadBytes + FolderKey.addedBytes
    /// The front of a sealed envelope, which lies open: its unpacked size.
    static let runHeadBytes = 4

    private static let record = Personalization("onegrid/record/1")
    private static let run = Personalization("onegrid/run/1")
    private static let restatement = Personalization("onegrid/resta/1")
    private static let sheet = Personalization("onegrid/sheet/1")
    private static let find = Personalization("onegrid/find/1")

    let key: FolderKey

    /// A record's merge state, for its row.
    func sealed(merge: [UInt8], of record: RecordKey, row: RowKey) -> [UInt8] {
        key.seal(merge, as: Self.record, at: Self.place(of: record, row: row))
    }

    /// The merge state that a row holds.
    func merge(in sealed: [UInt8], of record: RecordKey, row: RowKey) throws -> [UInt8] {
        let place = Self.place(of: record, row: row)
        guard let merge = key.open(sealed, as: Self.record, at: place) else {
            throw StoreFailure.damaged(
                what: "collection \(record.collection), row \(row.rawValue): seal_broken")
        }
        return merge
    }

    /// An envelope, for the row of `runs`, `quarantined` or `set_aside` with this id and first sequence.
    func sealed(run envelope: [UInt8], id: Int64, first: Int64) -> [UInt8] {
        let size = UInt32(clamping: max(RunEnvelope.plainSize(envelope), envelope.count))
        let head = withUnsafeBytes(of: size.littleEndian) { Array($0) }
        let place = Self.place(ofRun: id, first: first, head: head[...])
        return head + key.seal(envelope, as: Self.run, at: place)
    }

    /// The envelope of a row; nil where it was altered or lies in another's place.
    func envelopeIfWhole(in sealed: [UInt8], id: Int64, first: Int64) -> [UInt8]? {
        guard sealed.count >= Self.runAddedBytes else { return nil }
        let place = Self.place(
            ofRun: id, first: first, head: sealed.prefix(Self.runHeadBytes))
        return key.open(Array(sealed.dropFirst(Self.runHeadBytes)), as: Self.run, at: place)
    }

    /// The envelope in a row that has its `id`, `first` and `envelope`.
    func envelope(in row: Row) throws -> [UInt8] {
        let id: Int64 = try row.cell("id")
        let envelope = envelopeIfWhole(
            in: try row.bytes("envelope"), id: id, first: try row.cell("first"))
        guard let envelope else {
            throw StoreFailure.damaged(
                what: "the run of log \(id >> 32) that ends at \(id & 0xFFFF_FFFF): seal_broken")
        }
        return envelope
    }

    /// A restatement, for its row: it holds people's values.
    func sealed(restatement: Restatement) -> [UInt8] {
        key.seal(restatement.encoded, as: Self.restatement, at: restatement.digest.array)
    }

    /// The restatement in a row that has its `digest` and `bytes`; nil where it is none.
    func restatement(in row: Row) throws -> Restatement? {
        let bytes = key.open(
            try row.bytes("bytes"), as: Self.restatement, at: try row.bytes("digest"))
        return bytes.flatMap { try? Restatement(decoding: $0) }
    }

    /// The unpacked size of a sealed envelope, by its front.
    static func unpackedSize(_ front: [UInt8]) -> Int {
        front.prefix(runHeadBytes).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// By what a record is found that shows this text in a field, without the text lying there.
    func mark(of text: String, in column: TableSchema.Column, of collection: UInt32) -> [UInt8] {
        var writer = ByteWriter(reserving: 32)
        writer.unsigned(collection)
        writer.unsigned(column.field.number)
        writer.value(.text(text))
        return key.mark(of: writer.bytes, as: Self.find)
    }

    /// By what a row of a sheet is known again, without what it says lying there.
    func mark(ofRow text: String) -> [UInt8] { key.mark(of: Array(text.utf8), as: Self.sheet) }

    /// A created record by its row's key, which no other has in this folder; a named one by its id,
    /// because its key is another after a rebuild.
    private static func place(of record: RecordKey, row: RowKey) -> [UInt8] {
        var writer = ByteWriter(reserving: 32)
        writer.unsigned(record.collection)
        writer.area(record.domain.area)
        writer.byte(record.domain.lane.rawValue)
        switch record.address {
        case .created:
            writer.byte(0)
            writer.fixed64(UInt64(bitPattern: row.rawValue))
        case .named(let id):
            writer.byte(1)
            writer.recordID(id)
        }
        return writer.bytes
    }

    private static func place(
        ofRun id: Int64, first: Int64, head: ArraySlice<UInt8>
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 20)
        writer.fixed64(UInt64(bitPattern: id))
        writer.fixed64(UInt64(bitPattern: first))
        writer.raw(head)
        return writer.bytes
    }
}
