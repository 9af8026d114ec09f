// SPDX-License-Identifier: Apache-2.0

import CDice
import CFaultyDisk
import Foundation
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync

/// A county in one thread under virtual time: the shipped replicas, sessions and stores, and
/// everything around them made of dice.
///
/// Whatever happens is an event; between two events any machine may stop. Nothing in it reads a
/// clock, opens a socket or starts a task, so a plan and its seed always give the same story.
package final class World {
    /// What a right clock shows when a world begins, milliseconds since 1970.
    static let epoch: UInt64 = 1_790_000_000_000
    /// Bytes of runs that a peer may send ahead: the least that one frame fits.
    static let credit: UInt64 = 400_000

    enum Event {
        case step(WorldAction)
        case dial(link: Int)
        case arrive(Connection, side: Int, Connection.Packet)
        /// A side learns that its connection is broken.
        case lose(Connection, side: Int)
        case desk(device: Int, generation: Int)
        case judged(Conversation, [SyncSession.Judgement])
        case fetch(Conversation, FetchRequest)
        case count(Conversation, [FetchRequest.Range])
        case audit(Conversation, AuditQuestion)
        case bell(Conversation)
        case tick(Conversation)
        case upkeep(device: Int, generation: Int)
        case start(device: Int)
        case healDisk(device: Int)
        case end(device: Int, generation: Int, End)
        case malice(Impostor, turn: Int)
    }

    /// How a program ends that nobody has asked to.
    enum End {
        case crash(image: UInt64, downFor: UInt64)
        /// The folder is given up.
        case joinAnew
    }

    let plan: WorldPlan
    let folder: String
    /// For each edition of the catalogue a folder with an empty database.
    let emptyFolders: [NodeFolder]
    var dice: Dice
    var now: UInt64 = 0
    var queue = EventQueue<Event>()
    /// Events that are neither waiting for silence nor for a call.
    var busy = 0
    var devices: [SimulatedDevice] = []
    var links: [LinkWeather] = []
    var weather: WorldPlan.Weather
    var connections = 0
    var truth = Truth()
    var story: Story
    var root: Certificate
    /// Runs that were once on the road, for whoever replays them.
    var overheard: [[UInt8]] = []
    /// Messages other than signs of life, since this was last set to 0.
    var messages = 0
    /// What audits have come to that somebody waits for.
    var awaitedAudits: [(area: AreaCode, outcome: AuditOutcome)]?

    /// A link between two devices as it is now.
    struct LinkWeather {
        let caller: Int
        let called: Int
        var isUp = false
        /// Down, and nobody has noticed.
        var isSilent = false
        var connection: Connection?
        var isDialing = false
        var retryMilliseconds: UInt64 = 500
        /// The last call has led to nothing (yet).
        var hasFailed = false
    }

    /// - Parameter folder: an existing folder for those of the devices.
    init(
        _ plan: WorldPlan, in folder: String, emptyFolders: [NodeFolder], isTold: Bool = false
    ) throws {
        self.plan = plan
        self.folder = folder
        self.emptyFolders = emptyFolders
        dice = Dice(seed: plan.seed)
        weather = plan.weather
        story = Story(isTold: isTold)
        dice_set_seed(plan.seed)
        faulty_disk_set_random(plan.seed)
        faulty_disk_set_clock(Int64(Self.epoch))
        let office = Author(.generate())
        guard let county = try? AreaCode(parsing: "522730") else {
            preconditionFailure("the county has a code")
        }
        root = Certificate(
            subject: office.key, name: "龙里县", area: county, rights: .all, validFrom: 1,
            issuedBy: office)
        truth.certify(root)
        try settle(office)
        for step in plan.steps { push(.step(step.action), at: step.at) }
    }

    /// Lives the whole plan, heals, and looks whether all promises were kept.
    package func live() {
        while !isBroken, stepsLeft > 0, let (time, event) = queue.pop() {
            take(event, at: time)
        }
        guard !isBroken else { return }
        heal()
        guard !isBroken else { return }
        auditAll()
        guard !isBroken else { return }
        judge()
        story.count(.virtualDays, Int(now / 86_400_000))
    }

    /// Promises that were broken, in order.
    package var violations: [Violation] { truth.violations }
    package var counts: [Story.Count: Int] { story.counts }
    package var lines: [String] { story.lines }

    var isBroken: Bool { !truth.violations.isEmpty }

    func violate(_ promise: Violation.Promise, _ what: String) {
        truth.violate(promise, at: now, what)
        story.tell(at: now, "!!", "违背承诺 \(promise.rawValue):\(what)", "promise broken")
    }

    func push(_ event: Event, at time: UInt64) {
        if event.isBusy { busy += 1 }
        queue.push(event, at: max(time, now))
    }

    func push(_ event: Event, in milliseconds: UInt64) { push(event, at: now &+ milliseconds) }

    /// Steps that have not been taken.
    lazy var stepsLeft = plan.steps.count

    func take(_ event: Event, at time: UInt64) {
        if event.isBusy { busy -= 1 }
        now = max(now, time)
        story.count(.events)
        if let device = owner(of: event), devices[device].pausedUntil > now {
            push(event, at: devices[device].pausedUntil)
            return
        }
        switch event {
        case .step(let action):
            stepsLeft -= 1
            perform(action)
        case .dial(let link): dial(link)
        case .arrive(let connection, let side, let packet):
            arrive(packet, on: connection, side: side)
        case .lose(let connection, let side): lose(connection, side: side)
        case .desk(let device, let generation):
            guard devices[device].generation == generation else { return }
            workAtDesk(devices[device])
        case .judged(let conversation, let judgements):
            guard isLive(conversation) else { return }
            conversation.isAdmitting = false
            obey(conversation.session.judged(judgements, now: now), conversation)
            if isLive(conversation) { admitWaiting(conversation) }
        case .fetch(let conversation, let request): fetch(request, for: conversation)
        case .count(let conversation, let ranges): count(ranges, for: conversation)
        case .audit(let conversation, let question): answer(question, for: conversation)
        case .bell(let conversation):
            conversation.isBellPlanned = false
            guard isLive(conversation) else { return }
            let rows = conversation.news.values.sorted { $0.log < $1.log }
            conversation.news = [:]
            guard let directory = devices[conversation.device].replica?.replica.directory else {
                return
            }
            guard (try? directory.check(conversation.peer)) != nil else {
                let cutOffs = directory.cutOffs(ending: conversation.peer)
                return obey(conversation.session.leave(cutOffBy: cutOffs), conversation)
            }
            obey(conversation.session.heldAdvanced(rows, now: now), conversation)
        case .tick(let conversation):
            conversation.wakesAt = .max
            guard isLive(conversation) else { return }
            obey(conversation.session.tick(now: now), conversation)
        case .upkeep(let device, let generation):
            guard devices[device].generation == generation else { return }
            devices[device].isUpkeepPlanned = false
            keepUp(devices[device])
        case .start(let device): start(devices[device])
        case .healDisk(let device): healDisk(devices[device])
        case .end(let device, let generation, let end):
            guard devices[device].generation == generation else { return }
            switch end {
            case .crash(let image, let downFor):
                crash(devices[device], image: image, downFor: downFor)
            case .joinAnew:
                stop(devices[device], isOrderly: false)
                joinAnew(devices[device])
            }
        case .malice(let impostor, let turn): play(impostor, turn: turn)
        }
    }

    /// Ends a program at once, but not while it is in the middle of something that holds its
    /// folder.
    func end(_ device: SimulatedDevice, _ end: End) {
        device.endingGeneration = device.generation
        push(.end(device: device.number, generation: device.generation, end), at: now)
    }

    /// The device whose program an event needs; nil for what happens outside of them.
    private func owner(of event: Event) -> Int? {
        switch event {
        case .step, .dial, .lose, .start, .healDisk, .end, .malice: nil
        case .arrive(let connection, let side, _):
            switch connection.ends[side] {
            case .calling(let device, _, _, _, _): device
            case .talking(let conversation): conversation.device
            case .hostile, .gone: nil
            }
        case .desk(let device, _), .upkeep(let device, _): device
        case .judged(let conversation, _), .fetch(let conversation, _),
            .count(let conversation, _), .bell(let conversation), .tick(let conversation),
            .audit(let conversation, _):
            conversation.device
        }
    }

    func isLive(_ conversation: Conversation) -> Bool {
        !conversation.isOver
            && devices[conversation.device].generation == conversation.generation
            && devices[conversation.device].replica != nil
    }
}

extension World.Event {
    /// Whether something is still under way because of it.
    var isBusy: Bool {
        switch self {
        case .tick, .dial, .step: false
        case .arrive, .lose, .desk, .judged, .fetch, .count, .audit, .bell, .upkeep, .start,
            .healDisk, .end, .malice:
            true
        }
    }
}
