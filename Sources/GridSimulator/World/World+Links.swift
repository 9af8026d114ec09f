// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// The roads: calls, packets, and how both break. Each connection delivers in order or breaks, as
/// TCP does; loss is delay, and nothing is in order between two connections.
extension World {
    private static let retryMillisecondsMax: UInt64 = 60_000

    func cut(_ link: Int, silently: Bool) {
        guard links[link].isUp else { return }
        story.count(.cuts)
        story.tell(
            at: now, words(of: link), silently ? "线路断了,双方还不知道" : "线路断了", "the link is cut")
        links[link].isUp = false
        links[link].isSilent = silently
        guard !silently, let connection = links[link].connection else { return }
        breakOff(connection)
    }

    func join(_ link: Int) {
        guard !links[link].isUp else { return }
        story.tell(at: now, words(of: link), "线路通了", "the link is back")
        links[link].isUp = true
        links[link].retryMilliseconds = 500
        if links[link].isSilent, let connection = links[link].connection {
            // What waited on the road is sent again by TCP.
            for (side, packet) in connection.held { schedule(packet, on: connection, to: side) }
        }
        links[link].connection?.held = []
        links[link].isSilent = false
        redial(link, in: dice.between(0, 2_000))
    }

    func words(of link: Int) -> String {
        "\(devices[links[link].caller].name)→\(devices[links[link].called].name)"
    }

    func redial(_ link: Int, in milliseconds: UInt64) {
        guard !links[link].isDialing else { return }
        links[link].isDialing = true
        push(.dial(link: link), in: milliseconds)
    }

    /// Calls, if there is someone to call and no connection yet.
    func dial(_ link: Int) {
        links[link].isDialing = false
        let (caller, called) = (devices[links[link].caller], devices[links[link].called])
        guard links[link].isUp, let replica = caller.replica else { return }
        if let connection = links[link].connection, isHeld(connection, by: caller) { return }
        guard called.replica != nil else { return retry(link) }
        story.count(.links)
        let key = called.author.key
        let (greeting, rows) = announcement(
            of: caller, replica, for: nil,
            isKnown: !links[link].hasFailed && (try? replica.store.hasMet(key)) == true,
            recognized: replica.replica.directory.chain(of: key)?.leaf.reference)
        links[link].hasFailed = true
        let connection = Connection(
            number: connections, link: link,
            caller: .calling(
                device: caller.number, generation: caller.generation, greeting: greeting,
                rows: rows, areas: replica.replica.directory.areas))
        connections += 1
        links[link].connection = connection
        send(.greeting(greeting.encoded), on: connection, to: 1)
    }

    private func retry(_ link: Int) {
        let isInVain =
            isCutOff(devices[links[link].caller]) || isCutOff(devices[links[link].called])
        let wait = isInVain ? Self.retryMillisecondsMax : links[link].retryMilliseconds
        links[link].retryMilliseconds = min(wait * 2, Self.retryMillisecondsMax)
        redial(link, in: dice.between(wait / 2, wait))
    }

    /// Whether the caller believes that the connection lives.
    private func isHeld(_ connection: Connection, by device: SimulatedDevice) -> Bool {
        switch connection.ends[0] {
        case .calling(_, let generation, _, _, _): generation == device.generation
        case .talking(let conversation): isLive(conversation)
        case .hostile, .gone: false
        }
    }

    /// What a device says of itself to a peer, and the rows it was made of.
    func announcement(
        of device: SimulatedDevice, _ replica: FolderReplica, for peer: AreaCode?, isKnown: Bool,
        recognized: CertificateReference? = nil
    ) -> (Greeting, [FrontierRow]) {
        let areas = replica.replica.directory.areas
        let rows = replica.frontier { area in
            areas.carries(device.area, area) && (peer.map { areas.carries($0, area) } ?? true)
        }
        // Small frontiers are shown as digests now and then, in some worlds by nearly everyone, as
        // large ones are.
        let isLarge = dice.chance(plan.seed.isMultiple(of: 3) ? 900 : 150)
        let bytesMax = isLarge ? 64 : ProtocolLimits.greetingFrontierBytesMax
        // Every other device lacks a receipt whenever it greets.
        let lacking = device.number.isMultiple(of: 2) ? Feature.receiptWanted : 0
        let greeting = Greeting(
            features: Feature.receipts | Feature.endedLogs | Feature.forks | Feature.audit
                | Feature.lanes | Feature.words
                | lacking,
            software: "gridsim",
            nonce: replica.node.nonce,
            clock: device.wall(now),
            credit: Self.credit,
            credential: Greeting.Credential(of: device.chain, isKnown: isKnown),
            recognized: recognized, area: device.area,
            holdings: Greeting.Holdings(of: rows, frontierBytesMax: bytesMax))
        return (greeting, rows)
    }

