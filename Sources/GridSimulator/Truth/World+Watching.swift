// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import GridCore
import GridLog
import GridStore
import GridSync

/// What is looked at while a world lives, by the simulator's own books alone.
extension World {
    /// A run that was admitted goes on from where its log stood on the device.
    func lookWhetherItGoesOn(_ run: VerifiedRun, on device: SimulatedDevice) {
        let log = run.run.identity.log
        guard !device.hasFlippedBit, let end = truth.end(of: log, on: device.number) else { return }
        let before: UInt64
        if end.height + 1 == run.run.first {
            before = run.run.backlink.words.0
        } else if end.height >= run.run.first, end.height <= run.run.last {
            before = run.hashes[Int(end.height - run.run.first)].words.0
        } else {
            return
        }
        guard before != end.head else { return }
        violate(
            .sequenceUsedTwice, "\(device.name) goes on with another branch of \(log)#\(end.height)"
        )
    }

    /// Everything that the writers of admitted entries had seen is there after the commit.
    func lookAtCauses(
        of verdicts: [[Verdict]], _ lots: [[VerifiedRun]], on device: SimulatedDevice
    ) {
        for (verdicts, runs) in zip(verdicts, lots) {
            for (verdict, run) in zip(verdicts, runs) {
                guard case .admitted = verdict else { continue }
                for sequence in run.run.first...run.run.last {
                    let dot = Dot(log: run.run.identity.log, sequence: sequence)
                    lookAtCauses(of: dot, on: device)
                }
            }
        }
    }

    private func lookAtCauses(of dot: Dot, on device: SimulatedDevice) {
        guard !truth.forkedAreas.contains(dot.log.domain.area) else { return }
        for (log, height) in truth.entries[dot]?.context ?? [:]
        where !truth.mayLapse(log)
            && truth.end(of: log).map({ min($0, height) }) ?? height
                > truth.height(of: log, on: device.number)
        {
            violate(
                .admittedTooSoon,
                "\(device.name) has \(Self.short(dot)) before \(log)#\(height)")
            return
        }
    }

    /// What waits is admitted with the last of its causes.
    func lookWhetherTheyWait(_ device: SimulatedDevice) {
        device.waitingRuns.removeAll { conversation, run in
            let log = run.run.identity.log
            return conversation.isOver || truth.end(of: log) != nil || truth.mayLapse(log)
                || truth.height(of: log, on: device.number) >= run.run.last
                || truth.forkedAreas.contains(log.domain.area)
        }
        guard !device.hasFlippedBit, !device.isRewound else { return }
        for (_, run) in device.waitingRuns {
            let log = run.run.identity.log
            let next = truth.height(of: log, on: device.number) + 1
            guard run.run.first <= next else { continue }
            let isCovered = (next...run.run.last).allSatisfy { sequence in
                guard let entry = truth.entries[Dot(log: log, sequence: sequence)] else {
                    return false
                }
                return entry.context.allSatisfy {
                    $0.key == log || $0.value <= truth.height(of: $0.key, on: device.number)
                }
            }
            if isCovered { violate(.keptWaiting, "\(device.name) lets \(log)#\(next) wait") }
        }
    }

    /// An older image and a copy write under another name from their first start on.
    func checkName(of device: SimulatedDevice, _ replica: FolderReplica, _ rows: [FrontierRow]) {
        let name = replica.replica.id
        defer { device.mustNoticeRestore = false }
        guard !device.hasFlippedBit else { return }
        if devices.contains(where: { $0 !== device && $0.replica?.replica.id == name }) {
            violate(.olderImageUnseen, "\(device.name) is a copy and writes as the other")
        }
        guard device.mustNoticeRestore else { return }
        for (log, height) in truth.heights[device.number] ?? [:] where log.replica == name {
            if height > rows.first(where: { $0.log == log })?.height ?? 0 {
                violate(.olderImageUnseen, "\(device.name) goes on with \(log)#\(height)")
                return
            }
        }
    }

    /// A node that has stopped writing must have a reason.
    func lookWhetherItStopped(_ device: SimulatedDevice) {
        guard let replica = device.replica, let reason = replica.failure,
            device.endingGeneration != device.generation
        else { return }
        guard device.diskFailsUntil == nil,
            faulty_disk_fault_count(device.folder.path) == 0
        else { return }
        guard !device.hasFlippedBit else {
            return end(device, .joinAnew)
        }
        violate(.doesNotWork, "\(device.name): \(reason)")
    }

    /// Whoever is linked to a node with another branch of a log has found where it was forked.
    func judgeForks() {
        for link in links {
            guard case .talking(let left)? = link.connection?.ends[0],
                case .talking(let right)? = link.connection?.ends[1],
                let ours = devices[left.device].replica, let theirs = devices[right.device].replica
            else { continue }
            let rows = theirs.frontier { left.session.isShared($0) }
            for row in ours.frontier(where: { left.session.isShared($0) }) {
                guard
                    let other = rows.first(where: { $0.log == row.log && $0.height == row.height }),
                    other.head != row.head
                else { continue }
                violate(
                    .forkIsHidden,
                    "\(devices[left.device].name), \(devices[right.device].name): \(row.log)")
            }
        }
    }
}
