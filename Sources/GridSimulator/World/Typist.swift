// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Someone who types: mostly what the catalogue wants, on records that are there, and now and then
/// a mistake.
struct Typist {
    let world: World
    let device: SimulatedDevice

    /// The changes of one write, of distinct records.
    func changes(_ dice: inout Dice) -> [LocalChange] {
        var changes: [LocalChange] = []
        for _ in 0..<(dice.chance(850) ? 1 : 2 + dice.below(3)) {
            let change = change(&dice)
            let isTaken = changes.contains {
                $0.domain == change.domain && $0.draft.target == change.draft.target
                    && $0.draft.collection == change.draft.collection
            }
            if !isTaken || change.draft.target == .new { changes.append(change) }
        }
        return changes
    }

    private func change(_ dice: inout Dice) -> LocalChange {
        let collection = dice.pick([16, 16, 16, 16, 17, 18, 18, 19, 99] as [UInt32])
        let home: Lane = collection == 18 ? .urgent : .routine
        let lane = dice.chance(20) ? (home == .urgent ? .routine : .urgent) : home
        let domain = Domain(area: codeOfNow(area(&dice), &dice), lane: lane)
        let held = records(in: domain, collection)
        var target = DraftChange.Target.new
        if collection == 17 || dice.chance(60) {
            target = .existing(.named(RecordID(high: dice.next() & 3, low: 1)))
        } else if !held.isEmpty, dice.chance(700) {
            // What was written last is what people write to next, here and elsewhere.
            target = .existing(
                dice.chance(600) ? held[held.count - 1] : dice.pick(held))
        }
        var writes: [FieldWrite] = []
        for field in 1...9 as ClosedRange<UInt32> where dice.chance(280) {
            writes.append(FieldWrite(field: field, operation: operation(field, &dice)))
        }
        if writes.isEmpty { writes.append(FieldWrite(field: 1, operation: operation(1, &dice))) }
        return LocalChange(
            domain: domain,
            draft: DraftChange(
                collection: collection, target: target, archives: dice.chance(80),
                writes: writes))
    }

    /// Mostly one's own area; an office writes in the villages below it too; few try elsewhere.
    private func area(_ dice: inout Dice) -> AreaCode {
        if dice.chance(30) { return dice.pick(world.devices).area }
        let below = world.devices.map(\.area).filter { device.area.contains($0) }
        return dice.chance(550) ? device.area : dice.pick(below)
    }

    /// Mostly the code that stands for an area now, as the program takes it. An heir goes on with what
    /// stands under the code of a village that it has a part of.
    private func codeOfNow(_ area: AreaCode, _ dice: inout Dice) -> AreaCode {
        guard let areas = device.replica?.replica.directory.areas, !areas.isEmpty else {
            return area
        }
        let codes = areas.namesakes(of: area)
        guard dice.chance(400) else { return codes[0] }
        return dice.pick(area.level == .village ? codes + areas.divided(into: area) : codes)
    }

    /// The records of a domain of which this device has the beginning.
    private func records(in domain: Domain, _ collection: UInt32) -> [RecordAddress] {
        (world.truth.records[domain] ?? []).filter { key in
            guard key.collection == collection else { return false }
            guard case .created(let dot, _) = key.address else { return true }
            return world.truth.holds(dot, on: device.number)
        }.map(\.address)
    }

    private func operation(_ field: UInt32, _ dice: inout Dice) -> FieldOperation {
        let word = FieldValue.text(dice.pick(["旱", "涝", "好", "damp"]))
        switch dice.chance(30) ? UInt32(1 + dice.below(9)) : field {
        case 4: return dice.chance(600) ? .add([word]) : .remove([word])
        case 5: return .append([word])
        case 6: return .increment(Int64(dice.below(9)) - 4)
        case 7: return .assign(decimal(&dice))
        case 9: return .assign(.date(Int32(dice.below(20_000))))
        default: return dice.chance(100) ? .clear : .assign(word)
        }
    }

    private func decimal(_ dice: inout Dice) -> FieldValue {
        DecimalNumber(mantissa: Int64(dice.below(1000)), scale: 1).map { .decimal($0) }
            ?? .integer(0)
    }
}
