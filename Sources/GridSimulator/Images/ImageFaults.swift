// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import GridCore
import GridLog
import GridStore

/// Lets the disk fail under a store while it writes, and opens what a power cut leaves then.
struct ImageFaults {
    enum Fault: Int32, CaseIterable {
        case full = 1
        case write = 2
        case sync = 3
        case read = 4

        /// Whether writing goes on when the disk is well again; else only a restart helps.
        var isPassing: Bool { self == .full }
    }

    /// Commits after which the disk has been asked to fail, at most.
    private static let commits = 6

    let seed: UInt64
    let folder: NodeFolder
    let check: ImageCheck
    private(set) var report = ImageReport()

    init(seed: UInt64, scratch: String) {
        self.seed = seed
        folder = NodeFolder(scratch + "/faulty")
        check = ImageCheck(folder: NodeFolder(scratch + "/image-faulty"))
    }

    /// Opens so many images, a few after each failure.
    mutating func run(images: Int) throws {
        var dice = Dice(seed: seed ^ 0xFA17)
        while report.images < images {
            for fault in Fault.allCases where report.images < images {
                try ImageCheck.write([:], to: folder)
                defer { ImageCheck.remove(folder) }
                try fail(fault, after: UInt64(dice.below(60)), &dice)
            }
        }
    }

    private mutating func fail(
        _ fault: Fault, after count: UInt64, _ dice: inout Dice
    ) throws {
        let store = try Store(
            folder, catalogue: Catalogue.simulated[0], owner: ImageCounty.author(11))
        try ImageNode.enrol(11, nonce: 1, in: store)
        let node = try ImageNode(11, store, now: 1_790_000_000_000)
        try node.author([ImageWorkload.plainNote("0")])
        var acknowledged = try StoreState(store)
        faulty_disk_set_fault(folder.path, fault.rawValue, count)
        do {
            for commit in 1...Self.commits {
                try node.author(
                    (0...dice.below(20)).map { ImageWorkload.plainNote("\(commit) \($0)") })
                // Reading may meet the fault as well.
                guard let state = try? StoreState(store) else { break }
                acknowledged = state
                if commit == Self.commits / 2 { node.folder.checkpoint() }
            }
        } catch is FolderReplica.CommitFailure {
            // It was said, and nothing was acknowledged.
        }
        let faults = Int(faulty_disk_fault_count(folder.path))
        report.faults += faults
        faulty_disk_set_fault(folder.path, 0, 0)
        if fault.isPassing {
            try node.author([ImageWorkload.plainNote("well again")])
            acknowledged = try StoreState(store)
        }
        for dice in [0, .max, dice.next(), dice.next(), dice.next()] {
            try open(acknowledged, fault, after: count, dice: dice)
        }
    }

    private mutating func open(
        _ acknowledged: StoreState, _ fault: Fault, after count: UInt64, dice: UInt64
    ) throws {
        try ImageCheck.write([:], to: check.folder)
        guard faulty_disk_crash_image(folder.path, check.folder.path, dice) == 0 else {
            throw ImageFailure.noImage
        }
        var findings: [String] = []
        do {
            findings = try check.findings(since: acknowledged)
        } catch {
            findings.append("does not open: \(error)")
        }
        ImageCheck.remove(check.folder)
        report.images += 1
        report.kinds["faulted", default: 0] += 1
        report.acknowledgedEntries += acknowledged.entries
        guard !findings.isEmpty else { return }
        report.violations.append(
            ImageReport.Violation(
                seed: seed, recording: "fault", stage: "\(fault)", operation: Int(count),
                kind: "faulted", dice: dice, findings: findings))
    }
}
