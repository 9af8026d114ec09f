// SPDX-License-Identifier: Apache-2.0

/// Where a record was born, the form in which entries of one domain speak of it.
package enum RecordAddress: Hashable, Sendable {
    /// Created by the `index`-th creation (from 0) of the entry at `dot`.
    case created(dot: Dot, index: UInt16)
    /// Identified by its natural key: two nodes that create the same one mean the same one.
    case named(RecordID)
}
