// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCore

extension RecordDisplay {
    /// The arguments of `TableSchema.upsert`, except `_key` and `_merge`.
    var columns: [DatabaseValue] {
        let created = state.first?.timestamp.milliseconds ?? 0
        let updated = state.last?.timestamp.milliseconds ?? 0
        let system: [any DatabaseValueConvertible] = [
            id.description, state.domain.area.description, state.isArchived ? 1 : 0,
            missing.count, conflicts.count, Int64(clamping: created), Int64(clamping: updated),
        ]
        return system.map(\.databaseValue) + fields.map { Self.column($0) }
    }

    /// A value as its column takes it; what does not fit the column's type is kept in the merge
    /// state and leaves the column empty.
    private static func column(_ field: Field) -> DatabaseValue {
        guard let value = field.value else { return .null }
        let isScalar = [.register, .fixed].contains(field.definition.kind)
        switch (field.definition.kind, field.definition.type, value) {
        case (.counter, _, .integer(let integer)): return integer.databaseValue
        case (_, .integer, .integer(let integer)) where isScalar: return integer.databaseValue
        case (_, .boolean, .boolean(let boolean)) where isScalar:
            return (boolean ? 1 : 0).databaseValue
        case (_, .decimal, .decimal(let decimal)) where isScalar:
            return (Double(value.plainText) ?? Double(decimal.mantissa)).databaseValue
        case (.counter, _, _): return .null
        case (_, .integer, _) where isScalar, (_, .boolean, _) where isScalar,
            (_, .decimal, _) where isScalar:
            return .null
        case (.set, _, .list(let values)) where values.isEmpty,
            (.timeline, _, .list(let values)) where values.isEmpty:
            return .null
        default: return value.plainText.databaseValue
        }
    }
}
