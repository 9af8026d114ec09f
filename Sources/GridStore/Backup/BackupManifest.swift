// SPDX-License-Identifier: Apache-2.0

import Foundation
package import GridCore
import GridLog

/// What a backup holds, as it says itself (Protocol/backups.md): readable without unpacking it.
package struct BackupManifest: Hashable, Sendable {
    /// One log: what `verify` and a comparison are held against.
    package struct Head: Hashable, Sendable {
        /// `REPLICA/AREA/LANE`.
        package let log: String
        package let height: UInt64
        /// Hash of the last entry, 64 hexadecimal digits.
        package let head: String
    }

    /// One file, in the order in which they follow.
    package struct File: Hashable, Sendable {
        package let name: String
        package let bytes: UInt64
        /// BLAKE2b-256, 64 hexadecimal digits.
        package let hash: String
    }

    package static let schema = "onegrid.backup/1"
    /// Largest manifest, in bytes: some hundred thousand logs.
    static let bytesMax = 33_554_432

    /// When it was taken, in milliseconds since 1970.
    package let takenAt: UInt64
    /// Name and version of the program that took it.
    package let software: String
    /// Edition of the catalogue.
    package let catalogue: Int
    package let name: String
    package let area: String
    /// The node's public key, 64 hexadecimal digits.
    package let key: String
    package let replica: String
    /// Ascending by log.
    package let heads: [Head]
    package internal(set) var files: [File]

    package var entries: UInt64 { heads.reduce(0) { $0 + $1.height } }
    package var bytes: UInt64 { files.reduce(0) { $0 + $1.bytes } }
}

extension BackupManifest {
    package var json: JSONValue {
        .object([
            "schema": .text(Self.schema), "software": .text(software),
            "taken_at": ChinaTime.text(of: Int64(clamping: takenAt)).map { .text($0) } ?? .null,
            "catalogue": .integer(Int64(catalogue)),
            "node": .object([
                "name": .text(name), "area": .text(area), "key": .text(key),
                "replica": .text(replica),
            ]),
            "entries": .integer(Int64(clamping: entries)),
            "bytes": .integer(Int64(clamping: bytes)),
            "logs": .list(
                heads.map { head in
                    .object([
                        "log": .text(head.log), "height": .integer(Int64(clamping: head.height)),
                        "head": .text(head.head),
                    ])
                }),
            "files": .list(
                files.map { file in
                    .object([
                        "name": .text(file.name), "bytes": .integer(Int64(clamping: file.bytes)),
                        "hash": .text(file.hash),
                    ])
                }),
        ])
    }

    /// Nil for anything that is no manifest of this version.
    package init?(json: JSONValue) {
        guard json.part("schema") == .text(Self.schema),
            case .text(let time)? = json.part("taken_at"),
            let takenAt = ChinaTime.milliseconds(parsing: time),
            case .text(let software)? = json.part("software"),
            case .integer(let catalogue)? = json.part("catalogue"), let node = json.part("node"),
            case .text(let name)? = node.part("name"),
            case .text(let area)? = node.part("area"), case .text(let key)? = node.part("key"),
            case .text(let replica)? = node.part("replica"),
            case .list(let logs)? = json.part("logs"), case .list(let files)? = json.part("files")
        else { return nil }
        self.takenAt = UInt64(clamping: takenAt)
        self.software = software
        self.catalogue = Int(clamping: catalogue)
        self.name = name
        self.area = area
        self.key = key
        self.replica = replica
        heads = logs.compactMap(Head.init)
        self.files = files.compactMap(File.init)
        guard heads.count == logs.count, self.files.count == files.count else { return nil }
    }

    init?(bytes: [UInt8]) {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return nil
        }
        self.init(json: json)
    }
}

extension BackupManifest.Head {
    fileprivate init?(_ json: JSONValue) {
        guard case .text(let log)? = json.part("log"),
            case .integer(let height)? = json.part("height"), height > 0,
            case .text(let head)? = json.part("head")
        else { return nil }
        self.init(log: log, height: UInt64(height), head: head)
    }
}

extension BackupManifest.File {
    fileprivate init?(_ json: JSONValue) {
        guard case .text(let name)? = json.part("name"),
            case .integer(let bytes)? = json.part("bytes"), bytes >= 0,
            case .text(let hash)? = json.part("hash")
        else { return nil }
        self.init(name: name, bytes: UInt64(bytes), hash: hash)
    }
}

extension JSONValue {
    fileprivate func part(_ name: String) -> JSONValue? {
        if case .object(let parts) = self { parts[name] } else { nil }
    }
}
