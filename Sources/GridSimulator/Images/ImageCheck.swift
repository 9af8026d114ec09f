// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Foundation
import GridCore
import GridLog
import GridStore
import GridSync

/// Opens an image with the store that ships, and says what does not hold.
struct ImageCheck {
    /// What was looked at in one image.
    struct Outcome {
        var findings: [String] = []
        /// Acknowledged entries that were there.
        var entries = 0
        /// How many head ledgers were held against the database, and how many newer ones.
        var ledgers = 0
        var newerLedgers = 0
    }

    /// Made for each image and removed afterwards.
    let folder: NodeFolder

    func outcome(of image: CrashImage) -> Outcome {
        var outcome = Outcome()
        do {
            try Self.write(image.files, to: folder)
            if let ledger = image.ledger {
                try Self.write(ledger.bytes, to: folder.headLedgerPath)
            }
            try check(image, &outcome)
        } catch {
            outcome.findings.append("does not open: \(error)")
        }
        Self.remove(folder)
        return outcome
    }

    private func check(_ image: CrashImage, _ outcome: inout Outcome) throws {
        let catalogue = Catalogue.simulated[image.promise.step.edition - 1]
        let store = try Store(folder, catalogue: catalogue, owner: ImageCounty.author(11))
        let state = try StoreState(store)
        if image.promise.allows(state) {
            outcome.entries = image.promise.acknowledged.entries
        } else {
            outcome.findings.append(
                "differs from what was acknowledged in "
                    + state.difference(from: image.promise.acknowledged))
        }
        outcome.findings += try store.verify().findings
        guard let node = try store.node() else { return }
        // The same disk, though here it lies in another file: else each image would be a copy.
        try store.mark()
        let own = LogIdentity.replica(key: ImageCounty.author(11).key, nonce: node.nonce)
        outcome.findings += try findings(store, state, as: own, image, &outcome)
    }

    /// Starts the folder as the daemon does: with the head ledger that it may have, the folder goes
    /// on as the replica it was, and with a newer one it becomes another. Then it writes.
    private func findings(
        _ store: Store, _ state: StoreState, as own: ReplicaID, _ image: CrashImage,
        _ outcome: inout Outcome
    ) throws -> [String] {
        var findings: [String] = []
        let later = image.laterLedger.flatMap { $0.leads(state.logs, as: own) ? $0 : nil }
        // One that speaks of the replica before this one makes the folder another once more.
        let isLagging = image.ledger == nil || image.ledger?.content.replica == own
        if isLagging {
            outcome.ledgers += 1
            let node = try ImageNode(11, store, now: 1_791_000_000_000)
            if node.replica.id != own { findings.append("the head ledger leads the database") }
            try node.author([ImageWorkload.plainNote("after the power cut")])
        }
        if let later {
            outcome.newerLedgers += 1
            try Self.write(later.bytes, to: folder.headLedgerPath)
            let node = try ImageNode(11, store, now: 1_792_000_000_000)
            if node.replica.id == own {
                findings.append("a newer head ledger does not tell that this image is older")
            }
            try node.author([ImageWorkload.plainNote("as another replica")])
        }
        guard isLagging || later != nil else { return findings }
        return try findings + store.verify().findings.map { "after the next write: \($0)" }
    }

    /// What does not hold of the folder as it is, when it must have all of this and may have more.
    func findings(since acknowledged: StoreState) throws -> [String] {
        let store = try Store(
            folder, catalogue: Catalogue.simulated[0], owner: ImageCounty.author(11))
        let state = try StoreState(store)
        let lost =
            state.isAtLeast(acknowledged)
            ? [] : ["lacks what was acknowledged: \(state.difference(from: acknowledged))"]
        return try lost + store.verify().findings
    }

    private func checkLedger(
        _ image: CrashImage, _ state: StoreState, as own: ReplicaID, _ outcome: inout Outcome
    ) throws {
        // One of the replica before this one makes the folder a new replica once more: allowed.
        if let ledger = image.ledger, ledger.content.replica == own {
            outcome.ledgers += 1
            if try HeadLedger(folder).isAhead(of: state.logs, as: own) {
                outcome.findings.append("the head ledger leads the database")
            }
        }
        guard let later = image.laterLedger, later.leads(state.logs, as: own) else { return }
        outcome.newerLedgers += 1
        try Self.write(later.bytes, to: folder.headLedgerPath)
        if try !HeadLedger(folder).isAhead(of: state.logs, as: own) {
            outcome.findings.append("a newer head ledger does not tell that this image is older")
        }
    }

    /// Makes a folder with these files.
    static func write(_ files: [String: [UInt8]], to folder: NodeFolder) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        for (name, bytes) in files { try write(bytes, to: "\(folder.path)/\(name)") }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Removes a folder that nobody has open.
    static func remove(_ folder: NodeFolder) {
        faulty_disk_forget(folder.path)
        try? FileManager.default.removeItem(atPath: folder.path)
    }
}

extension DiskRecording.Ledger {
    /// Whether the ledger names more than these logs hold, or another replica.
    fileprivate func leads(_ logs: [LogState], as own: ReplicaID) -> Bool {
        guard replica == own else { return !heads.isEmpty }
        return heads.values.contains { row in
            row.height > logs.first { $0.identity.log == row.log }?.height ?? 0
        }
    }
}
