// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Logging

/// One process of a work: carries out orders, one a line.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "one process of a work", shouldDisplay: false)

    func run() async throws {
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var orders = Self.orders().makeAsyncIterator()
        while let order = await orders.next() {
            do {
                Self.answer(try await carryOut(order, following: &orders))
            } catch {
                Self.answer(WorkerReport(failure: "\(error)"))
                throw ExitCode(1)
            }
        }
    }

    private func carryOut(
        _ order: Order, following orders: inout AsyncStream<Order>.Iterator
    ) async throws -> WorkerReport {
        switch order {
        case .author(let manuscripts, let writers):
            let stations = manuscripts.map { Station(folder: $0.folder) }
            try await OpenNodes.run(stations) { nodes in
                try await nodes.write(manuscripts.map(\.operations), writers: writers)
            }
            return WorkerReport()
        case .open(let stations, let expectation):
            try await OpenNodes.run(stations, expecting: expectation) { nodes in
                Self.answer(try await nodes.started())
                try await Self.serve(nodes, &orders)
            }
            return WorkerReport()
        case .inspect(let folders):
            return WorkerReport(contents: try folders.map { try FolderContents(reading: $0) })
        case .write(let plan):
            return WorkerReport(writes: try await LocalWrites(plan).run())
        case .expect, .alert, .settle, .close:
            throw BenchFailure("no node runs")
        }
    }

    /// Answers for running nodes until they are to close.
    private static func serve(
        _ nodes: OpenNodes, _ orders: inout AsyncStream<Order>.Iterator
    ) async throws {
        while let order = await orders.next() {
            switch order {
            case .expect(let expectation):
                answer(try await nodes.wait(for: expectation))
            case .alert: answer(try await nodes.alert())
            case .settle: answer(try await nodes.settle())
            case .close: return
            case .author, .open, .inspect, .write:
                throw BenchFailure("nodes are running")
            }
        }
    }

    /// The orders of the input. They are read on a thread of their own, because the threads that
    /// tasks share are few and the nodes' own.
    private static func orders() -> AsyncStream<Order> {
        let (orders, queue) = AsyncStream<Order>.makeStream()
        DispatchQueue(label: "onegrid.bench.orders").async {
            while let line = readLine() {
                guard let order = try? JSONDecoder().decode(Order.self, from: Data(line.utf8))
                else { break }
                queue.yield(order)
            }
            queue.finish()
        }
        return orders
    }

    private static func answer(_ report: WorkerReport) {
        let text = try? JSONEncoder().encode(report)
        FileHandle.standardOutput.write((text ?? Data("{}".utf8)) + Data("\n".utf8))
    }
}
