// SPDX-License-Identifier: Apache-2.0

import GridCore

extension WorldPlan {
    /// Faults that a world may have, and how likely each is at a step, in a thousand.
    private struct Rates {
        var cut = 0
        var crash = 0
        var pause = 0
        var disk = 0
        var flip = 0
        var restore = 0
        var copy = 0
        var clock = 0
        var malice = 0
        var upkeep = 0
        var cutOff = 0
        var redact = 0

        /// Some kinds of faults are off, so that some worlds are calm and some have one trouble.
        init(_ dice: inout Dice) {
            guard !dice.chance(60) else { return }
            cut = dice.chance(800) ? dice.below(120) : 0
            crash = dice.chance(700) ? dice.below(100) : 0
            pause = dice.chance(400) ? dice.below(40) : 0
            disk = dice.chance(400) ? dice.below(60) : 0
            flip = dice.chance(150) ? dice.below(30) : 0
            restore = dice.chance(400) ? 10 + dice.below(60) : 0
            copy = dice.chance(200) ? dice.below(20) : 0
            clock = dice.chance(400) ? dice.below(40) : 0
            malice = dice.chance(500) ? dice.below(120) : 0
            upkeep = dice.chance(600) ? dice.below(50) : 0
            cutOff = dice.chance(400) ? dice.pick([5 + dice.below(25), 30 + dice.below(150)]) : 0
            redact = dice.chance(400) ? 10 + dice.below(90) : 0
        }
    }

    /// Draws the plan of a seed.
    ///
    /// - Parameter trustRate: how likely each of what trust has to outlive is at a step, in a thousand:
    ///   a restored image, a copied folder, a forked log, a cut-off, a change of an area code, what
    ///   hostile peers pretend. Nil to have each drawn.
    package init(seed: UInt64, trustRate: Int? = nil) {
        var dice = Dice(seed: seed &* 0x9E37_79B9 &+ 0xD1CE)
        self.seed = seed
        devices = []
        links = []
        let least = dice.magnitude(1, 500)
        weather = Weather(
            delayMilliseconds: least...dice.magnitude(least, 10_000),
            loss: dice.chance(500) ? dice.below(400) : 0,
            breaks: dice.chance(500) ? dice.below(40) : 0)
        steps = []
        settle(&dice)
        var rates = Rates(&dice)
        if let trustRate {
            (rates.restore, rates.copy, rates.cutOff) = (trustRate, trustRate, trustRate)
        }
        var now: UInt64 = 1_000
        for link in links.indices {
            steps.append(Step(at: now, action: .join(link: link)))
            now += dice.magnitude(1, 5_000)
        }
        let count = 15 + dice.below(dice.pick([20, 40, 100]))
        // Dice of their own, so that worlds without forks are what they always were.
        var forkDice = Dice(seed: seed &* 0x2545_F491 &+ 0xF02C)
        let forkRate = forkDice.chance(400) ? 10 + forkDice.below(120) : 0
        var areaDice = Dice(seed: seed &* 0x41C6_4E6D &+ 0xA4EA)
        let areaRate = areaDice.chance(400) ? 5 + areaDice.below(100) : 0
        var laneDice = Dice(seed: seed &* 0x9E6C_63D0 &+ 0x1A4E)
        let laneRate = laneDice.chance(300) ? 10 + laneDice.below(150) : 0
        var auditDice = Dice(seed: seed &* 0x9E6C_63D1 &+ 0xA0D1)
        let auditRate = auditDice.chance(700) ? 50 + auditDice.below(400) : 0
        var pretenceDice = Dice(seed: seed &* 0x8F1B_CDD3 &+ 0x05EE)
        let pretenceRate = pretenceDice.chance(400) ? 10 + pretenceDice.below(150) : 0
        for _ in 0..<count {
            draw(&dice, rates, at: &now)
            if pretenceDice.chance(trustRate ?? pretenceRate) {
                steps.append(
                    Step(
                        at: now,
                        action: .malice(
                            pretenceDice.pick(WorldAction.Malice.pretended),
                            victim: pretenceDice.below(devices.count), dice: pretenceDice.next())))
            }
            if areaDice.chance(trustRate ?? areaRate) {
                now += areaDice.magnitude(1, 60_000)
                steps.append(
                    Step(
                        at: now,
                        action: .changeArea(
                            device: areaDice.below(devices.count), dice: areaDice.next())))
            }
            if forkDice.chance(trustRate ?? forkRate) { drawFork(&forkDice, at: &now) }
            if auditDice.chance(auditRate) {
                let link = auditDice.below(links.count)
                steps.append(Step(at: now, action: .audit(link: link, dice: auditDice.next())))
            }
            if laneDice.chance(laneRate) {
                let lane = laneDice.pick([Lane.authority, .urgent, .urgent, .routine, .routine])
                steps.append(
                    Step(
                        at: now, action: .open(device: laneDice.below(devices.count), through: lane)
                    ))
            }
        }
    }

