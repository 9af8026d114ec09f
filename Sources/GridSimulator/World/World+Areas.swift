// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Villages that get other codes, or go into others, whole or in part.
extension World {
    /// An office gives a village below it another code, or lets it or a part of it go into another.
    func changeArea(by office: SimulatedDevice, _ seed: UInt64) {
        guard office.number < plan.devices.count, let replica = office.replica,
            office.area.level < .village, !isCutOff(office)
        else { return }
        var dice = Dice(seed: seed)
        let villages = codes.filter { office.area.contains($0) }
        guard !villages.isEmpty else { return }
        let from = dice.pick(villages)
        let kind = dice.pick(AreaMap.Kind.allCases)
        let directory = replica.replica.directory
        guard let to = target(of: from, kind, among: villages, &dice),
            case let step = AreaMap.Step(from: from, to: to, kind: kind), step.isSound
        else { return }
        let change = AreaChange(
            step, day: 20_000, order: directory.nextAreaOrder, issuedAt: office.wall(now),
            issuedBy: office.author)
        var tried = directory
        tried.add(change)
        // Few offices insist on what contradicts what they know.
        let standing = tried.standing(of: change)
        guard standing == .counts || standing == .contradicted && dice.chance(150) else { return }
        story.count(.areaChanges)
        if kind == .split { story.count(.splits) }
        story.tell(
            at: now, office.name, kind == .split ? "\(from) 部分划入 \(to)" : "\(from) 变更为 \(to)",
            kind == .split ? "splits a village" : "changes an area code")
        do throws(FolderReplica.CommitFailure) {
            try replica.keep(change)
            truth.change(change)
        } catch {
            truth.doubt(change)
            return lookWhetherItStopped(office)
        }
        publish(replica.publishAuthority(now: office.wall(now)), of: office)
        lookWhetherItIsShorter(office)
        planUpkeep(office)
        lookWhetherItStopped(office)
    }

    /// The codes of villages that anybody has, ascending.
    private var codes: [AreaCode] {
        let changed = truth.areaChanges.flatMap { [$0.step.from, $0.step.to] }
        return Set(devices.map(\.area) + changed).filter { $0.level == .village }.sorted()
    }

    private func target(
        of village: AreaCode, _ kind: AreaMap.Kind, among villages: [AreaCode],
        _ dice: inout Dice
    ) -> AreaCode? {
        let others = villages.filter {
            $0 != village && $0.ancestor(at: .township) == village.ancestor(at: .township)
        }
        // Of a new village there are no machines.
        let isThere = kind == .merge || kind == .split && dice.chance(800)
        if isThere, !others.isEmpty { return dice.pick(others) }
        guard let township = village.ancestor(at: .township) else { return nil }
        return try? AreaCode(
            level: .village, number: township.number * 1_000 + 300 + UInt64(dice.below(6)))
    }

    /// The changes that anybody knows who is heard.
    func settleAreaChanges() {
        let known = devices.filter { !isCutOff($0) }.flatMap { device in
            device.replica?.replica.directory.allAreaChanges.map(\.change) ?? []
        }
        truth.settleAreas(known: Array(Set(known)))
    }

    /// Every change is with everyone below its office, all resolve alike, and records are found by the
    /// codes of now.
    func judgeAreas() {
        let restored = Set(devices.filter(\.wasRestored).map(\.author.key))
        for device in devices where !isCutOff(device) {
            guard let replica = device.replica else { continue }
            let directory = replica.replica.directory
            let known = Set(directory.allAreaChanges.map(\.change))
            for change in truth.areaChanges where !restored.contains(change.issuer) {
                guard let office = devices.first(where: { $0.author.key == change.issuer }),
                    truth.carries(device.area, office.area), !isCutOff(office),
                    !truth.forkedAreas.contains(office.area), !known.contains(change)
                else { continue }
                return violate(
                    .acknowledgedIsMissing,
                    "\(device.name) does not know what became of \(change.step.from)")
            }
            let near = codes.filter {
                $0.ancestor(at: .township) == device.area.ancestor(at: .township)
                    || device.area.level < .township
            }
            for code in near where directory.areas.current(code) != truth.last(after: code) {
                return violate(
                    .replicasDiffer,
                    "\(device.name) takes \(code) for \(directory.areas.current(code)), not "
                        + "\(truth.last(after: code))")
            }
            judgeHeirs(device, directory, near)
            judgeFinding(on: device, replica, directory.areas)
        }
    }

    /// Heirs of a village may write and carry what stands under its code, and it has no part of theirs.
    private func judgeHeirs(
        _ device: SimulatedDevice, _ directory: CertificateDirectory, _ near: [AreaCode]
    ) {
        for code in near {
            let (found, wanted) = (directory.areas.heirs(of: code), truth.heirs(of: code))
            if found != wanted {
                violate(
                    .replicasDiffer, "\(device.name): heirs of \(code) are \(found), not \(wanted)")
                return
            }
            guard device.area.level == .village else { continue }
            let isCovered = truth.ties.covers(device.area, code)
            if directory.areas.carries(device.area, code) != isCovered {
                violate(
                    .outsideScope,
                    "\(device.name) of \(device.area) \(isCovered ? "does not carry" : "carries") \(code)"
                )
                return
            }
            let level = directory.level(
                of: device.author.key, in: Domain(area: code, lane: .routine))
            if isCovered, level == nil {
                violate(.doesNotWork, "\(device.name) of \(device.area) may not write in \(code)")
                return
            }
        }
    }

    private func judgeFinding(
        on device: SimulatedDevice, _ replica: FolderReplica, _ areas: AreaMap
    ) {
        guard !areas.isEmpty else { return }
        do {
            let states = try replica.store.recordStates()
            for code in Set(areas.all.map(\.to)) where code.level == .village {
                let now = truth.last(after: code)
                for collection in Catalogue.simulated[device.edition].collections {
                    let wanted = Set(
                        states.filter {
                            $0.key.collection == collection.number
                                && $0.key.domain.lane == collection.lane
                                && truth.last(after: $0.key.domain.area) == now
                        }.map { RecordNaming.id(of: $0.key.address) })
                    var filter = RecordFilter(
                        area: now, includesArchived: true, limit: 1_000)
                    filter.areas = areas
                    let found = try replica.store.records(in: collection, where: filter)
                    guard found.next == nil else { continue }
                    if !wanted.isSubset(of: Set(found.records.map(\.id))) {
                        return violate(
                            .tablesDiffer,
                            "\(device.name) does not find all of \(collection.name) in \(now)")
                    }
                }
            }
        } catch {
            violate(.doesNotWork, "\(device.name) cannot be searched: \(error)")
        }
    }
}
