// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
package import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// Quarantines on their way from a machine to its office (Protocol/cutoffs.md, "Carried
/// quarantine"). Files lie in the node's folder, as those of bundles do.
extension Desk {
    /// Makes a file of what is beside the ledger here, for an office that carries it. It stays here.
    package func exportQuarantine(to name: String, caller: String) async throws -> JSONValue {
        let peer = try office(named: name)
        let leaf = peer.leaf
        // A key that was cut off writes nothing more: it gives out what it has all the same.
        let isEnded = engine.current.directory.isEnded(engine.current.chain)
        let prelude = BundlePrelude(
            .quarantine, recipient: leaf.subject, id: BundlePrelude.randomID(), part: 1)
        let note = AuditNote(
            .quarantineExport, caller: caller, object: leaf.name, area: leaf.area,
            details: ["key": .text(leaf.subject.description), "file": .text(prelude.name)])
        do {
            let folder = try BundleFiles.makeFolder(of: engine.store.folder)
            let path = "\(folder)/out-\(prelude.name).quarantine"
            let made: (entries: Int, bytes: UInt64)
            do {
                made = try write(to: path, as: prelude, for: peer)
                guard made.entries > 0 else { throw Self.nothingToCarry(leaf.name) }
                if !isEnded { try await engine.note(note) }
            } catch {
                try? FileManager.default.removeItem(atPath: path)
                throw error
            }
            var parts = recipient(peer)
            parts["path"] = .text(path)
            parts["name"] = .text(prelude.name)
            parts["entries"] = Self.count(made.entries)
            parts["bytes"] = Self.count(made.bytes)
            parts["noted"] = .boolean(!isEnded)
            return Self.answer("quarantine_export", parts)
        } catch let failure as BundleFailure {
            throw DeskRefusal(failure)
        }
    }

    /// Takes a file into quarantine that was put into the node's folder for bundles.
    package func importQuarantine(file: String, caller: String) async throws -> JSONValue {
        let path = try bundlePath(of: file)
        let reader: BundleReader
        do throws(BundleFailure) {
            reader = try BundleReader(
                path, as: .quarantine, own: engine.author.key, key: engine.author.agreementKey)
        } catch {
            throw DeskRefusal(error)
        }
        let work = QuarantineImport(engine: engine)
        let chain = try work.sender(of: reader)
        let (prelude, header) = (reader.prelude, reader.header)
        var parts = sender(chain.leaf, prelude, header)
        parts["part"] = nil
        let outcome = try await work.take(reader, from: chain)
        parts["noted"] = .null
        if outcome.entries > 0 {
            parts["noted"] = .boolean(
                await engine.noteDone(
                    AuditNote(
                        .quarantineImport, caller: caller, object: chain.leaf.name,
                        area: chain.leaf.area,
                        details: [
                            "file": .text(prelude.name),
                            "key": .text(chain.leaf.subject.description),
                            "entries": .integer(Int64(clamping: outcome.entries)),
                        ])))
        }
        parts["new_entries"] = Self.count(outcome.entries)
        parts["known_runs"] = Self.count(outcome.known)
        parts["refused"] = Self.refused(outcome.refused)
        parts["writers"] = .list(outcome.writers.sorted().map { .object(holder($0)) })
        parts["problem"] = outcome.problem.map(Self.wrong) ?? .null
        return Self.answer("quarantine_import", parts)
    }

    /// Whence writing in quarantine was carried here.
    func sources(of writing: QuarantinedWriting) -> JSONValue {
        .list(
            writing.sources.map { source in
                var parts = holder(source.key)
                parts["at"] = Self.time(source.time)
                return .object(parts)
            })
    }

    /// Who a quarantine may be given to: an office that carries all that this node carries.
    private func office(named text: String) throws -> VerifiedChain {
        let current = engine.current
        let key = try peerKey(text)
        guard let chain = current.directory.chain(of: key), chain.leaf.rights.contains(.read),
            chain.leaf.area.contains(current.chain.leaf.area)
        else {
            throw DeskRefusal(
                .notFound, "no_certificate", chinese: "“\(text)”没有可读取本节点区域的证书,不能为它封装。",
                english: "No certificate that lets \"\(text)\" read this node's area is known here."
            )
        }
        do throws(ChainRefusal) {
            try current.directory.check(chain)
        } catch {
            throw BundleImport.refusal(error.rawValue)
        }
        return chain
    }

    private func write(
        to path: String, as prelude: BundlePrelude, for peer: VerifiedChain
    ) throws -> (entries: Int, bytes: UInt64) {
        let current = engine.current
        let header = BundleHeader(
            root: current.directory.root, chain: CertificateChain(current.chain.certificates),
            nonce: current.node.nonce, area: current.chain.leaf.area,
            recipient: prelude.recipient, time: WallClock.now, software: "gridd \(version)")
        var writer = try BundleWriter(
            path, prelude: prelude, header: header, from: engine.author.agreementKey)
        var entries = 0
        let areas = current.directory.areas
        let own = Scope(current.chain.leaf.area, areas: areas)
        let theirs = Scope(peer.leaf.area, areas: areas)
        try engine.store.eachRunToCarry(
            in: { own.contains($0.domain.area) && theirs.contains($0.domain.area) },
            { envelope, count in
                try writer.append(.run(envelope))
                entries += count
            })
        return (entries, try writer.finish(hasMore: false))
    }

    private static func nothingToCarry(_ name: String) -> DeskRefusal {
        DeskRefusal(
            .notFound, "nothing_quarantined", chinese: "没有可以带给“\(name)”的被隔离内容。",
            english: "Nothing in quarantine is for \"\(name)\".")
    }
}