    /// Has somebody put a whole disk back and write on before anyone is met, or a stranger write in
    /// his name; or has the office decide.
    private mutating func drawFork(_ dice: inout Dice, at now: inout UInt64) {
        let device = dice.below(devices.count)
        func later(_ action: WorldAction) {
            now += dice.magnitude(1, 60_000)
            steps.append(Step(at: now, action: action))
        }
        switch dice.below(10) {
        case 0..<3: later(.closeFork(device: device))
        case 3..<5:
            later(
                .malice(.fork, victim: dice.below(devices.count), dice: dice.next()))
        default:
            later(.keepImage(device: device))
            for _ in 0...dice.below(4) { later(.write(device: device, dice: dice.next())) }
            now += dice.magnitude(1_000, 600_000)
            later(.cutAll)
            later(.restore(device: device, way: .disk))
            now += 30_000
            for _ in 0...dice.below(4) { later(.write(device: device, dice: dice.next())) }
            later(.joinAll)
        }
    }

    /// A county with one or two townships, their villages and some second machines.
    private mutating func settle(_ dice: inout Dice) {
        let isWhole = dice.chance(700)
        if isWhole { add("龙里县", "522730", issuer: nil, parent: nil, &dice) }
        let townships = isWhole && dice.chance(350) ? 2 : 1
        for township in 0..<townships {
            let top = devices.count
            let place = Self.places[township]
            add(place.name, place.code, issuer: nil, parent: isWhole ? 0 : nil, &dice)
            for village in 0..<(1 + dice.below(3)) {
                let number = devices.count
                let place = Self.places[township].villages[village]
                add(place.name, place.code, issuer: top, parent: top, &dice)
                if dice.chance(200) {
                    add("\(place.name)二号机", place.code, issuer: top, parent: number, &dice)
                    if dice.chance(500) {
                        links.append(Link(caller: devices.count - 1, called: top))
                    }
                }
            }
            if dice.chance(250) {
                add("\(place.name)文书", place.code, issuer: top, parent: top, &dice)
            }
            // Villages on one network help each other.
            let neighbours = Link(caller: top + 2, called: top + 1)
            if devices.count - top > 2, dice.chance(300), !links.contains(neighbours) {
                links.append(neighbours)
            }
        }
    }

    private mutating func add(
        _ name: String, _ code: String, issuer: Int?, parent: Int?, _ dice: inout Dice
    ) {
        guard let area = try? AreaCode(parsing: code) else {
            preconditionFailure("\(code) is no area code")
        }
        devices.append(
            Device(
                name: name, area: area, issuer: issuer, parent: parent,
                edition: dice.chance(300) ? 0 : 1))
        if let parent { links.append(Link(caller: devices.count - 1, called: parent)) }
    }

