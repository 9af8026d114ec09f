// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Forked logs: found, proved, and closed by the office above.
extension World {
    /// Shows a peer some of what a device has of a log that the peer has in another way.
    func showHeads(of log: LogID, through height: UInt64, _ conversation: Conversation) {
        guard let replica = devices[conversation.device].replica,
            let rows = try? replica.store.heads(of: log, from: 1, through: height)
        else { return lookWhetherItStopped(devices[conversation.device]) }
        obey(conversation.session.showHeads(of: log, rows, now: now), conversation)
    }

    /// Holds a peer's entries against a device's.
    func compare(
        _ rows: [SyncMessage.HeadRow], of log: LogID, _ conversation: Conversation
    ) {
        let device = devices[conversation.device]
        guard let replica = device.replica else { return }
        let comparison = replica.compare(rows, of: log)
        lookWhetherItStopped(device)
        obey(conversation.session.answer(log, comparison, now: now), conversation)
    }

    /// Proves a fork to a peer that goes on after it.
    func proveFork(of log: LogID, _ conversation: Conversation) {
        guard let directory = devices[conversation.device].replica?.replica.directory,
            let fork = directory.fork(of: log)
        else { return }
        obey(conversation.session.show(directory.branches(of: log), now: now), conversation)
        guard !conversation.isOver else { return }
        showHeads(of: log, through: fork.height, conversation)
    }

    /// Takes in what a peer proves of a branch.
    func learn(_ proofs: [BranchProof], on device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        do throws(FolderReplica.CommitFailure) {
            try replica.learn(proofs, now: device.wall(now))
        } catch {
            return lookWhetherItStopped(device)
        }
        settleAfterFork(device)
        note(ended: proofs.prefix(1).map(\.identity), on: device)
    }

    /// Lets everyone know that something else counts now.
    func settleAfterFork(_ device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        publish(replica.publishAuthority(now: device.wall(now)), of: device)
        countNewReplicas(device)
        lookWhetherItIsShorter(device)
        planUpkeep(device)
        lookWhetherItStopped(device)
    }

    /// The office of a device closes a fork of one of its logs, for one branch or another.
    func closeFork(of device: SimulatedDevice) {
        guard device.number < plan.devices.count, !truth.isCutOff(device.author.key),
            let issuer = plan.devices[device.number].issuer.map({ devices[$0] }),
            let replica = issuer.replica
        else { return }
        let directory = replica.replica.directory
        let open = directory.forks.filter {
            $0.identity.key == device.author.key && directory.end(of: $0.identity) == $0.end
        }
        guard !open.isEmpty, let contents = try? replica.store.branches(of: dice.pick(open)),
            let content = contents.filter({ $0.height > 0 }).max(by: { $0.height < $1.height }),
            let fork = open.first(where: { $0.firsts.contains(content.first) })
        else { return lookWhetherItStopped(issuer) }
        let cutOff = CutOff(
            subject: device.author.key, reason: .forkClosed, issuedAt: issuer.wall(now),
            rows: [
                CutOff.Row(
                    log: fork.identity.log, height: content.height, head: content.head)
            ], issuedBy: issuer.author)
        story.count(.closedForks)
        story.tell(at: now, issuer.name, "裁定\(device.name)的分叉日志", "closes a fork")
        do throws(FolderReplica.CommitFailure) {
            try replica.keep(cutOff)
        } catch {
            return lookWhetherItStopped(issuer)
        }
        settleAfterFork(issuer)
    }

    /// Nothing after a fork counts that nobody has decided upon, and the branch that was decided
    /// for counts with everyone, if anybody who goes on has it.
    func judgeFrozenLogs() {
        for device in devices where !isCutOff(device) {
            guard let replica = device.replica?.replica else { continue }
            for fork in replica.directory.forks
            where truth.carries(device.area, fork.identity.domain.area) {
                let log = replica.log(fork.identity)
                guard let end = replica.directory.end(of: log) else { continue }
                if log.height > end.height {
                    violate(
                        .forkCounts,
                        "\(device.name) has \(fork.identity.log)#\(log.height), not \(end.height)")
                    return
                }
                guard let decided = replica.directory.end(of: fork.identity),
                    log.height < decided.height, hasSomebody(decided, of: fork.identity)
                else { continue }
                violate(
                    .forkCounts,
                    "\(device.name) has \(fork.identity.log)#\(log.height) of \(decided.height)")
                return
            }
        }
    }

    private func hasSomebody(_ end: LogEnd, of identity: LogIdentity) -> Bool {
        devices.contains { device in
            guard !isCutOff(device), let log = device.replica?.replica.log(identity) else {
                return false
            }
            return log.height == end.height && log.head == end.head
        }
    }
}
