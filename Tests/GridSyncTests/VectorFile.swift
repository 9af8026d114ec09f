// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridLog
import GridSync
import Testing

/// A file of Protocol/vectors.
struct VectorFile<Vector: Decodable>: Decodable {
    let schema: String
    let vectors: [Vector]

    /// The vectors of `Protocol/vectors/NAME.json`.
    static func vectors(_ name: String) throws -> [Vector] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let content = try Data(contentsOf: folder.appending(path: "Protocol/vectors/\(name).json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(Self.self, from: content)
        try #require(file.schema == "onegrid.vectors.\(name)/1")
        try #require(!file.vectors.isEmpty)
        return file.vectors
    }
}

/// Bytes that stand in a vector as hexadecimal digits.
struct VectorBytes: Decodable, Hashable, Sendable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        bytes = try #require(Hexadecimal.bytes(text))
    }

    var bytes32: Bytes32 {
        get throws { try #require(Bytes32(bytes)) }
    }

    /// The number of eight bytes.
    var word: UInt64 {
        get throws {
            var reader = ByteReader(bytes)
            let word = try reader.fixed64()
            try reader.finish()
            return word
        }
    }

    /// The numbers of sixteen bytes.
    var words: (high: UInt64, low: UInt64) {
        get throws {
            var reader = ByteReader(bytes)
            let words = (high: try reader.fixed64(), low: try reader.fixed64())
            try reader.finish()
            return words
        }
    }
}

/// One log, with what a message says of it.
struct VectorRow: Decodable, Sendable {
    let area: String
    let lane: UInt8
    let replica: VectorBytes
    let height: UInt64?
    let head: VectorBytes?

    var log: LogID {
        get throws {
            let words = try replica.words
            return LogID(
                replica: ReplicaID(high: words.high, low: words.low),
                domain: Domain(
                    area: try AreaCode(parsing: area), lane: try #require(Lane(rawValue: lane))))
        }
    }

    var frontierRow: FrontierRow {
        get throws {
            FrontierRow(
                log: try log, height: try #require(height), head: try #require(head).word)
        }
    }

    /// Where the head is a whole hash.
    var cutOffRow: CutOff.Row {
        get throws {
            CutOff.Row(
                log: try log, height: try #require(height), head: try #require(head).bytes32)
        }
    }

    var ackRow: SyncMessage.AckRow {
        get throws { SyncMessage.AckRow(log: try log, height: try #require(height)) }
    }
}
