// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import Foundation
import GridCore
import GridLog
import GridStore
import GridSync

/// The end of a world: faults stop, everyone comes together, and all promises are looked at.
extension World {
    /// How long a healed world may take, in milliseconds and events.
    private static let quietMillisecondsMax: UInt64 = 12 * 3_600_000
    private static let quietEventsMax = 40_000
    /// Time for everyone to call everyone some times.
    private static let callsMillisecondsMax: UInt64 = 200_000

    /// Ends all faults and lets everyone talk until nothing is left to say.
    func heal() {
        story.tell(at: now, "县里", "故障结束,线路全通", "all faults end, all links are up")
        weather = WorldPlan.Weather(delayMilliseconds: 1...50, loss: 0, breaks: 0)
        for device in devices {
            device.clock = .right
            // A pause ends in its time: what came during it must not be overtaken by what comes now.
            open(through: .routine, on: device)
            device.crashInCommit = nil
            if device.diskFailsUntil != nil {
                device.diskFailsUntil = now
                healDisk(device)
            }
            if device.replica == nil { push(.start(device: device.number), in: 10) }
        }
        for link in links.indices { join(link) }
        guard settle() else { return }
        for device in devices {
            guard let replica = device.replica else { continue }
            publish(replica.publishAuthority(now: device.wall(now)), of: device)
            lookWhetherItIsShorter(device)
            if dice.chance(500) { closeFork(of: device) }
        }
        for device in devices {
            while device.replica != nil, device.edition + 1 < Catalogue.simulated.count {
                upgrade(device)
            }
        }
        guard settle(), hearSubjects() else { return }
        let cutOffs = truth.cutOffs.count
        settleWhatWasIssued()
        settleAreaChanges()
        // Who turns out not to have been cut off has something to say.
        if truth.cutOffs.count != cutOffs {
            for device in devices where isCutOff(device) { callOffice(insteadOf: device) }
            guard settle() else { return }
        }
        // Nothing more is said once all is said.
        messages = 0
        let until = now + Self.callsMillisecondsMax
        while let time = queue.nextTime, time < until, let (time, event) = queue.pop() {
            take(event, at: time)
        }
        if messages > 0 { violate(.neverQuiet, "\(messages) messages after the end") }
    }

    /// What an office certified after its image was made went with the disk that was put back, unless
    /// somebody had heard of it. What was not acknowledged may have been kept all the same.
    private func settleWhatWasIssued() {
        truth.settleDoubts(
            certificate: { certificate in
                devices.contains { $0.replica?.replica.directory.contains(certificate) == true }
            },
            cutOff: { cutOff in
                devices.contains {
                    $0.replica?.replica.directory.allCutOffs.contains(cutOff) == true
                }
            })
        let heard = devices.filter { !isCutOff($0) }.flatMap { device in
            device.replica?.replica.redactions.redactions.sorted { $0.key < $1.key }
                .map(\.value) ?? []
        }
        truth.settle(known: heard)
        let restored = Set(devices.filter(\.wasRestored).map(\.author.key))
        truth.buryCertificates { certificate in
            restored.contains(certificate.issuer)
                && !devices.contains { $0.replica?.replica.directory.contains(certificate) == true }
        }
        // Of those who were cut off only the subject is heard, with the word about itself.
        let deaf = Set(devices.filter(isCutOff).map(\.number))
        truth.buryCutOffs { cutOff in
            restored.contains(cutOff.issuer)
                && !devices.contains {
                    $0.replica?.replica.directory.allCutOffs.contains(cutOff) == true
                        && (!deaf.contains($0.number) || $0.author.key == cutOff.subject)
                }
        }
    }

    /// A cut-off that went with its office's disk may be known to its subject alone, who says it at its
    /// next call: nobody waits for the calls of those who were cut off.
    private func hearSubjects() -> Bool {
        let until = now + Self.callsMillisecondsMax
        while subjectsKnowMore, !isBroken, let time = queue.nextTime, time < until,
            let (time, event) = queue.pop()
        {
            take(event, at: time)
        }
        return settle()
    }

    private var subjectsKnowMore: Bool {
        let heard = Set(
            devices.filter { !isCutOff($0) }.flatMap {
                $0.replica?.replica.directory.allCutOffs.map(\.digest) ?? []
            })
        return devices.filter(isCutOff).contains { device in
            device.replica?.replica.directory.allCutOffs.contains {
                $0.subject == device.author.key && !heard.contains($0.digest)
            } == true
        }
    }

    /// Lives until nothing is under way and everyone is linked.
    private func settle() -> Bool {
        let (deadline, events) = (now + Self.quietMillisecondsMax, story.counts[.events] ?? 0)
        while !isQuiet {
            guard !isBroken else { return false }
            guard let (time, event) = queue.pop(), time < deadline,
                (story.counts[.events] ?? 0) - events < Self.quietEventsMax
            else {
                violate(.neverQuiet, whatIsUnderWay)
                return false
            }
            take(event, at: time)
        }
        return !isBroken
    }

    private var isQuiet: Bool {
        // A device that pauses still has to hear that its peers have given it up.
        busy == 0 && devices.allSatisfy { $0.replica != nil && $0.pausedUntil <= now }
            && links.allSatisfy { link in
                if isCutOff(devices[link.caller]) || isCutOff(devices[link.called]) { return true }
                guard case .talking(let left)? = link.connection?.ends[0],
                    case .talking(let right)? = link.connection?.ends[1]
                else { return false }
                return isLive(left) && isLive(right) && left.session.isQuiescent
                    && right.session.isQuiescent
            }
    }

