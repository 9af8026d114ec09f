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
    private static let secondsMax = 300.0

    private struct OpenNode {
        let node: Node
        let listens: Bool
        let peers: [PublicKey]
    }

    private let nodes: [OpenNode]
    private let expectation: Expectation?
    private let bell: Bell
    /// Entries of the first node when it was opened.
    private let entriesBefore: UInt64
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
        entriesBefore = first.node.engine.current.entries()
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
        if let expectation {
            let met = try await wait(for: expectation)
            (report.ended, report.firstAt, report.urgentAt) = (met.ended, met.firstAt, met.urgentAt)
        }
        var addresses: [String] = []
        for open in nodes where open.listens {
            addresses.append(try await eventually("listening") { open.node.board.listening })
        }
        report.addresses = addresses
        report.usage = .now
        return report
    }

    /// Waits until the first node has everything: durable, and to be read in its table.
    /// - Returns: when it had, and when the first came.
    func wait(for expectation: Expectation) async throws -> WorkerReport {
        let engine = first.engine
        var report = WorkerReport()
        var rings = bell.rings.makeAsyncIterator()
        while engine.current.entries() < expectation.entries, await rings.next() != nil {
            let current = engine.current
            if report.firstAt == nil, current.entries() > entriesBefore {
                guard try !engine.store.query("SELECT 1 FROM household LIMIT 1").rows.isEmpty
                else { throw BenchFailure("the first entry does not show in the table") }
                report.firstAt = Clock.now
            }
            if report.urgentAt == nil, current.entries(of: .urgent) > 0 {
                report.urgentAt = Clock.now
            }
        }
        let answer = try engine.store.query("SELECT count(*) FROM household")
        report.ended = Clock.now
        let entries = engine.current.entries()
        guard entries == expectation.entries,
            answer.rows.first == [.integer(Int64(expectation.records))]
        else {
            throw BenchFailure(
                "\(entries) entries and \(answer.rows) records instead of \(expectation)")
        }
        return report
    }

    /// Writes something urgent on the first node.
    func alert() async throws -> WorkerReport {
        var request = WriteRequest(collection: "alert")
        request.fields["text"] = .text("河水上涨,请撤离")
        _ = try await first.engine.submit(request)
        return WorkerReport(ended: Clock.now)
    }

    /// Waits until no link has anything left to send or to come.
    func settle() async throws -> WorkerReport {
        for open in nodes {
            for peer in open.peers {
                try await eventually(
                    "settled", seen: { open.node.board[peer].map { "\($0)" } ?? "no link" }
                ) { () -> Void? in
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
        _ what: String, seen: () -> String = { "" }, _ ask: () -> Value?
    ) async throws -> Value {
        let began = Clock.now
        while Clock.seconds(from: began, to: Clock.now) < Self.secondsMax {
            if let value = ask() { return value }
            try await Task.sleep(for: Self.pause)
        }
        throw BenchFailure("not \(what) after \(Self.secondsMax) s \(seen())")
    }
}

extension ReplicationEngine.Glimpse {
    /// How many entries it holds, of one lane or of all.
    fileprivate func entries(of lane: Lane? = nil) -> UInt64 {
        frontier.rows.reduce(0) { sum, row in
            lane.map { row.log.domain.lane == $0 } ?? true ? sum + row.height : sum
        }
    }
}
