// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore

/// Everything that a workload did to the disk, and what it had been promised after each step.
struct DiskRecording: Sendable {
    /// One thing that the workload did, in at most one transaction that changes anything.
    struct Step: Sendable {
        let stage: ImageStage
        /// How many operations there were when it had returned.
        let end: Int
        /// What the store held then, durably.
        let state: StoreState
        /// The edition of the catalogue with which the folder was open.
        let edition: Int
    }

    /// The head ledger at some time. It is a plain file, written by appending.
    struct Ledger: Sendable {
        /// How many operations of the database there were.
        let at: Int
        let bytes: [UInt8]
        /// So much of it is durable.
        let synced: Int
        let replica: ReplicaID
        let heads: [LogID: HeadLedger.Row]
    }

    let name: String
    /// Files that were there before, durably.
    let initial: [String: [UInt8]]
    let operations: [DiskOperation]
    let steps: [Step]
    let ledgers: [Ledger]

    /// What a power cut after so many operations may leave.
    struct Promise {
        /// The step that was under way, or the last one.
        let step: Step
        /// What was acknowledged by then.
        let acknowledged: StoreState
        /// The step's outcome, if the step had begun to write.
        let outcome: StoreState?

        func allows(_ state: StoreState) -> Bool {
            if state == acknowledged || state == outcome { return true }
            // Its certificates stand in lane 0 first, and then wait no longer.
            return step.stage == .publishing && outcome?.logs == state.logs
                && acknowledged.certificates == state.certificates
        }
    }

    /// - Parameter isUnderWay: whether a part of one more operation was carried out.
    func promise(after count: Int, isUnderWay: Bool) -> Promise {
        guard let index = steps.firstIndex(where: { $0.end > count }) else {
            let last = steps[steps.count - 1]
            return Promise(step: last, acknowledged: last.state, outcome: nil)
        }
        let step = steps[index]
        let before = index == 0 ? step : steps[index - 1]
        let hasBegun = isUnderWay || count > before.end
        return Promise(
            step: step, acknowledged: before.state, outcome: hasBegun ? step.state : nil)
    }

    /// What the head ledger may have been after so many operations; none before it was made.
    func ledgers(after count: Int) -> [Ledger] {
        guard let last = ledgers.last(where: { $0.at <= count }) else { return [] }
        return ledgers.filter { $0.at == last.at }
    }

    /// A ledger written later than so many operations.
    func laterLedger(than count: Int) -> Ledger? { ledgers.last { $0.at > count } }
}

/// What a workload is at.
enum ImageStage: String, CaseIterable, Hashable, Sendable {
    case firstOpening = "first opening"
    case enrolment, certificates, publishing, authoring, admission, importing, checkpoint, rebuild,
        marking, compaction
    case meeting, parting, heights, renewal, closing, opening
    case newCatalogue = "new catalogue"
    case recovery
    case recoveredWriting = "writing after recovery"
    case recoveredClosing = "closing after recovery"
}
