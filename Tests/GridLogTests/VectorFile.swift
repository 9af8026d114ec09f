// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
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

    var words: (high: UInt64, low: UInt64) {
        get throws {
            var reader = ByteReader(bytes)
            let words = (high: try reader.fixed64(), low: try reader.fixed64())
            try reader.finish()
            return words
        }
    }

    var replica: ReplicaID {
        get throws { ReplicaID(high: try words.high, low: try words.low) }
    }

    var record: RecordID {
        get throws {
            var reader = ByteReader(bytes)
            let id = try reader.recordID()
            try reader.finish()
            return id
        }
    }
}

/// A value as it stands in a vector: `{"kind": content}`.
struct VectorValue: Decodable, Sendable {
    private enum Kind: String, CodingKey {
        case text, integer, boolean, decimal, date, time, area, reference, bytes, point
        case attachment, list, map
    }

    private struct Decimal: Decodable {
        let mantissa: Int64
        let scale: UInt8
    }

    private struct Point: Decodable {
        let latitude: Int32
        let longitude: Int32
    }

    private struct Attachment: Decodable {
        let hash: VectorBytes
        let size: UInt64
        let mediaType: String
    }

    private struct Part: Decodable {
        let name: String
        let value: VectorValue
    }

    let value: FieldValue

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Kind.self)
        let kind = try #require(object.allKeys.first)
        switch kind {
        case .text: value = .text(try object.decode(String.self, forKey: kind))
        case .integer: value = .integer(try object.decode(Int64.self, forKey: kind))
        case .boolean: value = .boolean(try object.decode(Bool.self, forKey: kind))
        case .decimal:
            let parts = try object.decode(Decimal.self, forKey: kind)
            value = .decimal(
                try #require(DecimalNumber(mantissa: parts.mantissa, scale: parts.scale)))
        case .date: value = .date(try object.decode(Int32.self, forKey: kind))
        case .time: value = .time(try object.decode(Int64.self, forKey: kind))
        case .area:
            value = .area(try AreaCode(parsing: object.decode(String.self, forKey: kind)))
        case .reference:
            value = .reference(try object.decode(VectorBytes.self, forKey: kind).record)
        case .bytes: value = .bytes(try object.decode(VectorBytes.self, forKey: kind).bytes)
        case .point:
            let parts = try object.decode(Point.self, forKey: kind)
            value = .point(
                try #require(GeoPoint(latitude: parts.latitude, longitude: parts.longitude)))
        case .attachment:
            let parts = try object.decode(Attachment.self, forKey: kind)
            value = .attachment(
                AttachmentReference(
                    hash: parts.hash.bytes, size: parts.size, mediaType: parts.mediaType))
        case .list:
            value = .list(try object.decode([VectorValue].self, forKey: kind).map(\.value))
        case .map:
            let parts = try object.decode([Part].self, forKey: kind)
            value = .map(parts.map { FieldValue.MapPart(name: $0.name, value: $0.value.value) })
        }
    }
}

/// One log, as vectors name it.
struct VectorLog: Decodable, Sendable {
    let area: String
    let lane: UInt8
    let replica: VectorBytes

    var domain: Domain {
        get throws {
            Domain(area: try AreaCode(parsing: area), lane: try #require(Lane(rawValue: lane)))
        }
    }

    var id: LogID {
        get throws { LogID(replica: try replica.replica, domain: try domain) }
    }
}
