// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// Where logs end, as cut-offs and successions carry it.
extension ByteReader {
    mutating func cutOffRows() throws(DecodingViolation) -> [CutOff.Row] {
        let count = try count(max: ProtocolLimits.cutOffRowsMax)
        var rows: [CutOff.Row] = []
        for _ in 0..<count {
            let row = CutOff.Row(log: try log(), height: try sequence(), head: try bytes32())
            if let last = rows.last, last.log >= row.log { throw .notAscending }
            rows.append(row)
        }
        return rows
    }
}

extension ByteWriter {
    mutating func cutOffRows(_ rows: [CutOff.Row]) {
        count(rows.count)
        for row in rows {
            log(row.log)
            unsigned(row.height)
            raw(row.head)
        }
    }
}
