// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore

/// What a daemon does now and then.
extension World {
    /// What a daemon does within a second of a commit.
    func keepUp(_ device: SimulatedDevice) {
        guard let replica = device.replica else { return }
        let written = replica.recordHeld(device.heldNews)
        for (key, heights) in written {
            for (log, height) in heights where device.heldNews[key]?[log] == height {
                device.heldNews[key]?[log] = nil
            }
        }
        replica.attend(now: device.wall(now))
        replica.syncHeads()
        replica.finishBuilding()
        publish(replica.attendRedactions(now: device.wall(now)), of: device)
        lookWhetherItIsShorter(device)
        // At any time: what a daemon waits for before it does so must not matter.
        if dice.chance(20) { while replica.compact() {} }
        device.durableHeads = size(device.folder.headLedgerPath)
        // What could not be published at once is tried again now and then.
        if dice.chance(100) {
            publish(replica.publishAuthority(now: device.wall(now)), of: device)
            lookWhetherItIsShorter(device)
        }
        lookWhetherItStopped(device)
    }

    func planUpkeep(_ device: SimulatedDevice) {
        guard !device.isUpkeepPlanned else { return }
        device.isUpkeepPlanned = true
        push(
            .upkeep(device: device.number, generation: device.generation),
            in: dice.between(100, 1_000))
    }
}
