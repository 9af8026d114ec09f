// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// A life of village 11 in some sixty steps, drawn from a seed: it writes, takes in what the
/// township has written, and does everything else that a store can do.
struct ImageWorkload {
    private let recorder: ImageRecorder
    /// The township, on a disk of its own that never fails.
    private let township: ImageNode
    private var dice: Dice
    private var count = 0
    /// Records of which the village knows, and those of them that the township has seen.
    private var addresses: [RecordAddress] = []
    private var seen: [RecordAddress] = []

    /// - Parameters:
    ///   - folder: an empty folder, recorded.
    ///   - other: an empty folder for the township.
    static func record(
        seed: UInt64, in folder: NodeFolder, other: NodeFolder
    ) throws -> DiskRecording {
        var workload = try ImageWorkload(
            recorder: ImageRecorder(folder, name: "life"), other: other,
            dice: Dice(seed: seed))
        try workload.run()
        return workload.recorder.finish()
    }

    private init(recorder: ImageRecorder, other: NodeFolder, dice: Dice) throws {
        self.recorder = recorder
        self.dice = dice
        let store = try Store(
            other, catalogue: Catalogue.simulated[0], owner: ImageCounty.author(2))
        try ImageNode.enrol(2, nonce: 1, in: store)
        for certificate in ImageCounty.certificates {
            try store.add(certificate, waiting: false)
        }
        township = try ImageNode(2, store, now: 1_790_000_000_500)
    }

    private mutating func run() throws {
        try recorder.open(.firstOpening)
        try recorder.enrol(nonce: 1)
        try recorder.step(.certificates) {
            try $0.store.add(ImageCounty.clerk("clerk"), waiting: true)
        }
        try author()
        // Each once in an order of its own, between writes of both.
        var chores = Self.chores
        while !chores.isEmpty {
            for _ in 0...dice.below(2) {
                if dice.below(3) == 0 { try admit() } else { try author() }
            }
            try chores.remove(at: dice.below(chores.count))(&self)
            if dice.below(3) == 0 { try recorder.syncLedger() }
        }
        try author()
        try recorder.close(.closing)
    }

    private static let chores: [@Sendable (inout ImageWorkload) throws -> Void] = [
        { try $0.reopen(.opening) },
        { try $0.reopen(.newCatalogue, edition: 2) },
        { try $0.markAndReopen() },
        { try $0.recorder.step(.checkpoint) { try $0.store.checkpoint() } },
        { try $0.recorder.step(.checkpoint) { try $0.store.checkpoint() } },
        { try $0.recorder.step(.rebuild) { _ = try $0.store.rebuild() } },
        { try $0.recorder.step(.compaction) { while $0.folder.compact() {} } },
        { try $0.importMany() },
        { try $0.meet() },
        { try $0.hold() },
        { try $0.publish() },
        { try $0.renew() },
    ]

    private mutating func reopen(_ stage: ImageStage, edition: Int? = nil) throws {
        try recorder.close(.closing)
        try recorder.open(stage, edition: edition)
    }

    private mutating func markAndReopen() throws {
        try recorder.step(.marking) { try $0.store.markStale() }
        try reopen(.rebuild)
    }

    /// One local write of one to three records, some of them known already.
    private mutating func author() throws {
        var changes: [LocalChange] = []
        for _ in 0...dice.below(3) {
            let change = change(of: addresses)
            let target = change.draft.target
            if target == .new || !changes.contains(where: { $0.draft.target == target }) {
                changes.append(change)
            }
        }
        var written: [RecordAddress] = []
        try recorder.step(.authoring) { written = try $0.author(changes).addresses }
        for (change, address) in zip(changes, written) where change.draft.target == .new {
            if change.draft.collection == 16 { addresses.append(address) }
        }
    }

    /// What the township has written since, in one commit. It has seen what the village wrote now
    /// and then, so that some of its edits are concurrent.
    private mutating func admit() throws {
        guard let node = recorder.node else { return }
        if dice.below(2) == 0 {
            try township.admit(try node.runs(beyond: township.replica.frontier), from: 11)
            seen = addresses
        }
        for _ in 0...dice.below(2) { try township.author([change(of: seen)]) }
        let runs = try township.runs(beyond: node.replica.frontier)
        try recorder.step(.admission) { try $0.admit(runs, from: 2) }
    }

    /// As from a file of CSV.
    private mutating func importMany() throws {
        let changes = (0..<40).map { _ in note(.new) }
        try recorder.step(.importing) { try $0.author(changes) }
    }

    private mutating func meet() throws {
        count += 1
        let peer = PeerRecord(
            key: township.replica.author.key, name: "2", area: ImageCounty.township,
            replica: township.replica.id, software: "gridd", lastContact: UInt64(count),
            clockSkew: -4)
        try recorder.step(.meeting) {
            try $0.store.met(peer, learning: ImageCounty.certificates)
        }
        try recorder.step(.parting) {
            try $0.store.left(peer.key, at: peer.lastContact + 1, reason: "silent")
        }
    }

    private mutating func hold() throws {
        let key = township.replica.author.key
        try recorder.step(.heights) { node in
            let heights = try node.store.logs().map { ($0.identity.log, $0.height) }
            try node.store.recordHeld([key: Dictionary(heights, uniquingKeysWith: { $1 })])
        }
    }

    /// Writes the waiting certificate into lane 0.
    private mutating func publish() throws {
        try recorder.step(.publishing) { _ = $0.folder.publishAuthority(now: 1_790_000_009_000) }
    }

    /// Becomes a new replica, as after a peer has shown that this one was rolled back.
    private mutating func renew() throws {
        try recorder.step(.renewal) { $0.folder.leaveBehind($0.replica.id) }
    }

    /// A new note with a title.
    static func plainNote(_ title: String) -> LocalChange {
        LocalChange(
            domain: Domain(area: ImageCounty.village, lane: .routine),
            draft: DraftChange(
                collection: 16, target: .new, archives: false,
                writes: [FieldWrite(field: 1, operation: .assign(.text(title)))]))
    }

    private mutating func change(of known: [RecordAddress]) -> LocalChange {
        let target: DraftChange.Target =
            known.isEmpty || dice.below(2) == 0 ? .new : .existing(dice.pick(known))
        return note(target)
    }

    private mutating func note(_ target: DraftChange.Target) -> LocalChange {
        count += 1
        let isAlarm = target == .new && dice.below(8) == 0
        var writes = [FieldWrite(field: 1, operation: .assign(.text("\(count) 旱")))]
        if !isAlarm {
            writes.append(FieldWrite(field: 5, operation: .append([.text("\(count)")])))
            writes.append(FieldWrite(field: 6, operation: .increment(Int64(count))))
        }
        return LocalChange(
            domain: Domain(area: ImageCounty.village, lane: isAlarm ? .urgent : .routine),
            draft: DraftChange(
                collection: isAlarm ? 18 : 16, target: target, archives: dice.below(10) == 0,
                writes: writes))
    }
}
