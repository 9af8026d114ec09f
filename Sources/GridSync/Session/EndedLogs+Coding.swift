// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// Logs that have ended, by name, in messages and bundles.
extension ByteWriter {
    mutating func endedLogs(_ logs: [LogIdentity]) {
        count(logs.count)
        for log in logs {
            raw(log.key.bytes)
            fixed64(log.nonce.high)
            fixed64(log.nonce.low)
            area(log.domain.area)
            byte(log.domain.lane.rawValue)
        }
    }
}

extension ByteReader {
    /// Ascending by log, each log once.
    mutating func endedLogs() throws(DecodingViolation) -> [LogIdentity] {
        let count = try count(max: ProtocolLimits.endedLogsMax)
        var logs: [LogIdentity] = []
        for _ in 0..<count {
            let key = PublicKey(try bytes32())
            let nonce = ReplicaNonce(high: try fixed64(), low: try fixed64())
            let identity = LogIdentity(key: key, nonce: nonce, domain: try domain())
            if let last = logs.last, last.log >= identity.log { throw .notAscending }
            logs.append(identity)
        }
        return logs
    }
}
