// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import Hummingbird
import Synchronization

/// Work that goes on after its request was answered (RFC 7240, `respond-async`). Jobs live as long as
/// the daemon; the latest are kept, and of large outcomes fewer.
final class JobBoard: Sendable {
    private struct Job {
        enum Outcome {
            case done(JSONValue)
            case failed(status: Int, problem: JSONValue)

            var bytes: Int {
                switch self {
                case .done(let result): result.description.utf8.count
                case .failed(_, let problem): problem.description.utf8.count
                }
            }
        }

        let id: String
        let kind: String
        /// Milliseconds since 1970.
        let startedAt: UInt64
        let watch = WorkWatch()
        var endedAt: UInt64?
        var outcome: Outcome?
        /// Of the outcome, as it is answered.
        var bytes = 0

        var json: [String: JSONValue] {
            var parts: [String: JSONValue] = [
                "id": .text(id), "kind": .text(kind), "started_at": Desk.time(startedAt),
                "ended_at": endedAt.map(Desk.time) ?? .null, "state": .text("running"),
                "status": .null, "result": .null, "problem": .null,
                "progress": watch.state.map { state in
                    .object([
                        "done": .integer(Int64(clamping: state.done)),
                        "total": .integer(Int64(clamping: state.total)),
                        "unit": .text(state.unit),
                    ])
                } ?? .null,
            ]
            switch outcome {
            case nil: break
            case .done(let result):
                parts["state"] = .text("done")
                parts["status"] = .integer(200)
                parts["result"] = result
            case .failed(let status, let problem):
                parts["state"] = .text("failed")
                parts["status"] = .integer(Int64(status))
                parts["problem"] = problem
            }
            return parts
        }
    }

    private struct Order: Sendable {
        let id: String
        let watch: WorkWatch
        let problem: Problem
        let work: @Sendable () async throws -> JSONValue
    }

    /// What a refusal is to whoever has ordered, and the status that goes with it.
    typealias Problem = @Sendable (DeskRefusal) -> (status: Int, problem: JSONValue)

    /// More at a time would take the disk from those who type.
    private static let runningMax = 4
    private static let keptMax = 100
    /// Of all outcomes; the latest is kept at any size.
    private static let keptBytesMax = 8 * 1024 * 1024

    private let jobs = Mutex<[Job]>([])
    private let orders: AsyncStream<Order>
    private let order: AsyncStream<Order>.Continuation

    init() { (orders, order) = AsyncStream.makeStream() }

    /// Answers when the work is done, or at once where the request prefers that.
    ///
    /// - Throws: what the work throws; `DeskRefusal` of code `too_many_jobs`.
    func answer(
        _ request: Request, _ kind: String,
        _ work: @escaping @Sendable () async throws -> JSONValue
    ) async throws -> Response {
        let preferences = request.headers.filter { $0.name.canonicalName == "prefer" }
        guard Self.prefersAsync(preferences.map(\.value)) else {
            return JSONExchange.answer(try await work())
        }
        let job = try take(
            kind,
            problem: { refusal in
                let (status, problem) = ProblemMiddleware.problem(refusal, to: request)
                return (status.code, problem)
            }, work)
        var response = JSONExchange.answer(Desk.answer("job", job.parts), status: .accepted)
        response.headers[.location] = "/v1/jobs/\(job.id)"
        return response
    }

    /// Has work done as a job.
    ///
    /// - Returns: its id, and what is to be said of it.
    /// - Throws: `DeskRefusal` of code `too_many_jobs`, or `stopping` once nobody carries out orders.
    func take(
        _ kind: String, problem: @escaping Problem,
        _ work: @escaping @Sendable () async throws -> JSONValue
    ) throws -> (id: String, parts: [String: JSONValue]) {
        let job = try begin(kind)
        let order = Order(id: job.id, watch: job.watch, problem: problem, work: work)
        guard case .enqueued = self.order.yield(order) else {
            jobs.withLock { jobs in jobs.removeAll { $0.id == job.id } }
            throw DeskRefusal.stopping
        }
        return (job.id, job.json)
    }

    /// Does what is ordered until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await order in orders {
                group.addTask { await self.carryOut(order) }
            }
        }
    }

    /// The latest first.
    var all: JSONValue {
        Desk.answer(
            "jobs", ["items": .list(jobs.withLock { $0.reversed().map { .object($0.json) } })])
    }

    /// - Throws: `DeskRefusal` of code `unknown_job`.
    func job(_ id: String) throws -> JSONValue {
        guard let job = jobs.withLock({ $0.first { $0.id == id } }) else {
            throw DeskRefusal(
                .notFound, "unknown_job", chinese: "没有这项任务;节点重启后任务不再保留。",
                english: "There is no such job; a restart of the node ends them.")
        }
        return Desk.answer("job", job.json)
    }

    private func begin(_ kind: String) throws -> Job {
        try jobs.withLock { jobs in
            guard jobs.count(where: { $0.outcome == nil }) < Self.runningMax else {
                throw DeskRefusal(
                    .tryAgain, "too_many_jobs",
                    chinese: "正在进行的任务已有 \(Self.runningMax) 项,请稍后再试。",
                    english: "\(Self.runningMax) jobs are under way; try again later.")
            }
            let job = Job(
                id: Hexadecimal.text(UInt64.random(in: 1...UInt64.max)), kind: kind,
                startedAt: WallClock.now)
            jobs.append(job)
            if jobs.count > Self.keptMax, let old = jobs.firstIndex(where: { $0.outcome != nil }) {
                jobs.remove(at: old)
            }
            return job
        }
    }

    private func carryOut(_ order: Order) async {
        let outcome: Job.Outcome
        do {
            outcome = .done(try await order.watch.follow(order.work))
        } catch {
            let refusal = error as? DeskRefusal ?? DeskRefusal(failure: error)
            let (status, problem) = order.problem(refusal)
            outcome = .failed(status: status, problem: problem)
        }
        let bytes = outcome.bytes
        jobs.withLock { jobs in
            guard let index = jobs.firstIndex(where: { $0.id == order.id }) else { return }
            jobs[index].outcome = outcome
            jobs[index].bytes = bytes
            jobs[index].endedAt = WallClock.now
            var kept = jobs.reduce(0) { $0 + $1.bytes }
            while kept > Self.keptBytesMax,
                let old = jobs.firstIndex(where: { $0.bytes > 0 && $0.id != order.id })
            {
                kept -= jobs.remove(at: old).bytes
            }
        }
    }

    /// - Parameter fields: values of `Prefer`.
    static func prefersAsync(_ fields: [String]) -> Bool {
        fields.contains { field in
            field.split(separator: ",").contains { preference in
                preference.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
                    == "respond-async"
            }
        }
    }
}

/// How far jobs have come.
struct JobRoutes {
    let jobs: JobBoard

    func add(to router: Router<BasicRequestContext>) {
        router.get("v1/jobs") { _, _ in JSONExchange.answer(jobs.all) }
        router.get("v1/jobs/:id") { _, context in
            JSONExchange.answer(try jobs.job(context.parameters.require("id")))
        }
    }
}
