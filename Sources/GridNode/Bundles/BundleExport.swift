// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Makes one part of a bundle for a peer: what a session would send it, on its way in a file.
struct BundleExport {
    /// How much is read from the ledger at a time, in bytes.
    private static let fetchBytes = 262_144
    /// Smallest file: one that is smaller would carry more of itself than of records.
    static let fileBytesMin: UInt64 = 65_536
    /// Largest file: no stick's file system has a lower bound, and one that is damaged is not much.
    static let fileBytesMax: UInt64 = 1_073_741_824

    let engine: ReplicationEngine
    /// This node's key in the form that Noise takes.
    let key: AgreementKey
    let software: String
    let peer: VerifiedChain
    let road: BundlesOnRoad
    /// What the peer is taken to have: nothing of it is sent.
    let belief: VersionVector

    /// What is here, the peer may have, and is not taken to have; ascending by log.
    func lacking(_ rows: [FrontierRow], beyond offered: VersionVector) -> [FetchRequest.Range] {
        rows.filter { $0.height > offered[$0.log] }.map {
            FetchRequest.Range(log: $0.log, first: offered[$0.log] + 1)
        }
    }

    /// About how many bytes of runs are to be written.
    private func bytesLacking(_ rows: [FrontierRow]) throws -> UInt64 {
        try engine.store.totals(lacking(rows, beyond: belief)).reduce(0) { $0 &+ $1.bytes }
    }

    /// What both carry.
    func holdings() async -> ReplicationEngine.Holdings {
        let areas = engine.current.directory.areas
        let own = Scope(engine.current.chain.leaf.area, areas: areas)
        let theirs = Scope(peer.leaf.area, areas: areas)
        // Words travel on links alone.
        return await engine.holdings(
            where: { own.contains($0) && theirs.contains($0) }, isShared: { _ in false })
    }

    /// Writes a file, whole or not at all, and says what is in it; it is not on the road before it was
    /// carried.
    ///
    /// - Parameter bytesMax: of the file.
    func write(
        to path: String, as prelude: BundlePrelude, bytesMax: UInt64
    ) async throws -> BundlePart {
        do {
            return try await fillFile(at: path, as: prelude, bytesMax: bytesMax)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private func fillFile(
        at path: String, as prelude: BundlePrelude, bytesMax: UInt64
    ) async throws -> BundlePart {
        let current = engine.current
        let now = WallClock.now
        let holdings = await holdings()
        let header = BundleHeader(
            root: current.directory.root, chain: CertificateChain(current.chain.certificates),
            nonce: current.node.nonce, area: current.chain.leaf.area,
            recipient: prelude.recipient, time: now, software: software)
        var writer = try BundleWriter(path, prelude: prelude, header: header, from: key)
        let own = current.chain.leaf.area
        var first = BundleItem.holds(all: holdings.rows) + BundleItem.belief(all: belief)
        let ended = holdings.ended.prefix(ProtocolLimits.endedLogsMax)
        if !ended.isEmpty { first.append(.ended(Array(ended))) }
        if own.contains(peer.leaf.area), own != peer.leaf.area,
            let replica = try engine.store.peers().first(where: { $0.key == peer.leaf.subject })?
                .replica
        {
            let receipt = await engine.receipt(below: replica, area: peer.leaf.area)
            if !receipt.rows.isEmpty { first.append(.receipt(receipt)) }
        }
        for item in first { try writer.append(item) }
        WorkProgress.current?.begin(of: try bytesLacking(holdings.rows), .bytes)
        var offered = belief
        let isWhole = try fill(&writer, holdings.rows, &offered, bytesMax: bytesMax)
        let ranges = holdings.rows.map(\.log).filter { offered[$0] > belief[$0] }.map {
            BundlePart.Range(log: $0, first: belief[$0] + 1, last: offered[$0])
        }
        guard isWhole || !ranges.isEmpty else { throw Self.tooSmall }
        let bytes = try writer.finish(hasMore: !isWhole)
        return BundlePart(
            id: prelude.id, part: prelude.part, peer: peer.leaf.subject, madeAt: now,
            entries: ranges.reduce(UInt64(0)) { $0 + $1.last - $1.first + 1 }, bytes: bytes,
            hasMore: !isWhole, ranges: ranges)
    }

    /// Appends runs, the most urgent lane first, while they fit.
    /// - Returns: whether nothing is left.
    private func fill(
        _ writer: inout BundleWriter, _ rows: [FrontierRow], _ offered: inout VersionVector,
        bytesMax: UInt64
    ) throws -> Bool {
        for lane in Lane.allCases.sorted() {
            let rows = rows.filter { $0.log.domain.lane == lane }
            while true {
                let ranges = lacking(rows, beyond: offered)
                guard !ranges.isEmpty else { break }
                let before = offered
                // Runs that are joined on their way are to fit into what is left.
                let room = bytesMax - min(bytesMax, writer.byteCount)
                let request = FetchRequest(
                    lane: lane, ranges: ranges,
                    bytes: Int(clamping: min(UInt64(Self.fetchBytes), max(4_096, room / 4))))
                for run in try engine.store.runs(for: request) where run.last > offered[run.log] {
                    let item = BundleItem.run(run.envelope)
                    guard writer.byteCount + BundleWriter.size(of: item) <= bytesMax else {
                        return false
                    }
                    try writer.append(item)
                    WorkProgress.current?.advance(by: UInt64(run.envelope.count))
                    offered.raise(run.log, to: run.last)
                }
                guard offered != before else { break }
            }
        }
        return true
    }

    private static let tooSmall = DeskRefusal(
        .malformed, "bundle_max_size_too_small",
        chinese: "--max-size 太小,连一段内容也放不下,请至少给 1M。",
        english: "--max-size leaves no room for one run; give at least 1M.")
}
