// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSync

/// Links that are paid by the byte: what can wait does, until somebody can afford it.
extension World {
    /// From now on a device takes and sends nothing more patient than `lane`.
    func open(through lane: Lane, on device: SimulatedDevice) {
        guard device.openLane != lane else { return }
        story.count(.lanesChanged)
        story.tell(
            at: now, device.name, lane < .routine ? "流量用完,急的先走" : "流量又有了",
            lane < .routine ? "what is routine waits" : "what is routine goes on")
        device.openLane = lane
        for conversation in device.conversations where isLive(conversation) {
            obey(conversation.session.open(through: lane, now: now), conversation)
        }
    }
}
