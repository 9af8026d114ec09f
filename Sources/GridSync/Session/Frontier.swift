// SPDX-License-Identifier: Apache-2.0

package import GridCodec
package import GridCore
package import GridLog

/// One log as a side announces it.
package struct FrontierRow: Hashable, Sendable {
    package let log: LogID
    package let height: UInt64
    /// The first 8 bytes of the last entry's hash. Equal heights with different heads are a fork.
    package let head: UInt64

    package init(log: LogID, height: UInt64, head: UInt64) {
        self.log = log
        self.height = height
        self.head = head
    }

    package init(_ state: LogState) {
        self.init(
            log: state.identity.log, height: state.height, head: state.head.words.0)
    }
}

/// BLAKE2b-256 over the rows of one area, cut to its first 16 bytes.
package struct FrontierDigest: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The digest of rows of one area, ascending by log.
    package init(of rows: some Sequence<FrontierRow>) {
        var writer = ByteWriter()
        for row in rows { writer.frontierRow(row) }
        let digest = Hashing.digest(writer.bytes, personal: .frontier)
        self.init(high: digest.words.0, low: digest.words.1)
    }
}

extension FrontierDigest: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}

extension ByteWriter {
    package mutating func frontierRow(_ row: FrontierRow) {
        log(row.log)
        unsigned(row.height)
        fixed64(row.head)
    }

    mutating func frontier(_ rows: [FrontierRow]) {
        count(rows.count)
        for row in rows { frontierRow(row) }
    }
}

extension ByteReader {
    /// Rows ascending by log, each log once.
    mutating func frontier() throws(DecodingViolation) -> [FrontierRow] {
        let count = try count(max: ProtocolLimits.frontierRowsMax)
        var rows: [FrontierRow] = []
        for _ in 0..<count {
            let row = FrontierRow(
                log: try log(), height: try sequence(), head: try fixed64())
            if let last = rows.last, last.log >= row.log { throw .notAscending }
            rows.append(row)
        }
        return rows
    }
}
