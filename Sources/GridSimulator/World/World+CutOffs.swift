// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Keys that are cut off, and what becomes of what they wrote.
extension World {
    /// The office of a device cuts its key off: what the office holds of it counts, and no more.
    func cutOff(_ device: SimulatedDevice) {
        guard device.number < plan.devices.count,
            let issuer = plan.devices[device.number].issuer.map({ devices[$0] }),
            let replica = issuer.replica, !truth.isCutOff(device.author.key)
        else { return }
        let key = device.author.key
        // Now and then only what is older than some hours counts.
        let time = dice.chance(500) ? issuer.wall(now) &- dice.magnitude(1, 86_400_000) : nil
        guard let (rows, kept) = try? replica.draftCutOff(of: key, before: time) else {
            return lookWhetherItStopped(issuer)
        }
        let cutOff = CutOff(
            subject: key, reason: dice.pick([.lost, .replaced, .left, .retired]),
            issuedAt: issuer.wall(now), rows: rows, kept: kept, issuedBy: issuer.author)
        story.count(.cutOffs)
        story.tell(at: now, issuer.name, "停用\(device.name)的公钥", "cuts off a key")
        do throws(FolderReplica.CommitFailure) {
            try replica.keep(cutOff)
            truth.cutOff(cutOff)
        } catch {
            truth.doubt(cutOff)
            return lookWhetherItStopped(issuer)
        }
        callOffice(insteadOf: device)
        publish(replica.publishAuthority(now: issuer.wall(now)), of: issuer)
        lookWhetherItIsShorter(issuer)
        planUpkeep(issuer)
        lookWhetherItStopped(issuer)
    }

    /// Whoever called a device that was cut off calls its office from then on; who was cut off as well
    /// does so once that turns out not to count.
    func callOffice(insteadOf device: SimulatedDevice) {
        guard device.number < plan.devices.count, let issuer = plan.devices[device.number].issuer
        else { return }
        for link in links where link.called == device.number && !isCutOff(devices[link.caller]) {
            guard
                !links.contains(where: { $0.caller == link.caller && $0.called == issuer }),
                link.caller != issuer
            else { continue }
            links.append(LinkWeather(caller: link.caller, called: issuer, isUp: true))
            redial(links.count - 1, in: dice.between(1, 2_000))
        }
    }

    func isCutOff(_ device: SimulatedDevice) -> Bool { truth.isCutOff(device.author.key) }

    /// Takes a peer's word for logs that have ended.
    func note(ended logs: [LogIdentity], on device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        do throws(FolderReplica.CommitFailure) {
            let learnt = try replica.learn(ended: logs, now: device.wall(now))
            publish(learnt.news, of: device)
            name(learnt.ended, of: device)
        } catch {
            lookWhetherItStopped(device)
        }
        countNewReplicas(device)
        lookWhetherItIsShorter(device)
        planUpkeep(device)
    }

    /// Names logs that have ended to everyone who is linked.
    func name(_ ended: [LogIdentity], of device: SimulatedDevice) {
        guard let replica = device.replica, !ended.isEmpty else { return }
        let directory = replica.replica.directory
        for conversation in device.conversations where !conversation.isOver {
            let (mine, theirs) = (conversation.session.mine, conversation.session.theirs)
            let orphans = directory.orphans(of: ended.map(\.key)) {
                directory.areas.carries(mine.area, $0) && directory.areas.carries(theirs.area, $0)
            }
            obey(
                conversation.session.endsKnown(ended, words: orphans, now: now), conversation)
        }
    }

    /// Takes in what offices have said, as a peer passes it on, and which logs have ended.
    func learn(
        _ words: [AuthorityWord], ending logs: [LogIdentity], on device: SimulatedDevice
    ) {
        guard let replica = device.replica else { return }
        if (try? replica.learn(words)) == true {
            endWhoWasCutOff(on: device)
            publish(replica.publishAuthority(now: device.wall(now)), of: device)
            planUpkeep(device)
            countNewReplicas(device)
            lookWhetherItIsShorter(device)
        }
        lookWhetherItStopped(device)
        if !logs.isEmpty { note(ended: logs, on: device) }
    }

    /// Ends conversations with peers whose key does not speak for them any more.
    private func endWhoWasCutOff(on device: SimulatedDevice) {
        guard let directory = device.replica?.replica.directory else { return }
        for conversation in device.conversations where !conversation.isOver {
            guard (try? directory.check(conversation.peer)) == nil else { continue }
            obey(
                conversation.session.leave(
                    cutOffBy: directory.cutOffs(ending: conversation.peer)), conversation)
        }
    }

    /// Takes a peer's word that the device's key or its own was cut off.
    func learn(_ cutOff: CutOff, on device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        try? replica.learn(cutOff)
        endWhoWasCutOff(on: device)
        publish(replica.publishAuthority(now: device.wall(now)), of: device)
        planUpkeep(device)
        countNewReplicas(device)
        lookWhetherItIsShorter(device)
        lookWhetherItStopped(device)
    }

    /// Where logs have become shorter, conversations begin anew; and nothing else is shorter.
    func lookWhetherItIsShorter(_ device: SimulatedDevice) {
        guard let replica = device.replica, replica.shortenings != device.shortenings else {
            return
        }
        device.shortenings = replica.shortenings
        story.count(.shortenings)
        story.tell(at: now, device.name, "部分条目不再有效", "logs become shorter")
        let rows = replica.frontier { _ in true }
        let heights = Dictionary(rows.map { ($0.log, $0.height) }, uniquingKeysWith: { $1 })
        for (log, height) in (truth.heights[device.number] ?? [:]).sorted(by: { $0.key < $1.key }) {
            let left = heights[log] ?? 0
            guard left < height, !device.hasFlippedBit,
                !truth.forkedAreas.contains(log.domain.area),
                left > 0 || !truth.mayLapse(log)
            else { continue }
            if left != truth.end(of: log).map({ min($0, height) }) {
                violate(.committedIsLost, "\(device.name) \(log): \(left) of \(height)")
            }
        }
        truth.replace(rows, on: device.number, at: now)
        device.waitingRuns = []
        for conversation in device.conversations where !conversation.isOver {
            obey(conversation.session.leave(.shortened), conversation)
        }
    }

    /// Nothing after the end of a log is left with anyone who goes on.
    func judgeCutOffs() {
        for device in devices where !isCutOff(device) {
            for (log, height) in (truth.heights[device.number] ?? [:]).sorted(by: {
                $0.key < $1.key
            })
            where !truth.forkedAreas.contains(log.domain.area) {
                if let end = truth.end(of: log), height > end {
                    violate(.cutOffCounts, "\(device.name) has \(log)#\(height), not \(end)")
                    return
                }
            }
        }
    }
}
