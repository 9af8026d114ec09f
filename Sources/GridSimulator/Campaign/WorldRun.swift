// SPDX-License-Identifier: Apache-2.0

import CDice
import CFaultyDisk
import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Lives worlds, one after the other, in folders that are gone afterwards.
package struct WorldRun {
    private let base: String
    private let emptyFolders: [NodeFolder]

    /// Makes ready for worlds: dice under libsodium, and a disk that loses power under SQLite. To
    /// be called before either is used.
    package init() throws {
        dice_install()
        try Sodium.start()
        let code = faulty_disk_install()
        precondition(code == 0, "the disk is not installed: \(code)")
        let base = Self.base(of: getpid())
        self.base = base
        emptyFolders = try Catalogue.simulated.indices.map { edition in
            let folder = NodeFolder("\(base)/empty-\(edition)")
            try FileManager.default.createDirectory(
                atPath: folder.path, withIntermediateDirectories: true)
            _ = try Store(folder, catalogue: Catalogue.simulated[edition], owner: .nobody)
            return folder
        }
    }

    /// Removes what was made ready.
    package func end() { Self.clean(after: getpid()) }

    /// Removes what a process has left that is no more.
    static func clean(after process: pid_t) {
        try? FileManager.default.removeItem(atPath: base(of: process))
    }

    /// Memory is disk enough: what is durable is reckoned, not left to a disk.
    private static func base(of process: pid_t) -> String {
        let memory = "/dev/shm"
        let top =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        return "\(top)/gridsim-\(process)"
    }

    /// Lives the world of a plan.
    package func live(_ plan: WorldPlan, isTold: Bool = false) throws -> WorldReport {
        let folder = "\(base)/world"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(plan, in: folder, emptyFolders: emptyFolders, isTold: isTold)
        world.live()
        for number in world.devices.indices {
            faulty_disk_set_fault(world.devices[number].folder.path, 0, 0)
        }
        let report = WorldReport(
            seed: plan.seed, violations: world.violations, counts: world.counts,
            lines: world.lines)
        for device in world.devices {
            device.replica = nil
            device.conversations = []
            faulty_disk_forget(device.folder.path)
        }
        world.links = []
        return report
    }
}
