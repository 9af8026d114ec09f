// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Foundation
import GridCore
import GridStore
import Testing

@testable import GridSimulator

@Suite(.serialized)
struct CrashImageSeedTests {
    private func withFolder(_ body: (NodeFolder) throws -> Void) throws {
        try #require(faulty_disk_install() == 0)
        let folder = NodeFolder(
            FileManager.default.temporaryDirectory
                .appending(path: "onegrid-images-\(UUID().uuidString)").path)
        try ImageCheck.write([:], to: folder)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try body(folder)
    }

    private func files(_ folder: NodeFolder) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[name] = FileManager.default.contents(atPath: "\(folder.path)/\(name)")
                .map { Array($0) }
        }
        return files
    }

    @Test func noPowerCutLosesWhatWasAcknowledged() throws {
        let report = try ImageCampaign(count: 60, seed: 7).run()
        #expect(report.violations.map(\.text) == [])
        #expect(report.images == 60)
        #expect(report.kinds.count == 5)
        #expect(report.acknowledgedEntries > 0)
        #expect(report.newerLedgers > 0)
    }

    /// The disk in C keeps what was written over, and the model replays a recording: two ways to
    /// one answer, after every step and with the connections open.
    @Test func theDiskAndTheModelAgreeOnWhatIsDurable() throws {
        try withFolder { parent in
            let (life, image) = (
                NodeFolder(parent.path + "/life"), NodeFolder(parent.path + "/image")
            )
            try ImageCheck.write([:], to: life)
            let recorder = ImageRecorder(life, name: "life")
            func compare() throws {
                var model = DiskModel([:])
                for operation in DiskOperation.all(in: life.path) { model.apply(operation) }
                for (dice, expected) in [(0 as UInt64, model.everything()), (.max, model.durable)] {
                    try ImageCheck.write([:], to: image)
                    #expect(faulty_disk_crash_image(life.path, image.path, dice) == 0)
                    #expect(try files(image) == expected)
                    ImageCheck.remove(image)
                }
            }
            try recorder.open(.firstOpening)
            try compare()
            try recorder.enrol(nonce: 1)
            for title in ["1", "2", "3"] {
                try recorder.step(.authoring) { try $0.author([ImageWorkload.plainNote(title)]) }
                try compare()
                try recorder.step(.checkpoint) { try $0.store.checkpoint() }
                try compare()
            }
            try recorder.close(.closing)
            try compare()
            try recorder.open(.newCatalogue, edition: 2)
            try compare()
            #expect(recorder.finish().operations.count > 100)
        }
    }

    @Test func aDiskThatFailsIsSaidAndNothingIsLost() throws {
        try withFolder { folder in
            var faults = ImageFaults(seed: 3, scratch: folder.path)
            try faults.run(images: 40)
            #expect(faults.report.violations.map(\.text) == [])
            #expect(faults.report.faults > 0)
        }
    }

    @Test func aCommitWhoseSyncFailsTakesNoOtherWithIt() throws {
        try withFolder { parent in
            let (life, image) = (
                NodeFolder(parent.path + "/life"), NodeFolder(parent.path + "/image")
            )
            try ImageCheck.write([:], to: life)
            try fail(in: life, image: image)
            ImageCheck.remove(life)
        }
    }

    private func fail(in life: NodeFolder, image: NodeFolder) throws {
        let store = try Store(
            life, catalogue: Catalogue.simulated[0], owner: ImageCounty.author(11))
        try ImageNode.enrol(11, nonce: 1, in: store)
        let node = try ImageNode(11, store, now: 1_790_000_000_000)
        try node.author([ImageWorkload.plainNote("1")])
        let before = try StoreState(store)
        faulty_disk_set_fault(life.path, 3, 0)
        #expect(throws: FolderReplica.CommitFailure.self) {
            try node.author([ImageWorkload.plainNote("2")])
        }
        #expect(faulty_disk_fault_count(life.path) == 1)
        faulty_disk_set_fault(life.path, 0, 0)
        try expect(before, in: image, of: life)
        // What a second sync would prove of the same bytes is nothing: it stays as it is.
        #expect(throws: FolderReplica.CommitFailure.self) {
            try node.author([ImageWorkload.plainNote("3")])
        }
        try expect(before, in: image, of: life)
    }

    private func expect(
        _ acknowledged: StoreState, in image: NodeFolder, of life: NodeFolder
    ) throws {
        for dice in [0, 1, 2, 3, .max] as [UInt64] {
            try ImageCheck.write([:], to: image)
            #expect(faulty_disk_crash_image(life.path, image.path, dice) == 0)
            #expect(try ImageCheck(folder: image).findings(since: acknowledged) == [])
            ImageCheck.remove(image)
        }
    }
}