    /// Puts a packet on the road.
    func send(_ packet: Connection.Packet, on connection: Connection, to side: Int) {
        if let link = connection.link, links[link].connection === connection, !links[link].isUp {
            if links[link].isSilent { connection.held.append((side, packet)) }
            return
        }
        schedule(packet, on: connection, to: side)
    }

    private func schedule(_ packet: Connection.Packet, on connection: Connection, to side: Int) {
        guard connection.lastArrival[side] != .max else { return }
        if dice.chance(weather.breaks), connection.link != nil {
            story.tell(at: now, "连接\(connection.number)", "在包中间断开", "breaks within a packet")
            return breakOff(connection)
        }
        var delay = dice.between(
            weather.delayMilliseconds.lowerBound, weather.delayMilliseconds.upperBound)
        var timeout: UInt64 = 200
        while dice.chance(weather.loss), timeout < 60_000 {
            delay += timeout
            timeout *= 2
        }
        let arrival = max(now + delay, connection.lastArrival[side])
        connection.lastArrival[side] = arrival
        push(.arrive(connection, side: side, packet), at: arrival)
    }

    /// Both sides learn that it is over, each in its time.
    func breakOff(_ connection: Connection) {
        connection.lastArrival = [.max, .max]
        for side in [0, 1] {
            push(.lose(connection, side: side), in: dice.between(0, 5_000))
        }
    }

    func arrive(_ packet: Connection.Packet, on connection: Connection, side: Int) {
        guard connection.lastArrival[side] != .max else { return }
        switch (connection.ends[side], packet) {
        case (.gone, .greeting(let bytes)) where side == 1: hear(bytes, on: connection)
        case (.gone, _): refuse(connection, to: 1 - side)
        case (
            .calling(let device, let generation, let greeting, let rows, let areas),
            .answer(let bytes)
        ):
            guard devices[device].generation == generation else {
                connection.ends[side] = .gone
                return refuse(connection, to: 1 - side)
            }
            begin(
                device, mine: greeting, rows: rows, areas: areas, theirs: bytes, on: connection,
                side: 0)
        case (.calling, .end), (.calling, .message), (.calling, .confirm), (.calling, .greeting):
            lose(connection, side: side)
        case (.talking(let conversation), .confirm): prove(conversation)
        case (.talking(let conversation), .message(let bytes)):
            guard isLive(conversation) else { return refuse(connection, to: 1 - side) }
            prove(conversation)
            receive(bytes, conversation)
        case (.talking, .end): lose(connection, side: side)
        case (.talking, .greeting), (.talking, .answer): break
        case (.hostile(let impostor), _): hear(packet, impostor)
        }
    }

    /// The system of a machine without such a connection resets it.
    private func refuse(_ connection: Connection, to side: Int) {
        guard case .gone = connection.ends[side] else {
            push(.lose(connection, side: side), in: dice.between(1, 1_000))
            return
        }
    }

    /// The called side takes a greeting, and answers it or hangs up.
    private func hear(_ bytes: [UInt8], on connection: Connection) {
        let number = connection.link.map { links[$0].called } ?? connection.called
        let device = devices[number]
        guard let replica = device.replica else { return refuse(connection, to: 0) }
        guard let theirs = try? Greeting(decoding: bytes),
            (try? welcome(theirs, to: replica)) != nil
        else { return refuse(connection, to: 0) }
        let (greeting, rows) = announcement(
            of: device, replica, for: theirs.area,
            isKnown: theirs.recognized == device.chain.leaf.reference)
        send(.answer(greeting.encoded), on: connection, to: 0)
        begin(
            number, mine: greeting, rows: rows, areas: replica.replica.directory.areas,
            theirs: bytes, on: connection, side: 1)
    }

    private struct Unwelcome: Error {}

    /// The chain of a greeting, when it is one of ours that may read what it asks for.
    private func welcome(
        _ greeting: Greeting, to replica: FolderReplica
    ) throws -> VerifiedChain {
        guard let chain = try greeting.credential.chain(in: replica.replica.directory),
            chain.leaf.rights.contains(.read), chain.leaf.area.contains(greeting.area)
        else {
            throw Unwelcome()
        }
        return chain
    }

