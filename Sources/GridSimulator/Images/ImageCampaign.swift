// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Dispatch
import Foundation
import GridStore
import Synchronization

/// Makes what power cuts may leave of a village's folder, opens each image with the store that
/// ships, and holds it against what was acknowledged.
package struct ImageCampaign {
    /// Power cuts in the workload after which another recording follows: what happens when power
    /// fails again while the folder recovers.
    private static let recoveries = 8
    /// One image of so many is of a disk that has failed.
    private static let faultedShare = 10

    private let count: Int
    private let seed: UInt64
    private let jobs: Int
    private let scratch: String

    /// - Parameters:
    ///   - count: how many images to make.
    ///   - seed: of the first workload; the next ones follow when it has not enough images.
    ///   - jobs: how many images to open at a time.
    package init(count: Int, seed: UInt64, jobs: Int = 1) {
        self.count = count
        self.seed = seed
        self.jobs = max(1, jobs)
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        scratch = "\(parent)/onegrid-images-\(ProcessInfo.processInfo.processIdentifier)-\(seed)"
    }

    /// - Parameter progress: called now and then with a line for people.
    package func run(_ progress: (String) -> Void = { _ in }) throws -> ImageReport {
        guard faulty_disk_install() == 0 else { throw ImageFailure.noDisk }
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let clock = ContinuousClock()
        let start = clock.now
        var report = ImageReport()
        var round = seed
        while report.images < count {
            var faults = ImageFaults(seed: round, scratch: scratch)
            try faults.run(images: (count - report.images) / Self.faultedShare)
            report.add(faults.report)
            let (recordings, violations) = try recordings(of: round)
            report.violations += violations
            let plans = plans(of: recordings, seed: round, limit: count - report.images)
            report.recordings += recordings.count
            report.operations += recordings.reduce(0) { $0 + $1.operations.count }
            report.boundaries += Set(plans.map { [$0.recording, $0.operations] }).count
            report.add(check(plans, of: recordings, seed: round))
            progress("seed \(round): \(plans.count) images, \(report.violations.count) violations")
            round &+= 1
        }
        report.seconds = (clock.now - start) / .seconds(1)
        return report
    }

    // The recordings

    /// A life, and what follows after power cuts in it; violations are recoveries that fail.
    private func recordings(
        of seed: UInt64
    ) throws -> ([DiskRecording], [ImageReport.Violation]) {
        faulty_disk_set_random(seed)
        let (folder, other) = (NodeFolder(scratch + "/life"), NodeFolder(scratch + "/other"))
        try ImageCheck.write([:], to: folder)
        try ImageCheck.write([:], to: other)
        defer {
            ImageCheck.remove(folder)
            ImageCheck.remove(other)
        }
        let life = try ImageWorkload.record(seed: seed, in: folder, other: other)
        var dice = Dice(seed: seed ^ 0x5EC0)
        var cuts: [(at: Int, dice: UInt64)] = []
        for _ in 0..<Self.recoveries {
            cuts.append((dice.below(life.operations.count), dice.next()))
        }
        var disk = DiskModel([:])
        var done = 0
        var recordings = [life]
        var violations: [ImageReport.Violation] = []
        for cut in cuts.sorted(by: { $0 < $1 }) {
            while done < cut.at {
                disk.apply(life.operations[done])
                done += 1
            }
            let plan = CrashImage.Plan(
                recording: 0, operations: done, kind: .reordered, dice: cut.dice)
            guard let image = CrashImage(plan, of: life, disk: disk) else {
                preconditionFailure("a reordered image needs no next write")
            }
            do {
                recordings.append(
                    try recovery(from: image, name: "recovery after \(cut.at)", dice: cut.dice))
            } catch let failure as StoreFailure {
                violations.append(
                    ImageReport.Violation(
                        seed: seed, recording: life.name,
                        stage: image.promise.step.stage.rawValue, operation: cut.at,
                        kind: plan.kind.rawValue, dice: cut.dice,
                        findings: ["does not recover: \(failure)"]))
            }
        }
        return (recordings, violations)
    }

    private func recovery(
        from image: CrashImage, name: String, dice: UInt64
    ) throws -> DiskRecording {
        let folder = NodeFolder(scratch + "/recovery")
        try ImageCheck.write(image.files, to: folder)
        if let ledger = image.ledger {
            try ImageCheck.write(ledger.bytes, to: folder.headLedgerPath)
        }
        defer { ImageCheck.remove(folder) }
        let recorder = ImageRecorder(
            folder, name: name, initial: image.files, edition: image.promise.step.edition)
        do {
            try Self.recover(recorder, checkpointing: dice & 1 == 0)
        } catch {
            _ = recorder.finish()
            throw error
        }
        return recorder.finish()
    }

    private static func recover(_ recorder: ImageRecorder, checkpointing: Bool) throws {
        try recorder.open(.recovery)
        if recorder.node != nil {
            try recorder.step(.recoveredWriting) { try $0.author([ImageWorkload.plainNote("1")]) }
            if checkpointing { try recorder.step(.checkpoint) { try $0.store.checkpoint() } }
            try recorder.step(.recoveredWriting) { try $0.author([ImageWorkload.plainNote("2")]) }
        }
        try recorder.close(.recoveredClosing)
    }

    // Which images

    /// Every boundary between operations as far as the limit allows, and torn and reordered images
    /// for the rest. In the order in which one pass over the recordings makes them.
    private func plans(
        of recordings: [DiskRecording], seed: UInt64, limit: Int
    ) -> [CrashImage.Plan] {
        var dice = Dice(seed: seed ^ 0x914A)
        var prefixes: [CrashImage.Plan] = []
        var others: [CrashImage.Plan] = []
        for (index, recording) in recordings.enumerated() {
            var disk = DiskModel(recording.initial)
            for count in 0...recording.operations.count {
                func plan(_ kind: CrashImage.Kind) -> CrashImage.Plan {
                    CrashImage.Plan(
                        recording: index, operations: count, kind: kind, dice: dice.next())
                }
                prefixes.append(plan(.prefix))
                if disk.isAtRisk {
                    others += [plan(.reordered), plan(.reordered), plan(.synced)]
                }
                guard count < recording.operations.count else { continue }
                let next = recording.operations[count]
                if !next.cuts.isEmpty { others += [plan(.torn), plan(.torn)] }
                disk.apply(next)
            }
        }
        let whole = prefixes.shuffled(using: &dice).prefix(max(limit / 3, limit - others.count))
        let rest = others.shuffled(using: &dice).prefix(limit - whole.count)
        return (whole + rest).sorted {
            ($0.recording, $0.operations, $0.dice) < ($1.recording, $1.operations, $1.dice)
        }
    }

    // Opening them

    private func check(
        _ plans: [CrashImage.Plan], of recordings: [DiskRecording], seed: UInt64
    ) -> ImageReport {
        let total = Mutex(ImageReport())
        let share = (plans.count + jobs - 1) / jobs
        DispatchQueue.concurrentPerform(iterations: jobs) { job in
            let mine = plans.dropFirst(job * share).prefix(share)
            let folder = NodeFolder("\(scratch)/image-\(job)")
            let report = Self.check(Array(mine), of: recordings, seed: seed, in: folder)
            total.withLock { $0.add(report) }
        }
        var report = total.withLock { $0 }
        report.violations.sort { ($0.recording, $0.operation) < ($1.recording, $1.operation) }
        return report
    }

    private static func check(
        _ plans: [CrashImage.Plan], of recordings: [DiskRecording], seed: UInt64,
        in folder: NodeFolder
    ) -> ImageReport {
        var report = ImageReport()
        let check = ImageCheck(folder: folder)
        var disk = DiskModel([:])
        var place = (recording: -1, done: 0)
        for plan in plans {
            let recording = recordings[plan.recording]
            if place.recording != plan.recording {
                disk = DiskModel(recording.initial)
                place = (plan.recording, 0)
            }
            while place.done < plan.operations {
                disk.apply(recording.operations[place.done])
                place.done += 1
            }
            guard let image = CrashImage(plan, of: recording, disk: disk) else { continue }
            let outcome = check.outcome(of: image)
            report.note(outcome, plan, image, recording, seed: seed)
        }
        return report
    }
}

/// Why a campaign cannot begin.
package enum ImageFailure: Error {
    /// SQLite does not take the recording disk.
    case noDisk
    /// The disk could not make the files that a power cut leaves.
    case noImage
}

extension ImageReport {
    fileprivate mutating func note(
        _ outcome: ImageCheck.Outcome, _ plan: CrashImage.Plan, _ image: CrashImage,
        _ recording: DiskRecording, seed: UInt64
    ) {
        images += 1
        kinds[plan.kind.rawValue, default: 0] += 1
        stages[image.promise.step.stage.rawValue, default: 0] += 1
        acknowledgedEntries += outcome.entries
        ledgers += outcome.ledgers
        newerLedgers += outcome.newerLedgers
        guard !outcome.findings.isEmpty else { return }
        violations.append(
            Violation(
                seed: seed, recording: recording.name, stage: image.promise.step.stage.rawValue,
                operation: plan.operations, kind: plan.kind.rawValue, dice: plan.dice,
                findings: outcome.findings))
    }
}
