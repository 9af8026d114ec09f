// SPDX-License-Identifier: Apache-2.0

/// What one power cut has left, and what must hold of it.
struct CrashImage {
    enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Everything up to an operation, as after a kill -9.
        case prefix
        /// The same, and a part of the next write.
        case torn
        /// Of that which was not synced any part in any order, writes torn too.
        case reordered
        /// Nothing that was not synced.
        case synced
    }

    /// Which images are to be made of a recording.
    struct Plan: Hashable, Sendable {
        let recording: Int
        /// How many operations were carried out whole.
        let operations: Int
        let kind: Kind
        let dice: UInt64
    }

    let files: [String: [UInt8]]
    let promise: DiskRecording.Promise
    /// The head ledger beside the database, cut back to a length that it may have after a power
    /// cut; nil before it was made.
    let ledger: (content: DiskRecording.Ledger, bytes: [UInt8])?
    /// One that was written later than this image.
    let laterLedger: DiskRecording.Ledger?

    /// Makes the image from the disk as it was after the planned number of operations; nil when
    /// the next operation cannot be torn.
    init?(_ plan: Plan, of recording: DiskRecording, disk: DiskModel) {
        var dice = Dice(seed: plan.dice)
        switch plan.kind {
        case .prefix: files = disk.everything()
        case .synced: files = disk.durable
        case .reordered: files = disk.some(&dice)
        case .torn:
            let next = recording.operations[plan.operations]
            guard !next.cuts.isEmpty else { return nil }
            let cut = dice.pick(next.cuts)
            let part = dice.below(2) == 0 ? 0..<cut : cut..<next.bytes.count
            files = disk.everything(and: (next, part))
        }
        promise = recording.promise(after: plan.operations, isUnderWay: plan.kind == .torn)
        let ledgers = recording.ledgers(after: plan.operations)
        if ledgers.isEmpty {
            ledger = nil
        } else {
            let content = dice.pick(ledgers)
            let lost = dice.below(content.bytes.count - content.synced + 1)
            // Mostly whole: then it says most.
            let length = content.bytes.count - (dice.below(2) == 0 ? 0 : lost)
            ledger = (content, Array(content.bytes.prefix(length)))
        }
        laterLedger = recording.laterLedger(than: plan.operations)
    }
}