    /// Begins the session of one side.
    private func begin(
        _ number: Int, mine: Greeting, rows: [FrontierRow], areas: AreaMap, theirs bytes: [UInt8],
        on connection: Connection, side: Int
    ) {
        let device = devices[number]
        guard let replica = device.replica, let theirs = try? Greeting(decoding: bytes),
            let peer = try? welcome(theirs, to: replica)
        else { return lose(connection, side: side) }
        let session = SyncSession(
            mine: mine, theirs: theirs, keys: (mine: device.author.key, theirs: peer.leaf.subject),
            areas: areas, now: now)
        let conversation = Conversation(
            connection: connection, side: side, device: number, generation: device.generation,
            peer: peer, theirs: theirs, session: session, isProven: side == 0)
        if case .frontier(let rows) = theirs.holdings {
            for row in rows { conversation.acknowledged[row.log] = row.height }
        }
        connection.ends[side] = .talking(conversation)
        device.conversations.removeAll { $0.isOver }
        device.conversations.append(conversation)
        if side == 0 {
            send(.confirm, on: connection, to: 1)
            if let link = connection.link {
                links[link].retryMilliseconds = 500
                links[link].hasFailed = false
            }
            meet(conversation)
        }
        let directory = replica.replica.directory
        guard (try? directory.check(peer)) != nil else {
            return obey(
                conversation.session.leave(cutOffBy: directory.cutOffs(ending: peer)),
                conversation)
        }
        guard !conversation.isOver else { return }
        let areas = replica.replica.directory.areas
        let held = replica.frontier { areas.carries(mine.area, $0) }
        let ended = replica.replica.endedLogs { areas.carries(mine.area, $0) }
        let theirArea = conversation.session.theirs.area
        let words =
            (try? replica.unsaidWords {
                areas.carries(mine.area, $0) && areas.carries(theirArea, $0)
            }) ?? []
        obey(
            conversation.session.start(
                announced: rows, holding: held, ended: ended,
                words: words, cutOff: replica.ownCutOff, areas: areas, now: now),
            conversation)
        obey(conversation.session.open(through: device.openLane, now: now), conversation)
    }

    /// The peer is there now, and what its greeting said is no recording.
    private func prove(_ conversation: Conversation) {
        guard isLive(conversation), !conversation.isProven else { return }
        conversation.isProven = true
        meet(conversation)
        for row in conversation.greeted {
            devices[conversation.device].heldNews[conversation.peerKey, default: [:]][row.log] =
                row.height
        }
        conversation.greeted = []
        planUpkeep(devices[conversation.device])
    }

    private func meet(_ conversation: Conversation) {
        let device = devices[conversation.device]
        guard let replica = device.replica else { return }
        conversation.isMet = true
        // The peer has called anew because it lost the old connection.
        for other in device.conversations
        where other !== conversation && other.isMet && !other.isOver
            && other.session.peerReplica == conversation.session.peerReplica
        {
            hangUp(other)
        }
        let written = replica.recordHeld(device.heldNews)
        for (key, heights) in written {
            for log in heights.keys { device.heldNews[key]?[log] = nil }
        }
        replica.meet(
            conversation.peer, greeting: conversation.theirs, now: device.wall(now))
        lookWhetherItIsShorter(device)
        lookWhetherItStopped(device)
    }

    /// Ends one side and lets the other know.
    func hangUp(_ conversation: Conversation) {
        guard !conversation.isOver else { return }
        abandon(conversation)
        send(.end, on: conversation.connection, to: 1 - conversation.side)
        part(conversation, "closed")
        callAgain(conversation.connection, side: conversation.side)
    }

    /// Ends one side, without a word.
    func abandon(_ conversation: Conversation) {
        conversation.isOver = true
        conversation.connection.ends[conversation.side] = .gone
        if dice.chance(500) {
            // The system of the dead program says so for it.
            push(
                .lose(conversation.connection, side: 1 - conversation.side),
                in: dice.between(1, 5_000))
        }
    }

    private func part(_ conversation: Conversation, _ reason: String) {
        let device = devices[conversation.device]
        guard let replica = device.replica, conversation.isMet else { return }
        let isTheLast = !device.conversations.contains {
            !$0.isOver && $0.isMet && $0.peerKey == conversation.peerKey
        }
        guard isTheLast else { return }
        let written = replica.recordHeld(device.heldNews)
        for key in written.keys { device.heldNews[key] = nil }
        device.heldNews[conversation.peerKey] = nil
        replica.part(from: conversation.peerKey, reason: reason, now: device.wall(now))
        lookWhetherItStopped(device)
    }

    /// A side learns that its connection is over.
    func lose(_ connection: Connection, side: Int) {
        let end = connection.ends[side]
        connection.ends[side] = .gone
        switch end {
        case .talking(let conversation):
            guard !conversation.isOver else { break }
            conversation.isOver = true
            settleDoubt(conversation)
            part(conversation, "connection_lost")
        case .calling, .hostile, .gone: break
        }
        callAgain(connection, side: side)
    }

    /// The caller of a connection that is over tries again after a while.
    private func callAgain(_ connection: Connection, side: Int) {
        guard side == 0, let link = connection.link, links[link].connection === connection else {
            return
        }
        retry(link)
    }
}
