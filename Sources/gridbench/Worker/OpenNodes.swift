// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridNode
import GridStore
import GridTransport
import Logging
import ServiceLifecycle

/// Nodes of one process with everything that `gridd` runs for them, but the door.
struct OpenNodes: Sendable {
    /// How often links are looked at while they settle.
    private static let pause = Duration.microseconds(200)
    private static let secondsMax = 900.0

    private struct OpenNode {
        let node: Node
        let listens: Bool
        let peers: [PublicKey]
    }

    private let nodes: [OpenNode]
    private let expectation: Expectation?
    private let bell: Bell
    private let usage: ProcessUsage
    private let began: UInt64

    /// Runs the nodes until the body ends.
    static func run<Result: Sendable>(
        _ stations: [Station], expecting expectation: Expectation? = nil,
        _ body: (OpenNodes) async throws -> Result
    ) async throws -> Result {
        let nodes = try stations.map { station in
            OpenNode(
                node: try node(of: station), listens: station.listens,
                peers: try station.peers.map(Self.key))
        }
        let open = try OpenNodes(nodes, expecting: expectation)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for service in nodes.flatMap(\.node.services) {
                group.addTask { try await service.run() }
            }
            defer { group.cancelAll() }
            return try await body(open)
        }
    }

    private init(_ nodes: [OpenNode], expecting expectation: Expectation?) throws {
        guard let first = nodes.first else { throw BenchFailure("no node to run") }
        self.nodes = nodes
        self.expectation = expectation
        bell = first.node.engine.hangBell()
        usage = .now
        began = Clock.now
    }

    private static func node(of station: Station) throws -> Node {
        var configuration = NodeConfiguration()
        if station.listens { configuration.listen = LinkAddress(host: "127.0.0.1", port: 0) }
        configuration.peers = station.calls
        var logger = Logger(label: "gridbench")
        logger.logLevel = .error
        return try Node(
            folder: NodeFolder(station.folder), configuration: configuration, logger: logger,
            catalogue: .household)
    }

    private static func key(_ text: String) throws -> PublicKey {
        guard let bytes = Hexadecimal.bytes(text).flatMap({ Bytes32($0) }) else {
            throw BenchFailure("no key: \(text)")
        }
        return PublicKey(bytes)
    }

    /// The node of whom things are expected.
    var first: Node { nodes[0].node }

    /// Writes the operations of one file on each node, on all at once.
    func write(_ files: [String], writers: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (open, file) in zip(nodes, files) {
                group.addTask {
                    var scribe = try Scribe(open.node, writers: writers)
                    try await scribe.write(file)
                    // As after a quiet minute.
                    await open.node.engine.compactAll()
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waits until the nodes listen that are to, and what is expected is there.
    func started() async throws -> WorkerReport {
        var report = WorkerReport(usageBefore: usage, began: began)
        if let expectation { report.ended = try await wait(for: expectation) }
        var addresses: [String] = []
        for open in nodes where open.listens {
            addresses.append(try await eventually("listening") { open.node.board.listening })
        }
        report.addresses = addresses
        report.usage = .now
        return report
    }

    /// Waits until the first node has everything: durable, and to be read in its table.
    /// - Returns: when it had.
    func wait(for expectation: Expectation) async throws -> UInt64 {
        let engine = first.engine
        func entries() -> UInt64 { engine.current.frontier.rows.reduce(0) { $0 + $1.height } }
        if entries() < expectation.entries {
            for await _ in bell.rings where entries() >= expectation.entries { break }
        }
        let answer = try engine.store.query("SELECT count(*) FROM household")
        let ended = Clock.now
        guard entries() == expectation.entries,
            answer.rows.first == [.integer(Int64(expectation.records))]
        else {
            throw BenchFailure(
                "\(entries()) entries and \(answer.rows) records instead of \(expectation)")
        }
        return ended
    }

    /// Waits until no link has anything left to send or to come.
    func settle() async throws -> WorkerReport {
        for open in nodes {
            for peer in open.peers {
                try await eventually("settled") { () -> Void? in
                    guard let status = open.node.board[peer], status.state == .connected else {
                        return nil
                    }
                    return status.waitingOut == 0 && status.waitingIn == 0 ? () : nil
                }
            }
        }
        let ended = Clock.now
        var traffic = Traffic()
        for open in nodes {
            for peer in open.peers {
                if let link = open.node.board[peer] { traffic.add(link.traffic) }
            }
        }
        return WorkerReport(ended: ended, traffic: traffic)
    }

    private func eventually<Value>(
        _ what: String, _ ask: () -> Value?
    ) async throws -> Value {
        let began = Clock.now
        while Clock.seconds(from: began, to: Clock.now) < Self.secondsMax {
            if let value = ask() { return value }
            try await Task.sleep(for: Self.pause)
        }
        throw BenchFailure("not \(what) after \(Self.secondsMax) s")
    }
}