    private var whatIsUnderWay: String {
        let down = devices.filter { $0.replica == nil }.map(\.name)
        let restless = links.indices.filter { index in
            guard case .talking(let left)? = links[index].connection?.ends[0],
                case .talking(let right)? = links[index].connection?.ends[1]
            else { return true }
            return !left.session.isQuiescent || !right.session.isQuiescent
        }
        var kinds: [String: Int] = [:]
        while let (_, event) = queue.pop() {
            guard event.isBusy else { continue }
            kinds[String("\(event)".prefix { $0 != "(" }), default: 0] += 1
        }
        return "\(busy) events \(kinds.sorted { $0.key < $1.key }), "
            + "down: \(down), restless: \(restless.map(restlessness(of:)))"
    }

    private func restlessness(of link: Int) -> String {
        let ends = (links[link].connection?.ends ?? []).map { end in
            switch end {
            case .calling: "calling"
            case .gone: "gone"
            case .hostile: "hostile"
            case .talking(let conversation):
                isLive(conversation) ? conversation.session.whatIsLeft : "over"
            }
        }
        return "\(words(of: link)): \(ends.joined(separator: " | "))"
    }

    /// Holds every device against what the simulator knows.
    func judge() {
        // Any one of them stands for all, of which some are looked at in each world.
        for device in devices where dice.chance(300) { verify(device) }
        judgeAcknowledged()
        judgeForks()
        judgeFrozenLogs()
        judgeCutOffs()
        judgeUsurpers()
        judgeRedactions()
        judgeAreas()
        judgeDigests()
        judgeTables()
    }

    /// Every acknowledged write is with everyone who carries its area.
    private func judgeAcknowledged() {
        for (dot, author) in truth.acknowledged where !truth.goneWithTheDisk.contains(dot) {
            let area = dot.log.domain.area
            guard !truth.forkedAreas.contains(area),
                truth.end(of: dot.log).map({ dot.sequence <= $0 }) ?? true
            else { continue }
            // Who was cut off is heard no more, even if others have lost what it still has.
            let holders = devices.filter { truth.holds(dot, on: $0.number) }
            guard holders.isEmpty || !holders.allSatisfy(isCutOff) else { continue }
            for device in devices where truth.carries(device.area, area) && !isCutOff(device) {
                if !truth.holds(dot, on: device.number) {
                    violate(
                        .acknowledgedIsMissing,
                        "\(Self.short(dot)) of \(devices[author].name) is not with \(device.name)")
                    return
                }
            }
        }
    }

    /// All who carry an area have the same of it.
    private func judgeDigests() {
        var known: [AreaCode: (digests: AreaDigests, device: String)] = [:]
        for device in devices where !isCutOff(device) {
            guard let replica = device.replica else { continue }
            do {
                for digests in try replica.store.digests()
                // What came while a change of codes counted stays, and grows no more.
                where truth.carries(device.area, digests.area) {
                    guard let first = known[digests.area] else {
                        known[digests.area] = (digests, device.name)
                        continue
                    }
                    if first.digests != digests {
                        violate(
                            .replicasDiffer,
                            "\(digests.area): \(first.device) and \(device.name)")
                    }
                }
            } catch {
                violate(.doesNotWork, "\(device.name) has no digests: \(error)")
            }
        }
    }

    /// The tables are what a second merge makes of the entries.
    private func judgeTables() {
        let merge = ReferenceMerge(catalogue: Catalogue.simulated[Catalogue.simulated.count - 1]) {
            self.truth.level(of: $0, in: $1) ?? .village
        } isDestroyed: {
            self.truth.isDestroyed($0, $1, $2, $3)
        }
        for device in devices where !isCutOff(device) {
            guard let replica = device.replica else { continue }
            do {
                judge(try replica.store.recordStates(), of: device, merge)
            } catch {
                violate(.doesNotWork, "\(device.name) has no records: \(error)")
            }
            guard !isBroken else { return }
        }
    }

    private func judge(
        _ states: [RecordKey: (state: RecordState, conflicts: Set<UInt32>)],
        of device: SimulatedDevice, _ merge: ReferenceMerge
    ) {
        let entries = truth.entries.values.filter {
            truth.holds($0.dot, on: device.number)
                && !truth.forkedAreas.contains($0.dot.log.domain.area)
        }
        var touching: [RecordKey: [ReferenceEntry]] = [:]
        for entry in entries {
            let domain = entry.dot.log.domain
            let keys = Set(
                entry.changes.map {
                    RecordKey(domain: domain, collection: $0.collection, address: $0.address)
                })
            for key in keys { touching[key, default: []].append(entry) }
        }
        let inTables = states.filter {
            $0.key.domain.lane != .authority
                && !truth.forkedAreas.contains($0.key.domain.area)
        }
        let missing = Set(touching.keys).symmetricDifference(inTables.keys)
        if let key = missing.min(by: { "\($0)" < "\($1)" }) {
            violate(.tablesDiffer, "\(device.name): \(key) is on one side only")
        }
        for (key, found) in inTables {
            guard let entries = touching[key] else { continue }
            var expected = merge.record(key.address, in: key.collection, of: entries)
            // Records in a lane that is not their collection's are nobody's to show.
            if merge.catalogue.collection(numbered: key.collection)?.lane != key.domain.lane {
                expected.conflicts = []
            }
            let actual = ReferenceRecord(found.state, conflicts: found.conflicts)
            story.count(.conflicts, expected.conflicts.count)
            guard expected != actual else { continue }
            violate(
                expected.conflicts == actual.conflicts ? .tablesDiffer : .conflictIsLost,
                "\(device.name) \(key.domain.area) \(key.collection) \(key.address): "
                    + "\(actual), not \(expected)")
            return
        }
    }
}
