// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridNode
import GridStore
import Testing

@testable import GridHTTP

/// Work that outlives its request.
struct JobTests {
    private let jobs = JobBoard()

    private func take(
        _ work: @escaping @Sendable () async throws -> JSONValue
    ) throws -> String {
        try jobs.take("verify", problem: { (status: 404, problem: .text($0.code)) }, work).id
    }

    private func ended(_ id: String) async throws -> JSONValue {
        while true {
            let job = try jobs.job(id)
            if job["state"]?.string != "running" { return job }
            await Task.yield()
        }
    }

    @Test func onlyThePreferenceForJobsMakesOne() {
        for fields in [["respond-async"], ["wait=10, Respond-Async"], ["x", "respond-async;a=1"]] {
            #expect(JobBoard.prefersAsync(fields))
        }
        for fields in [[], [""], ["return=minimal"], ["respond-asynchronously"]] {
            #expect(!JobBoard.prefersAsync(fields))
        }
    }

    @Test func aJobShowsHowFarItIsAndWhatCameOfIt() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await jobs.run() }
            let (gate, open) = AsyncStream<Void>.makeStream()
            let id = try take {
                WorkProgress.current?.begin(of: 10, .runs)
                WorkProgress.current?.advance(by: 4)
                for await _ in gate {}
                return .integer(7)
            }
            while try jobs.job(id)["progress"]?["done"]?.integer != 4 { await Task.yield() }
            #expect(try jobs.job(id)["state"]?.string == "running")
            open.finish()
            let job = try await ended(id)
            #expect(job["state"]?.string == "done")
            #expect(job["result"]?.integer == 7)
            #expect(job["progress"]?["total"]?.integer == 10)
            group.cancelAll()
        }
    }

    @Test func aJobThatFailsKeepsItsProblem() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await jobs.run() }
            let id = try take {
                throw DeskRefusal(.notFound, "gone_away", chinese: "没有", english: "none")
            }
            let job = try await ended(id)
            #expect(job["status"]?.integer == 404)
            #expect(job["problem"]?.string == "gone_away")
            group.cancelAll()
        }
    }

    @Test func ofLargeOutcomesOnlyTheLatestAreKept() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await jobs.run() }
            let small = try take { .integer(7) }
            _ = try await ended(small)
            var ids: [String] = []
            for _ in 0..<4 {
                let id = try take { .text(String(repeating: "x", count: 3 << 20)) }
                ids.append(id)
                _ = try await ended(id)
            }
            #expect(
                jobs.all["items"]?.items.map { $0["id"]?.string } == [ids[3], ids[2]])
            let larger = try take { .text(String(repeating: "x", count: 9 << 20)) }
            #expect(try await ended(larger)["result"] != nil)
            #expect(jobs.all["items"]?.items.count == 1)
            group.cancelAll()
        }
    }

    @Test func nobodyWaitsForAJobThatNobodyWillDo() async throws {
        await withTaskGroup { group in
            group.addTask { await jobs.run() }
            group.cancelAll()
        }
        #expect {
            _ = try take { .null }
        } throws: { ($0 as? DeskRefusal)?.code == "stopping" }
        #expect(jobs.all["items"]?.items.isEmpty == true)
    }

    @Test func fourRunAtATimeAndAHundredAreKept() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await jobs.run() }
            let (gate, open) = AsyncStream<Void>.makeStream()
            var ids: [String] = []
            for _ in 0..<4 {
                ids.append(
                    try take {
                        for await _ in gate {}
                        return .null
                    })
            }
            #expect {
                _ = try take { .null }
            } throws: { ($0 as? DeskRefusal)?.code == "too_many_jobs" }
            open.finish()
            for id in ids { _ = try await ended(id) }
            for _ in 0..<100 {
                _ = try await ended(try take { .null })
            }
            #expect(jobs.all["items"]?.items.count == 100)
            #expect {
                _ = try jobs.job(ids[0])
            } throws: { ($0 as? DeskRefusal)?.code == "unknown_job" }
            group.cancelAll()
        }
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        if case .object(let parts) = self { parts[name] } else { nil }
    }

    fileprivate var string: String? { if case .text(let text) = self { text } else { nil } }
    fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
}
