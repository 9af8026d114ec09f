// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// How records get their lasting names (Protocol/entries.md, "Record identity").
package enum RecordNaming {
    /// The name of the `index`-th record that the entry at `dot` creates.
    package static func id(createdAt dot: Dot, index: UInt16) -> RecordID {
        var writer = ByteWriter(reserving: 40)
        writer.log(dot.log)
        writer.unsigned(dot.sequence)
        writer.unsigned(index)
        return id(Hashing.words(writer.bytes, personal: .record))
    }

    /// The name of the record of a collection and area with this natural key.
    package static func id(
        collection: UInt32, area: AreaCode, key: [FieldValue]
    ) -> RecordID {
        var writer = ByteWriter(reserving: 64)
        writer.unsigned(collection)
        writer.area(area)
        for value in key { writer.value(value) }
        return id(Hashing.words(writer.bytes, personal: .name))
    }

    package static func id(of address: RecordAddress) -> RecordID {
        switch address {
        case .created(let dot, let index): id(createdAt: dot, index: index)
        case .named(let id): id
        }
    }

    private static func id(_ words: (high: UInt64, low: UInt64)) -> RecordID {
        RecordID(high: words.high, low: UInt16(truncatingIfNeeded: words.low >> 48))
    }
}

extension RecordID {
    /// The first 80 bits of a digest.
    init(startOf digest: Bytes32) {
        self.init(
            high: digest.words.0, low: UInt16(truncatingIfNeeded: digest.words.1 >> 48))
    }
}
