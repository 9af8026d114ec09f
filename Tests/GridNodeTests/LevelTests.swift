// SPDX-License-Identifier: Apache-2.0

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

    /// A run in which a village writes a field that its township owns, past the desk.
    private func foreignWrite(_ folder: NodeFolder) throws -> (run: VerifiedRun, id: RecordID) {
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
        let write = try store.commit(&batch) { batch, transaction in
            try transaction.author([change], in: &batch)
        }
        return (try #require(batch.runs.first), RecordNaming.id(of: write.addresses[0]))
    }

    private func limit(_ id: RecordID, at engine: ReplicationEngine) throws -> FieldValue? {
        let grids = try #require(engine.store.catalogue.collection(named: "grids"))
        let record = try #require(try engine.store.record(id, in: grids))
        return record["household_limit"]?.value
    }

    @Test func aHigherCertificateCountsForWhatWasWrittenBeforeItCame() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage(Self.chaxiang, name: "茶香村")
        let written = try foreignWrite(folder)
        let low = try #require(try Store(folder).node()?.chain?.leaf)
        let high = Certificate(
            subject: low.subject, name: "谷脚镇驻村", area: county.root.area,
            rights: [.write, .read], validFrom: 1, issuedBy: Author(county.rootKey))
        let peer = low.subject
        let township = try county.makeTownship()
        let early = try await running(openEngine(township)) { engine in
            _ = try await engine.publish(low)
            let judged = try await engine.admit([written.run], from: peer)
            #expect(judged.map(\.verdict) == [.admitted(entries: 1)])
            #expect(try limit(written.id, at: engine) == nil)
            _ = try await engine.publish(high)
            #expect(try limit(written.id, at: engine) == .integer(150))
            #expect(try engine.store.verify().findings == [])
            return try engine.store.digests().first { $0.area == low.area }
        }
        try await running(openEngine(township)) { engine in
            #expect(try limit(written.id, at: engine) == .integer(150))
            _ = try await engine.rebuild()
            #expect(try engine.store.digests().first { $0.area == low.area } == early)
        }
    }
}
