// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// What a file for a stick cannot be.
struct BundleExportTests {
    @Test func aFileThatNotOneRunFitsIntoIsNotMade() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let folder = try county.makeVillage("522730103210", name: "茶香村")
        try await running(openEngine(folder)) { engine in
            _ = try await engine.submit(
                WriteRequest(collection: "households", fields: ["household_no": .text("1")]))
            let export = BundleExport(
                engine: engine, key: engine.author.agreementKey, software: "test",
                peer: county.townshipChain,
                road: BundlesOnRoad([], acknowledged: VersionVector(), frontier: VersionVector()),
                belief: VersionVector())
            let prelude = BundlePrelude(
                recipient: county.townshipChain.leaf.subject, id: BundlePrelude.randomID(), part: 1)
            let path = county.folder.appending(path: "part").path
            await #expect {
                _ = try await export.write(to: path, as: prelude, bytesMax: 100)
            } throws: {
                ($0 as? DeskRefusal)?.code == "bundle_max_size_too_small"
            }
            // Nothing is left of it, and with room the same is made.
            #expect(!FileManager.default.fileExists(atPath: path))
            let part = try await export.write(
                to: path, as: prelude, bytesMax: BundleExport.fileBytesMin)
            #expect(!part.hasMore)
            #expect(part.entries > 0)
        }
    }
}
