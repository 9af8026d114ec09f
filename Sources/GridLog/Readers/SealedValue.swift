// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridCrypto

/// The record in which something is sealed: what is moved elsewhere does not open.
package struct SealedPlace: Hashable, Sendable {
    package let collection: UInt32
    package let record: RecordID

    package init(collection: UInt32, record: RecordID) {
        self.collection = collection
        self.record = record
    }

    package init(of state: RecordState) {
        self.init(collection: state.collection, record: RecordNaming.id(of: state.address))
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 16)
        writer.unsigned(collection)
        writer.recordID(record)
        return writer.bytes
    }
}

/// The name of a content key within its record, 16 bytes (Protocol/readers.md).
package struct ContentKeyID: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        precondition(bytes.count == ContentKey.idBytes, "key id of \(bytes.count) bytes")
        self.bytes = bytes
    }

    package init(of key: ContentKey, at place: SealedPlace) {
        self.init(key.id(at: place.bytes))
    }

    package static func < (left: ContentKeyID, right: ContentKeyID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A value as everybody has it and only named devices read it: bytes of a form that can be told
/// without the key, whose length says of the value no more than a power of two.
package enum SealedValue {
    private static let version: UInt8 = 1
    private static let headBytes = 1 + ContentKey.idBytes
    private static let plainBytesMin = 64

    /// Whether a value has the form of a sealed one, which is all that those without the key can say.
    package static func isSealed(_ value: FieldValue) -> Bool { keyID(of: value) != nil }

    /// Which key a sealed value names; nil where it has not the form of one.
    package static func keyID(of value: FieldValue) -> ContentKeyID? {
        guard case .bytes(let bytes) = value, bytes.first == version else { return nil }
        let plain = bytes.count - headBytes - ContentKey.addedBytes
        guard plain >= plainBytesMin, plain <= ProtocolLimits.sealedPlainBytesMax,
            plain & (plain - 1) == 0
        else { return nil }
        return ContentKeyID(Array(bytes[1..<headBytes]))
    }

    /// Seals a value for a field of a record; nil where it is too long.
    package static func seal(
        _ value: FieldValue, field: UInt32, at place: SealedPlace, with key: ContentKey
    ) -> FieldValue? {
        guard let plain = padded(value) else { return nil }
        let head = [version] + key.id(at: place.bytes)
        return .bytes(head + key.seal(plain, beside: additional(head, field, place)))
    }

    /// The value; nil where it is of another place or key, was altered, or is no value.
    package static func open(
        _ sealed: FieldValue, field: UInt32, at place: SealedPlace, with key: ContentKey
    ) -> FieldValue? {
        guard case .bytes(let bytes) = sealed, isSealed(sealed) else { return nil }
        let head = Array(bytes[..<headBytes])
        guard
            let plain = key.open(
                Array(bytes[headBytes...]), beside: additional(head, field, place))
        else { return nil }
        return try? value(in: plain)
    }

    /// What is sealed: the value's length and bytes, then zeros up to a power of two.
    package static func padded(_ value: FieldValue) -> [UInt8]? {
        var inner = ByteWriter(reserving: 64)
        inner.value(value)
        var writer = ByteWriter(reserving: 128)
        writer.block(inner.bytes)
        var size = plainBytesMin
        while size < writer.bytes.count { size *= 2 }
        guard size <= ProtocolLimits.sealedPlainBytesMax else { return nil }
        return writer.bytes + [UInt8](repeating: 0, count: size - writer.bytes.count)
    }

    private static func value(in plain: [UInt8]) throws -> FieldValue? {
        var reader = ByteReader(plain)
        var inner = ByteReader(try reader.block(max: plain.count))
        let value = try inner.value()
        try inner.finish()
        return plain[reader.offset...].allSatisfy { $0 == 0 } ? value : nil
    }

    /// What a sealed value is bound to: its record, its field and its key.
    package static func additional(
        _ head: [UInt8], _ field: UInt32, _ place: SealedPlace
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 48)
        writer.raw(place.bytes)
        writer.unsigned(field)
        writer.raw(head)
        return writer.bytes
    }
}
