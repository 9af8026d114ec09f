// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridNode
import GridStore
import GridSync
import Logging
import Testing

/// Whether an owned field's value counts hangs on its writer's certificates, never on when they
/// came.
struct LevelTests {
    private static let chaxiang = "522730103210"

    /// Runs in which a village writes a field that its township owns, past the desk, and then so
    /// much else that a replay takes them in several batches.
    private func foreignWrite(
        _ folder: NodeFolder
    ) throws -> (runs: [VerifiedRun], id: RecordID) {
        let store = try Store(folder)
        let node = try #require(try store.node())
        let chain = try #require(node.chain)
        let grids = try #require(store.catalogue.collection(named: "grids"))
        let limit = try #require(grids.field(named: "household_limit"))
        #expect(limit.owner == .township)
        var directory = CertificateDirectory(root: chain.certificates[0].subject)
        directory.add(chain)
        let replica = Replica(
            author: Author(try KeyFile.read(at: folder.nodeKeyPath)), nonce: node.nonce,
            scope: Scope(node.area), directory: directory, logs: [])
        var batch = replica.batch(rules: store.catalogue, now: 1_000)
        let draft = DraftChange(
            collection: grids.number, target: .new, archives: false,
            writes: [FieldWrite(field: limit.number, operation: .assign(.integer(150)))])
        let change = LocalChange(
            domain: Domain(area: node.area, lane: grids.lane), draft: draft)
        let note = try #require(grids.field(named: "boundary_note"))
        let long = DraftChange(
            collection: grids.number, target: .new, archives: false,
            writes: [
                FieldWrite(
                    field: note.number,
                    operation: .assign(.text(String(repeating: "界", count: 20_000))))
            ])
        let write = try store.commit(&batch) { batch, transaction in
            let write = try transaction.author([change], in: &batch)
            for _ in 0..<40 {
                let change = LocalChange(domain: change.domain, draft: long)
                _ = try transaction.author([change], in: &batch)
            }
            return write
        }
        return (batch.runs, RecordNaming.id(of: write.addresses[0]))
    }

    private func limit(_ id: RecordID, at engine: ReplicationEngine) throws -> FieldValue? {
        let grids = try #require(engine.store.catalogue.collection(named: "grids"))
        let record = try #require(try engine.store.record(id, in: grids))
        return record["household_limit"]?.value
    }

    /// What an engine has of its logs after these heights, oldest first.
    private func runs(
        _ engine: ReplicationEngine, after heights: VersionVector = VersionVector()
    ) throws -> [VerifiedRun] {
        let ranges = try engine.store.logs().map { log in
            FetchRequest.Range(log: log.identity.log, first: heights[log.identity.log] + 1)
        }
        return try engine.store.runs(
            for: FetchRequest(lane: .authority, ranges: ranges, bytes: .max)
        ).map { try RunVerifier.verify(RunEnvelope.open($0.envelope)) }
    }

    /// The certificates come to the clerk as entries only, the second long after what it bears on.
    @Test func aHigherCertificateCountsForWhatWasWrittenBeforeItCame() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let written = try foreignWrite(folder)
        let low = try #require(try Store(folder).node()?.chain?.leaf)
        let high = Certificate(
            subject: low.subject, name: "谷脚镇驻村", area: county.root.area,
            rights: [.write, .read], validFrom: 1, issuedBy: Author(county.rootKey))
        let township = try county.makeTownship()
        let (first, second) = try await running(openEngine(township)) { engine in
            _ = try await engine.publish(low)
            let first = try runs(engine)
            let heights = engine.current.frontier
            _ = try await engine.publish(high)
            return (first, try runs(engine, after: heights))
        }
        let peer = Author(county.townshipKey).key
        let clerk = try county.makeVillage("522730103", name: "镇文书")
        // By meeting the township the clerk has learnt who it is.
        try Store(clerk).add(county.townshipChain.leaf, waiting: false)
        let live = try await running(openEngine(clerk)) { engine in
            for lot in [first, written.runs] {
                let judged = try await engine.admit(lot, from: peer)
                #expect(
                    judged.allSatisfy { if case .admitted = $0.verdict { true } else { false } })
            }
            #expect(try limit(written.id, at: engine) == nil)
            _ = try await engine.admit(second, from: peer)
            #expect(try limit(written.id, at: engine) == .integer(150))
            #expect(try engine.store.verify().findings == [])
            return try engine.store.digests()
        }
        try await running(openEngine(clerk)) { engine in
            _ = try await engine.rebuild()
            #expect(try limit(written.id, at: engine) == .integer(150))
            #expect(try engine.store.digests() == live)
        }
    }
}
