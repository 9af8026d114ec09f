// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Foundation
import GridCore
import GridLog
import GridStore
import GridSync

/// A recorded folder of village 11, and what was promised step by step.
final class ImageRecorder {
    private let folder: NodeFolder
    private let name: String
    private let initial: [String: [UInt8]]
    private(set) var edition: Int
    private(set) var node: ImageNode?
    private var store: Store?
    private var synced = 0
    private var steps: [DiskRecording.Step] = []
    private var ledgers: [DiskRecording.Ledger] = []
    private var now: UInt64 = 1_790_000_000_000

    /// Begins to record an existing folder that nobody has open and that holds these files.
    init(_ folder: NodeFolder, name: String, initial: [String: [UInt8]] = [:], edition: Int = 1) {
        self.folder = folder
        self.name = name
        self.initial = initial
        self.edition = edition
        faulty_disk_record(folder.path)
    }

    /// The recording so far; closes the folder, of which the disk forgets everything.
    func finish() -> DiskRecording {
        node = nil
        store = nil
        defer { faulty_disk_forget(folder.path) }
        return DiskRecording(
            name: name, initial: initial, operations: DiskOperation.all(in: folder.path),
            steps: steps, ledgers: ledgers)
    }

    /// Opens the store, and goes on as the node whose folder it is.
    func open(_ stage: ImageStage, edition: Int? = nil) throws {
        self.edition = edition ?? self.edition
        let opened = try Store(
            folder, catalogue: Catalogue.simulated[self.edition - 1],
            owner: ImageCounty.author(11))
        store = opened
        // The same disk, where a recovery from an image is recorded too.
        try opened.mark()
        if try opened.node() != nil { node = try ImageNode(11, opened, now: now) }
        try note(stage)
    }

    func enrol(nonce: UInt64) throws {
        guard let store else { preconditionFailure("the folder is not open") }
        try ImageNode.enrol(11, nonce: nonce, in: store)
        node = try ImageNode(11, store, now: now)
        try note(.enrolment)
    }

    /// Closes the store, which removes its write-ahead log.
    func close(_ stage: ImageStage) throws {
        guard let store else { preconditionFailure("the folder is not open") }
        let state = try StoreState(store)
        node = nil
        self.store = nil
        try note(stage, state)
    }

    /// Does one thing with the node.
    func step(_ stage: ImageStage, _ work: (ImageNode) throws -> Void) throws {
        guard let node else { preconditionFailure("the folder has no node") }
        try work(node)
        now += 60_000
        // A new replica's ledger is written to another file, which is synced.
        if stage == .renewal { synced = contents.count }
        try note(stage)
    }

    /// Syncs the head ledger, as the daemon does once a second.
    func syncLedger() throws {
        node?.folder.syncHeads()
        synced = contents.count
        try noteLedger()
    }

    private func note(_ stage: ImageStage) throws {
        guard let store else { preconditionFailure("the folder is not open") }
        try note(stage, StoreState(store))
    }

    private func note(_ stage: ImageStage, _ state: StoreState) throws {
        steps.append(
            DiskRecording.Step(
                stage: stage, end: DiskOperation.count(in: folder.path), state: state,
                edition: edition))
        try noteLedger()
    }

    private func noteLedger() throws {
        guard let node else { return }
        ledgers.append(
            DiskRecording.Ledger(
                at: DiskOperation.count(in: folder.path), bytes: contents, synced: synced,
                replica: node.replica.id, heads: try HeadLedger(folder).rows))
    }

    private var contents: [UInt8] {
        FileManager.default.contents(atPath: folder.headLedgerPath).map { Array($0) } ?? []
    }
}
