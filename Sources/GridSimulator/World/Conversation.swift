// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// One side of a connection between two devices: the shipped session, and what a courier keeps
/// beside it.
final class Conversation {
    let connection: Connection
    let side: Int
    let device: Int
    let generation: Int
    let peer: VerifiedChain
    let theirs: Greeting
    var session: SyncSession
    /// Whether the peer has proved to be there now.
    var isProven: Bool
    var isMet = false
    var isOver = false
    /// What the peer has by its greeting alone.
    var greeted: [SyncMessage.AckRow] = []
    var doubt: (log: LogID, height: UInt64)?
    /// Logs of which this side has said that the peer has another branch.
    var forks: Set<LogID> = []
    /// Envelopes that came while others were at the gate.
    var waiting: [[UInt8]] = []
    var isAdmitting = false
    /// Logs that grew and that the session has not heard of.
    var news: [LogID: FrontierRow] = [:]
    var isBellPlanned = false
    var wakesAt = UInt64.max
    /// What the peer has said it has durably of each log.
    var acknowledged: [LogID: UInt64] = [:]

    init(
        connection: Connection, side: Int, device: Int, generation: Int, peer: VerifiedChain,
        theirs: Greeting, session: SyncSession, isProven: Bool
    ) {
        self.connection = connection
        self.side = side
        self.device = device
        self.generation = generation
        self.peer = peer
        self.theirs = theirs
        self.session = session
        self.isProven = isProven
    }

    var peerKey: PublicKey { peer.leaf.subject }
}

/// A connection: two ends, and packets that come in order or not at all.
final class Connection {
    enum End {
        /// Called, and waiting for the answer to what it announced.
        case calling(
            device: Int, generation: Int, greeting: Greeting, rows: [FrontierRow], areas: AreaMap)
        case talking(Conversation)
        case hostile(Impostor)
        case gone
    }

    enum Packet {
        case greeting([UInt8])
        case answer([UInt8])
        /// The caller proves that it holds its key now.
        case confirm
        case message([UInt8])
        case end
    }

    let number: Int
    /// The link it runs over; nil for strangers.
    let link: Int?
    /// The caller's, then the called one's.
    var ends: [End]
    /// When the last packet to each side arrives.
    var lastArrival: [UInt64] = [0, 0]
    /// Packets on the road while the link is down and nobody has noticed.
    var held: [(side: Int, packet: Packet)] = []

    init(number: Int, link: Int?, caller: End) {
        self.number = number
        self.link = link
        ends = [caller, .gone]
    }
}
