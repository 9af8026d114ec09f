// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore

extension Row {
    /// The value of a column. One of another type than its table says is damage: it throws, where
    /// GRDB's subscripts would trap.
    func cell<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value {
        try decode(Value.self, forColumn: column)
    }

    func bytes(_ column: String) throws -> [UInt8] { Array(try cell(column, as: Data.self)) }

    /// The lane in the column `_lane`.
    func lane() throws -> Lane {
        let number: Int64 = try cell("_lane")
        guard let lane = Lane(rawValue: UInt8(clamping: number)) else {
            throw StoreFailure.damaged(what: "lane \(number)")
        }
        return lane
    }
}