    private mutating func draw(_ dice: inout Dice, _ rates: Rates, at now: inout UInt64) {
        switch dice.below(100) {
        case 0..<70: now += dice.magnitude(1, 4_000)
        case 70..<97: now += dice.magnitude(4_000, 600_000)
        default:
            // Weeks without a link; people go on.
            steps.append(Step(at: now, action: .cutAll))
            now += dice.magnitude(3_600_000, 90 * 86_400_000)
            for _ in 0..<dice.below(6) {
                steps.append(Step(at: now, action: write(&dice)))
                now += dice.magnitude(1, 60_000)
            }
            steps.append(Step(at: now, action: .joinAll))
        }
        steps.append(Step(at: now, action: action(&dice, rates)))
    }

    private func write(_ dice: inout Dice) -> WorldAction {
        let device = dice.below(devices.count)
        return dice.chance(40)
            ? .importSheet(device: device, rows: 5 + dice.below(30), dice: dice.next())
            : .write(device: device, dice: dice.next())
    }

    private func action(_ dice: inout Dice, _ rates: Rates) -> WorldAction {
        let device = dice.below(devices.count)
        var place = dice.below(1000)
        func falls(_ rate: Int) -> Bool {
            defer { place -= rate }
            return place >= 0 && place < rate
        }
        if falls(rates.cut) {
            return .cut(link: dice.below(links.count), silently: dice.chance(500))
        }
        if falls(rates.cut) { return .join(link: dice.below(links.count)) }
        if falls(rates.crash) {
            let image = dice.pick([0, UInt64.max, dice.next(), dice.next()])
            let downFor = dice.magnitude(50, 600_000)
            return dice.chance(400)
                ? .crashInCommit(
                    device: device, after: dice.between(0, 12), image: image, downFor: downFor)
                : .crash(device: device, image: image, downFor: downFor)
        }
        if falls(rates.pause) {
            return .pause(device: device, milliseconds: dice.magnitude(100, 900_000))
        }
        if falls(rates.disk) {
            return .diskFault(
                device: device, kind: 1 + dice.below(4), after: dice.between(0, 30),
                milliseconds: dice.magnitude(100, 60_000))
        }
        if falls(rates.flip) { return .flipBit(device: device, dice: dice.next()) }
        if falls(rates.restore) {
            return .restore(device: device, way: dice.pick(WorldAction.Restore.allCases))
        }
        if falls(rates.copy) { return .copyFolder(device: device) }
        if falls(rates.clock) { return .clock(device: device, change: clockChange(&dice)) }
        if falls(rates.malice) {
            return .malice(
                dice.pick(WorldAction.Malice.common + [.replay, .fork, .mutation]),
                victim: device, dice: dice.next())
        }
        if falls(rates.upkeep) {
            return dice.pick([
                .rebuild(device: device), .verify(device: device), .checkpoint(device: device),
                .upgrade(device: device), .upgrade(device: device), .promote(device: device),
                .promote(device: device),
            ])
        }
        if falls(rates.cutOff) { return .cutOff(device: device) }
        if falls(rates.redact) { return .redact(device: device, dice: dice.next()) }
        return write(&dice)
    }

    private func clockChange(_ dice: inout Dice) -> WorldAction.ClockChange {
        let tenYears: UInt64 = 10 * 365 * 86_400_000
        let offset = Int64(dice.magnitude(1_000, tenYears))
        return dice.pick([
            .offset(milliseconds: offset), .offset(milliseconds: -offset), .standsStill, .right,
        ])
    }

    private typealias Place = (name: String, code: String)
    private static let places: [(name: String, code: String, villages: [Place])] = [
        (
            "谷脚镇", "522730103",
            [("茶香村", "522730103210"), ("高堡村", "522730103201"), ("谷冰村", "522730103217")]
        ),
        (
            "醒狮镇", "522730102",
            [("元宝村", "522730102202"), ("大岩村", "522730102204"), ("凉水村", "522730102206")]
        ),
    ]
}
