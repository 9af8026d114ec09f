// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridNode
import GridStore
import GridTransport
import Logging
import ServiceLifecycle

/// A township and its villages in real folders, enrolled by files as gridctl does it.
struct TestCounty {
    static let township = "522730103"

    let folder: URL
    let rootKey = SigningKey.generate()
    let townshipKey = SigningKey.generate()
    let root: Certificate
    let townshipChain: VerifiedChain

    init() throws {
        try Sodium.start()
        folder = FileManager.default.temporaryDirectory
            .appending(path: "onegrid-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let area = try AreaCode(parsing: Self.township)
        let issuer = Author(rootKey)
        root = Certificate(
            subject: issuer.key, name: "谷脚镇", area: area, rights: .all, validFrom: 1,
            issuedBy: issuer)
        let node = Certificate(
            subject: Author(townshipKey).key, name: "谷脚镇", area: area, rights: .all,
            validFrom: 1, issuedBy: issuer)
        townshipChain = try VerifiedChain.verify(
            CertificateChain([root, node]), root: issuer.key)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Makes the township's folder.
    func makeTownship() throws -> NodeFolder {
        try make(
            "township", key: townshipKey, chain: townshipChain,
            waiting: [
                root, townshipChain.leaf,
            ])
    }

    /// Makes and enrols a village's folder.
    func makeVillage(_ code: String, name: String) throws -> NodeFolder {
        let key = SigningKey.generate()
        let certificate = Certificate(
            subject: Author(key).key, name: name, area: try AreaCode(parsing: code),
            rights: [.write, .read], validFrom: 1, issuedBy: Author(rootKey))
        let chain = try VerifiedChain.verify(
            CertificateChain([root, certificate]), root: root.subject)
        return try make(code, key: key, chain: chain, waiting: [])
    }

    private func make(
        _ name: String, key: SigningKey, chain: VerifiedChain, waiting: [Certificate]
    ) throws -> NodeFolder {
        let path = folder.appending(path: name).path
        let data = NodeFolder(path)
        try FileManager.default.createDirectory(
            atPath: data.keyFolderPath, withIntermediateDirectories: true)
        try KeyFile.create(key, at: data.nodeKeyPath)
        let store = try Store(data)
        for certificate in waiting { try store.add(certificate, waiting: true) }
        try store.setNode(
            NodeRecord(
                name: chain.leaf.name, area: chain.leaf.area, nonce: .random(), chain: chain,
                parentKey: chain.leaf.area.level == .village ? Author(townshipKey).key : nil,
                parentName: "谷脚镇"))
        return data
    }
}

/// A node with its services running, until its body ends.
struct RunningNode: Sendable {
    let desk: Desk
    let board: LinkBoard
    let engine: ReplicationEngine

    static func run<Result: Sendable>(
        _ folder: NodeFolder, listen: Bool = false, peers: [String] = [],
        _ body: (RunningNode) async throws -> Result
    ) async throws -> Result {
        var configuration = NodeConfiguration()
        if listen { configuration.listen = LinkAddress(host: "127.0.0.1", port: 0) }
        configuration.peers = peers
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let node = try Node(folder: folder, configuration: configuration, logger: logger)
        let services = node.services
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            defer { group.cancelAll() }
            return try await body(
                RunningNode(desk: node.desk, board: node.board, engine: node.engine))
        }
    }

    /// Where the node listens, once it does.
    func address() async throws -> String {
        try await eventually { board.listening }
    }

    func digests() throws -> [String: String] {
        guard case .object(let answer) = try desk.digest(),
            case .list(let areas)? = answer["areas"]
        else { return [:] }
        var digests: [String: String] = [:]
        for case .object(let area) in areas {
            if case .text(let code)? = area["area"], case .text(let tables)? = area["tables"],
                case .text(let frontier)? = area["frontier"]
            {
                digests[code] = frontier + tables
            }
        }
        return digests
    }
}

struct TookTooLong: Error {
    let line: UInt
}

/// Asks again until there is an answer; gives up after 60 s, which no healthy run comes near.
func eventually<Value>(
    line: UInt = #line, _ ask: () async throws -> Value?
) async throws -> Value {
    for _ in 0..<3000 {
        if let value = try await ask() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TookTooLong(line: line)
}

extension JSONValue {
    /// The part of an object, by path.
    func at(_ path: String...) -> JSONValue? {
        path.reduce(self) { value, name in
            if case .object(let parts)? = value { parts[name] } else { nil }
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var items: [JSONValue] { if case .list(let items) = self { items } else { [] } }
}
