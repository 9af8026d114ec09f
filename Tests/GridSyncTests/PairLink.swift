// SPDX-License-Identifier: Apache-2.0

/// A road of bytes between two ends, in order and with delay, until it is cut.
final class PairLink {
    unowned let world: PairWorld
    let caller: LinkEnd
    let called: LinkEnd
    /// For each direction, the first message that gets lost with all after it; the link is then
    /// noticed to be dead. The greeting is message 0.
    var loss: (fromCaller: Int?, fromCalled: Int?)
    /// Whether both sides hear of a loss, or nothing at all.
    var isLossNoticed = true
    private(set) var isDead = false
    private var roads = [Road(), Road()]

    private struct Road {
        var count = 0
        var bytes = 0
        var freeAt: UInt64 = 0
    }

    init(
        _ world: PairWorld, _ caller: Node, _ called: Node,
        _ manners: (LinkEnd.Manner, LinkEnd.Manner)
    ) {
        self.world = world
        self.caller = LinkEnd(caller, isCaller: true, manner: manners.0, world: world)
        self.called = LinkEnd(called, isCaller: false, manner: manners.1, world: world)
        self.caller.link = self
        self.called.link = self
    }

    var ends: [LinkEnd] { [caller, called] }

    /// How many messages each side has sent, greetings included.
    var counts: (fromCaller: Int, fromCalled: Int) { (roads[0].count, roads[1].count) }

    /// All bytes that both sides have sent.
    var bytes: Int { roads[0].bytes + roads[1].bytes }

    /// Cuts the link for both sides; what is on its way is lost.
    func cut() {
        guard !isDead else { return }
        isDead = true
        for end in ends { end.linkClosed() }
    }

    /// Bytes that a side has handed over and that are not on their way yet.
    func unsentBytes(fromCaller: Bool) -> UInt64 {
        let road = roads[fromCaller ? 0 : 1]
        guard let speed = world.pace.bytesPerSecond, road.freeAt > world.now else { return 0 }
        return (road.freeAt - world.now) * speed / 1000
    }

    func carry(_ bytes: [UInt8], fromCaller: Bool) {
        guard !isDead else { return }
        let side = fromCaller ? 0 : 1
        let index = roads[side].count
        roads[side].count += 1
        roads[side].bytes += bytes.count
        if let first = fromCaller ? loss.fromCaller : loss.fromCalled, index >= first {
            if isLossNoticed { world.after(world.pace.latency) { self.cut() } }
            return
        }
        let travel = world.pace.bytesPerSecond.map { UInt64(bytes.count) * 1000 / $0 } ?? 0
        let leaves = max(world.now, roads[side].freeAt) + travel
        roads[side].freeAt = leaves
        let receiver = fromCaller ? called : caller
        world.after(leaves + world.pace.latency - world.now) {
            if !self.isDead { try receiver.arrive(bytes) }
        }
    }
}
