// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk
import GridCore
import GridLog
import GridStore

/// What the plan orders.
extension World {
    func perform(_ action: WorldAction) {
        switch action {
        case .write(let device, let dice):
            story.count(.writes)
            type(on: devices[device], rows: 1, dice)
        case .importSheet(let device, let rows, let dice):
            story.count(.writes, rows)
            type(on: devices[device], rows: rows, dice)
        case .cut(let link, let silently): cut(link, silently: silently)
        case .cutAll:
            for link in links.indices { cut(link, silently: false) }
        case .join(let link): join(link)
        case .joinAll:
            for link in links.indices { join(link) }
        case .crash(let device, let image, let downFor):
            crash(devices[device], image: image, downFor: downFor)
        case .crashInCommit(let device, let after, let image, let downFor):
            devices[device].crashInCommit = (after, image, downFor)
        case .pause(let device, let milliseconds):
            story.count(.pauses)
            story.tell(at: now, devices[device].name, "停顿\(milliseconds)毫秒", "pauses")
            // A longer one while one lasts would let what comes later overtake what has waited.
            guard devices[device].pausedUntil <= now else { break }
            devices[device].pausedUntil = now + milliseconds
        case .diskFault(let device, let kind, let after, let milliseconds):
            hurtDisk(devices[device], kind: kind, after: after, for: milliseconds)
        case .flipBit(let device, let dice): flipBit(devices[device], dice)
        case .keepImage(let device): keepImage(devices[device])
        case .restore(let device, let way): restore(devices[device], way)
        case .copyFolder(let device): copyFolder(devices[device])
        case .clock(let device, let change): setClock(devices[device], change)
        case .malice(let malice, let victim, let dice): beMalicious(malice, victim: victim, dice)
        case .rebuild(let device): rebuild(devices[device])
        case .verify(let device): verify(devices[device])
        case .checkpoint(let device):
            devices[device].replica?.checkpoint()
            lookWhetherItStopped(devices[device])
        case .upgrade(let device): upgrade(devices[device])
        case .promote(let device): promote(devices[device])
        case .cutOff(let device): cutOff(devices[device])
        case .redact(let device, let dice): redact(devices[device], dice)
        case .closeFork(let device): closeFork(of: devices[device])
        case .audit(let link, let dice): audit(over: link, dice)
        case .changeArea(let device, let dice): changeArea(by: devices[device], dice)
        case .open(let device, let lane): open(through: lane, on: devices[device])
        }
    }

    private func type(on device: SimulatedDevice, rows: Int, _ dice: UInt64) {
        guard device.replica != nil else { return }
        device.waitingWrites.append(SimulatedDevice.WaitingWrite(rows: rows, dice: dice))
        planDesk(device)
    }

    private func hurtDisk(
        _ device: SimulatedDevice, kind: Int, after: UInt64, for milliseconds: UInt64
    ) {
        guard device.replica != nil else { return }
        story.count(.diskFaults)
        story.tell(
            at: now, device.name,
            ["", "磁盘满了", "磁盘写入出错", "磁盘同步出错", "磁盘读取出错"][kind], "the disk fails")
        faulty_disk_set_fault(device.folder.path, Int32(kind), after)
        device.diskFailsUntil = now + milliseconds
        push(.healDisk(device: device.number), in: milliseconds)
    }

    private func setClock(_ device: SimulatedDevice, _ change: WorldAction.ClockChange) {
        story.count(.clockJumps)
        device.stoppedClock = device.wall(now)
        device.clock = change
        story.tell(at: now, device.name, "时钟变了(\(change))", "the clock changes")
    }

    private func rebuild(_ device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        story.count(.rebuilds)
        story.tell(at: now, device.name, "重建表", "rebuilds its tables")
        do {
            let rebuilding = try replica.rebuild()
            if device.diskFailsUntil == nil, !device.hasFlippedBit,
                !rebuilding.cuts.isEmpty || !rebuilding.findings.isEmpty
            {
                violate(.verifyFinds, "\(device.name): \(rebuilding.findings)")
            }
        } catch {
            if device.diskFailsUntil == nil, !device.hasFlippedBit {
                violate(.doesNotWork, "\(device.name) cannot rebuild: \(error)")
            }
        }
        lookWhetherItStopped(device)
    }

    func verify(_ device: SimulatedDevice) {
        guard let replica = device.replica, device.diskFailsUntil == nil,
            !device.hasFlippedBit, replica.stopped == nil
        else { return }
        do {
            let findings = try replica.store.verify().findings
            if !findings.isEmpty { violate(.verifyFinds, "\(device.name): \(findings)") }
        } catch {
            violate(.doesNotWork, "\(device.name) cannot verify: \(error)")
        }
    }

    func upgrade(_ device: SimulatedDevice) {
        guard device.replica != nil, device.edition + 1 < Catalogue.simulated.count,
            device.diskFailsUntil == nil
        else { return }
        story.count(.upgrades)
        story.tell(at: now, device.name, "升级程序", "the program is upgraded")
        stop(device, isOrderly: true)
        device.edition += 1
        push(.start(device: device.number), in: dice.between(100, 5_000))
    }

    /// Certifies a device's key for its office's area too.
    private func promote(_ device: SimulatedDevice) {
        guard device.number < plan.devices.count,
            let issuer = plan.devices[device.number].issuer.map({ devices[$0] }),
            let replica = issuer.replica, device.area != issuer.area
        else { return }
        let certificate = Certificate(
            subject: device.author.key, name: device.name, area: issuer.area,
            rights: [.write, .read], validFrom: 2, issuedBy: issuer.author)
        story.count(.promotions)
        story.tell(
            at: now, issuer.name, "授权\(device.name)在全镇填写", "certifies for the township")
        do throws(FolderReplica.CommitFailure) {
            try replica.keep(certificate)
            truth.certify(certificate)
        } catch {
            truth.doubt(certificate)
            return lookWhetherItStopped(issuer)
        }
        publish(replica.publishAuthority(now: issuer.wall(now)), of: issuer)
        planUpkeep(issuer)
        lookWhetherItStopped(issuer)
    }
}
