// SPDX-License-Identifier: Apache-2.0

/// What is found of a work over a weak link, beside what the link allows.
extension WeakWork {
    func plan(over link: LinkProfile, size: WorkSize) -> WorkPlan {
        WorkPlan(name: rawValue, title: title, size: size, link: link.name) { bench in
            switch self {
            case .catchUp: try Self.catchUp(bench, link)
            case .divergence: try Self.divergence(bench, link)
            case .reconnecting: try Self.reconnecting(bench, link)
            }
        }
    }

    private var title: String {
        switch self {
        case .catchUp: PlainCatchUp.title
        case .divergence: Divergence.title
        case .reconnecting: Reconnecting.title
        }
    }

    private static func catchUp(
        _ bench: Bench, _ link: LinkProfile
    ) throws -> () throws -> [Figure] {
        let work = try CatchUp<PlainCatchUp>(bench)
        let uncut = try work.meet().course.traffic
        return {
            let course = try work.meet(over: link, alertAfterBytes: uncut.bytesIn / 2)
            let road = try road(of: course)
            let floor = Floor(link, road)
            let least = floor.seconds(roundTrips: 2, road.toCaller)
            return beginning(course) + [
                Figure("seconds", course.seconds, .seconds),
                Figure("floor", least, .seconds),
                Figure("of_floor", course.seconds / least, .ratio),
                Figure("settled_seconds", course.settledSeconds, .seconds),
                Figure("urgent_seconds", course.urgentSeconds ?? 0, .seconds),
            ] + carried(road, uncut: uncut)
        }
    }

    private static func divergence(
        _ bench: Bench, _ link: LinkProfile
    ) throws -> () throws -> [Figure] {
        let work = try Divergence(bench)
        let uncut = try work.meet().course.traffic
        return {
            let course = try work.meet(over: link).course
            let road = try road(of: course)
            let floor = Floor(link, road)
            // The caller has nothing to go by before the answer to its greeting.
            let least = max(
                floor.seconds(roundTrips: 2, road.toCaller),
                floor.seconds(roundTrips: 2.5, road.fromCaller))
            return beginning(course) + [
                Figure("seconds", course.seconds, .seconds),
                Figure("floor", least, .seconds),
                Figure("of_floor", course.seconds / least, .ratio),
                Figure("settled_seconds", course.settledSeconds, .seconds),
            ] + carried(road, uncut: uncut)
        }
    }

    private static func reconnecting(
        _ bench: Bench, _ link: LinkProfile
    ) throws -> () throws -> [Figure] {
        let work = try Reconnecting(bench)
        let uncut = try work.meet().traffic
        return {
            let course = try work.meet(over: link)
            let road = try road(of: course)
            let floor = Floor(link, road)
            // One after the other: greeting, answer, and the proof that neither is a recording.
            let least =
                floor.seconds(roundTrips: 2.5, road.toCaller)
                + floor.sending(road.fromCaller)
            return [
                Figure("seconds", course.settledSeconds, .seconds),
                Figure("floor", least, .seconds),
                Figure("of_floor", course.settledSeconds / least, .ratio),
            ] + carried(road, uncut: uncut)
        }
    }

    private static func beginning(_ course: Meeting.Course) -> [Figure] {
        [Figure("first_seconds", course.firstSeconds ?? course.seconds, .seconds)]
    }

    private static func carried(_ road: LinkEmulator.Course, uncut: Traffic) -> [Figure] {
        let uncutBytes = uncut.bytesIn + uncut.bytesOut
        let bytes = road.toCaller.bytes + road.fromCaller.bytes
        return [
            Figure("bytes_to_caller", road.toCaller.bytes, .bytes),
            Figure("bytes_from_caller", road.fromCaller.bytes, .bytes),
            Figure("bytes_of_uncut", Double(bytes) / Double(uncutBytes), .ratio),
            Figure("sessions", road.sessions),
        ]
    }

    private static func road(of course: Meeting.Course) throws -> LinkEmulator.Course {
        guard let road = course.link else { throw BenchFailure("no weak link was emulated") }
        return road
    }
}

/// The least time that a link allows, whatever passes it.
private struct Floor {
    private let link: LinkProfile
    private let road: LinkEmulator.Course

    init(_ link: LinkProfile, _ road: LinkEmulator.Course) {
        self.link = link
        self.road = road
    }

    /// What so many round trips a session and the bytes of one direction take, and the time in
    /// which the link was away.
    func seconds(roundTrips: Double, _ load: Wire.Load) -> Double {
        let waiting = Double(road.sessions) * roundTrips * Double(link.roundTrip)
        return (waiting + Double(road.closed)) / 1e9 + sending(load)
    }

    /// Without round trips; what was lost was waited for and sent again.
    func sending(_ load: Wire.Load) -> Double {
        Double(link.nanoseconds(of: load.bytes) + load.stalled) / 1e9
    }
}
