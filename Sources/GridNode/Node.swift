// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridCrypto
import GridLog
package import GridStore
package import GridTransport
package import Logging
package import ServiceLifecycle

/// A running node: the folder's engine and its links, as services in their order.
package struct Node: Sendable {
    package static let version = "0.1.0"

    package let desk: Desk
    package let board: LinkBoard
    package let engine: ReplicationEngine
    private let supervisor: LinkSupervisor
    private let listen: LinkAddress?
    private let peers: [PeerAddress]

    /// Opens the folder and prepares everything; nothing runs yet.
    ///
    /// - Parameters:
    ///   - passphraseFile: its first line opens the node's key, where that is sealed; nil for the
    ///     credential of the systemd unit, if there is one.
    ///   - catalogue: another than the grid's for measurements only; peers must share it.
    package init(
        folder: NodeFolder, configuration: NodeConfiguration, logger: Logger,
        passphraseFile: String? = nil, limits: LinkLimits = LinkLimits(),
        catalogue: Catalogue = .grid
    ) throws {
        try Sodium.start()
        // The key first: opening the store would make a database in a folder that is no node's.
        let key = try Self.key(of: folder, passphraseFile)
        let store = try Store(folder, catalogue: catalogue, owner: Author(key))
        engine = try ReplicationEngine(store: store, author: Author(key), logger: logger)
        let meter = LinkMeter(budget: configuration.budget)
        try meter.resume(from: store, now: WallClock.now)
        board = LinkBoard(meter: meter)
        desk = Desk(engine: engine, board: board, version: Self.version)
        try desk.tokenBook.read(store)
        supervisor = LinkSupervisor(
            engine: engine, board: board, identity: key.agreementKey,
            software: "gridd \(Self.version)", credit: configuration.creditBytes,
            limits: limits, logger: logger)
        listen = configuration.listen
        let parent = engine.current.node.parentKey
        peers = try configuration.peers.map {
            try NodeConfiguration.peer($0, parent: parent, path: folder.configurationPath)
        }
    }

    private static func key(
        of folder: NodeFolder, _ passphraseFile: String?
    ) throws -> SigningKey {
        do {
            return try NodeKey.open(folder) {
                try NodeKey.givenPassphrase(file: passphraseFile)
            }
        } catch let failure as KeyFileFailure where failure.reason == .missing {
            throw StoreFailure.notANode(path: folder.path)
        }
    }

    /// In the order of starting; later ones lean on earlier ones.
    package var services: [any Service] {
        [EngineService(engine: engine), LinkService(node: self)]
    }

    fileprivate var accounting: LinkAccounting {
        LinkAccounting(meter: board.meter, engine: engine)
    }

    fileprivate func runLinks() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await accounting.run() }
            if let listen {
                group.addTask { try await supervisor.listen(at: listen) }
            }
            for peer in peers {
                group.addTask { await supervisor.call(peer) }
            }
            // Without links there is still something to wait for: the shutdown.
            group.addTask { try? await Task.sleep(for: .seconds(Int64.max >> 32)) }
        }
    }
}

/// Commits what comes, keeps the head ledger within a second of it, and the memory small.
private struct EngineService: Service {
    let engine: ReplicationEngine

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await engine.run() }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(1))
                        await engine.tidy()
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(5))
                        FreedMemory.giveBack()
                    }
                }
            }
        }
    }
}

private struct LinkService: Service {
    let node: Node

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await node.runLinks() }
        await node.accounting.write(over: 0)
    }
}
