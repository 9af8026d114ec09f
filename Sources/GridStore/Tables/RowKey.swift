// SPDX-License-Identifier: Apache-2.0

import GridCore

/// The integer key of a record's row. For a created record it is made from its creator's log
/// number, sequence and index, so that an entry finds its row without a look-up; named records
/// have negative keys, counted down.
struct RowKey: Hashable, Sendable {
    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    /// 23 bits of log number, 32 of sequence, 8 of index.
    init(log: Int64, sequence: UInt64, index: UInt16) {
        rawValue = log << 40 | Int64(sequence & 0xFFFF_FFFF) << 8 | Int64(index & 0xFF)
    }

    var isNamed: Bool { rawValue < 0 }
    var log: Int64 { rawValue >> 40 }
    var sequence: UInt64 { UInt64(rawValue >> 8 & 0xFFFF_FFFF) }
    var index: UInt16 { UInt16(rawValue & 0xFF) }
}
