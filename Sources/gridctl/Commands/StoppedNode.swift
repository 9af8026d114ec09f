// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Upkeep of a folder whose daemon does not run, as when damage keeps it from starting.
enum StoppedNode {
    /// Asks the daemon; does the work here when none runs and there is a node in the folder.
    static func orAsk(
        _ folder: NodeFolder, _ work: (NodeFolder) throws -> JSONValue,
        ask: (DaemonClient) throws -> JSONValue
    ) throws -> JSONValue {
        do {
            return try ask(DaemonClient(folder))
        } catch let failure as CommandFailure where failure.kind == .notRunning {
            guard FileManager.default.fileExists(atPath: folder.databasePath) else {
                throw failure
            }
            try Sodium.start()
            return try work(folder)
        }
    }

    static func verify(_ folder: NodeFolder) throws -> JSONValue {
        let began = ContinuousClock.now
        let parts = try Store(folder).verify().parts
        return answer("verify", parts, since: began)
    }

    static func rebuild(_ folder: NodeFolder) throws -> JSONValue {
        let began = ContinuousClock.now
        let store = try Store(folder)
        let rebuilding = try store.rebuild()
        if !rebuilding.cuts.isEmpty {
            _ = try store.record(Incident(rebuilding, at: Enrolment.now))
        }
        // A sequence is never used twice.
        if var node = try store.node(), let key = node.chain?.leaf.subject,
            rebuilding.hasCut(LogIdentity.replica(key: key, nonce: node.nonce))
        {
            node.nonce = .random()
            try store.setNode(node)
            try HeadLedger(folder).begin(
                as: LogIdentity.replica(key: key, nonce: node.nonce), in: node.area)
        }
        var parts = rebuilding.parts
        let records = try store.counts().reduce(0) { $0 + $1.counts.records }
        parts["records"] = .integer(Int64(records))
        return answer("rebuild", parts, since: began)
    }

    private static func answer(
        _ name: String, _ parts: [String: JSONValue], since began: ContinuousClock.Instant
    ) -> JSONValue {
        var parts = parts
        parts["schema"] = .text("onegrid.\(name)/1")
        let spent = (ContinuousClock.now - began).components
        parts["seconds"] = .number(Double(spent.seconds) + Double(spent.attoseconds) / 1e18)
        return .object(parts)
    }
}
