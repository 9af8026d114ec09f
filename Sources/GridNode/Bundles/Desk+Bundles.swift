// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
package import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// What is asked for when a bundle is to be made.
package struct BundleRequest: Sendable {
    /// A name, an area or a key.
    package var to: String
    /// Of one file.
    package var bytesMax: UInt64?
    /// Also what is on the road already.
    package var again: Bool

    package init(to: String, bytesMax: UInt64? = nil, again: Bool = false) {
        self.to = to
        self.bytesMax = bytesMax
        self.again = again
    }
}

/// Bundles: sessions in files (Protocol/bundles.md). Files lie in the node's folder; `gridctl`
/// carries them to sticks and back, so that the daemon needs no access to those.
extension Desk {
    /// What a bundle would carry now.
    package func planBundle(_ request: BundleRequest) async throws -> JSONValue {
        let export = try export(request)
        let ranges = export.lacking(await export.holdings().rows, beyond: export.belief)
        let totals = try engine.store.totals(ranges)
        var parts = recipient(export.peer)
        parts["lanes"] = .list(
            totals.map { total in
                .object([
                    "lane": .text(Self.lanes[total.lane] ?? ""),
                    "entries": Self.count(total.entries), "bytes": Self.count(total.bytes),
                ])
            })
        parts["entries"] = Self.count(totals.reduce(UInt64(0)) { $0 + $1.entries })
        parts["bytes"] = Self.count(totals.reduce(UInt64(0)) { $0 + $1.bytes })
        parts["on_the_road"] = Self.road(export.road)
        return Self.answer("bundle_plan", parts)
    }

    /// Makes the next part for a peer, as a file in the node's folder.
    package func exportBundle(_ request: BundleRequest, caller: String) async throws -> JSONValue {
        let bytesMax = request.bytesMax ?? BundleExport.fileBytesMax
        guard (BundleExport.fileBytesMin...BundleExport.fileBytesMax).contains(bytesMax) else {
            throw DeskRefusal(
                .malformed, "bundle_max_size", chinese: "--max-size 应在 64K 与 1G 之间。",
                english: "--max-size is 64K...1G.")
        }
        let planned = try export(request)
        let rows = await planned.holdings().rows
        let lacking = planned.lacking(rows, beyond: planned.belief)
        // Given out is noted before; what only acknowledges is nobody's business.
        if lacking.contains(where: { $0.log.domain.lane != .authority }) {
            let leaf = planned.peer.leaf
            try await engine.note(
                AuditNote(
                    .bundleExport, caller: caller, object: leaf.name, area: leaf.area,
                    details: ["key": .text(leaf.subject.description)]))
        }
        let prelude = try prelude(for: planned.peer, again: request.again)
        do {
            let folder = try BundleFiles.makeFolder(of: engine.store.folder)
            let path = "\(folder)/out-\(prelude.name)-\(prelude.part)\(BundleFiles.suffix)"
            try? FileManager.default.removeItem(atPath: path)
            let part = try await planned.write(to: path, as: prelude, bytesMax: bytesMax)
            try await engine.keep(part)
            return Self.answer("bundle", show(part, of: planned.peer, path: path))
        } catch let failure as BundleFailure {
            throw DeskRefusal(failure)
        }
    }

    /// Hears that a part lies where it was wanted: it is on the road from now on.
    package func bundleCarried(id: String, part: Int) async throws -> JSONValue {
        guard let id = UInt64(id, radix: 16),
            let made = try await engine.carried(id: id, part: part)
        else {
            throw DeskRefusal(
                .notFound, "unknown_bundle", chinese: "本节点没有做过这个数据包。",
                english: "This node has made no such bundle.")
        }
        return Self.answer(
            "bundle_carried",
            [
                "name": .text(BundlePrelude.name(of: made.id)), "part": Self.count(made.part),
                "entries": Self.count(made.entries),
            ])
    }

    /// Takes in a file that was put into the node's folder for bundles.
    ///
    /// - Parameter applies: false only looks what is in it.
    package func importBundle(
        file: String, caller: String, applies: Bool = true
    ) async throws -> JSONValue {
        let path = try bundlePath(of: file)
        let reader: BundleReader
        do throws(BundleFailure) {
            reader = try BundleReader(
                path, own: engine.author.key, key: engine.author.agreementKey)
        } catch {
            throw DeskRefusal(error)
        }
        let work = BundleImport(engine: engine, key: engine.author.agreementKey)
        let chain = try work.sender(of: reader)
        let (prelude, header) = (reader.prelude, reader.header)
        var parts = sender(chain.leaf, prelude, header)
        guard applies else {
            parts.merge(try Self.look(reader)) { $1 }
            return Self.answer("bundle_content", parts)
        }
        let outcome = try await work.take(reader, from: chain)
        if outcome.hasRecords {
            parts["noted"] = .boolean(
                await engine.noteDone(
                    AuditNote(
                        .bundleImport, caller: caller, object: chain.leaf.name,
                        area: chain.leaf.area,
                        details: [
                            "bundle": .text("\(prelude.name)/\(prelude.part)"),
                            "entries": .integer(Int64(clamping: outcome.admitted)),
                        ])))
        } else {
            parts["noted"] = .null
        }
        parts.merge(Self.show(outcome)) { $1 }
        return Self.answer("bundle_imported", parts)
    }

    /// Where a file lies that was put into the node's folder for bundles.
    func bundlePath(of file: String) throws -> String {
        guard !file.isEmpty, !file.contains("/"), !file.hasPrefix(".") else {
            throw DeskRefusal(
                .malformed, "bad_file", chinese: "file 应为 bundles 目录里的文件名。",
                english: "file is the name of a file in the folder bundles.")
        }
        return "\(BundleFiles.folder(of: engine.store.folder))/\(file)"
    }

    /// Who a bundle is for, what is on the road to it, and what it has.
    private func export(_ request: BundleRequest) throws -> BundleExport {
        let current = engine.current
        let key = try peerKey(request.to)
        guard let chain = current.directory.chain(of: key), chain.leaf.rights.contains(.read) else {
            throw DeskRefusal(
                .notFound, "no_certificate", chinese: "还没有“\(request.to)”可读取的证书,不能为它封装。",
                english: "No certificate that lets \"\(request.to)\" read is known here.")
        }
        do throws(ChainRefusal) {
            try current.directory.check(chain)
        } catch {
            throw BundleImport.refusal(error.rawValue)
        }
        let held = try engine.heldByPeers()[key] ?? VersionVector()
        let road = BundlesOnRoad(
            try engine.store.bundlesOnTheRoad().filter { $0.peer == key }, acknowledged: held,
            frontier: current.frontier)
        return BundleExport(
            engine: engine, key: engine.author.agreementKey, software: "gridd \(version)",
            peer: chain, road: road, belief: request.again ? held : road.belief)
    }

    /// The next part of a bundle that was not finished, or the first of a new one.
    private func prelude(for peer: VerifiedChain, again: Bool) throws -> BundlePrelude {
        let last = try engine.store.lastBundle(to: peer.leaf.subject)
        if !again, let last, last.hasMore, last.part < ProtocolLimits.bundlePartsMax {
            return BundlePrelude(recipient: peer.leaf.subject, id: last.id, part: last.part + 1)
        }
        return BundlePrelude(
            recipient: peer.leaf.subject, id: BundlePrelude.randomID(), part: 1)
    }
}
