// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GridNode

struct GateRoomTests {
    /// Takes what there is room for, and gives it back when nobody holds the pass any more.
    @Test func roomIsGivenBackWithThePass() async throws {
        let room = GateRoom(bytesMax: 100)
        for _ in 0..<3 {
            let pass = try await room.enter(bytes: 100)
            #expect(room.free == 0)
            withExtendedLifetime(pass) {}
        }
        #expect(room.free == 100)
    }

    /// Who comes first enters first, also where a later one would fit.
    @Test func whoWaitsIsLetInInOrder() async throws {
        let room = GateRoom(bytesMax: 100)
        var first: GateRoom.Pass? = try await room.enter(bytes: 90)
        let large = Task { try await room.enter(bytes: 80) }
        while room.waitingCount < 1 { await Task.yield() }
        let small = Task { try await room.enter(bytes: 10) }
        while room.waitingCount < 2 { await Task.yield() }
        #expect(room.free == 10)
        #expect(first != nil)
        first = nil
        let passes = try await [large.value, small.value]
        #expect(room.free == 10)
        withExtendedLifetime(passes) {}
    }

    /// A run may be larger than the room: it is let in when nobody else is there.
    @Test func whatIsLargerThanTheRoomEntersAlone() async throws {
        let room = GateRoom(bytesMax: 100)
        var small: GateRoom.Pass? = try await room.enter(bytes: 1)
        let large = Task { try await room.enter(bytes: 500) }
        while room.waitingCount < 1 { await Task.yield() }
        #expect(small != nil)
        small = nil
        let pass = try await large.value
        #expect(room.free == -400)
        withExtendedLifetime(pass) {}
    }

    /// A link that ends while it waits takes no room, and those behind it go on.
    @Test func whoIsCancelledWaitsNoMore() async throws {
        let room = GateRoom(bytesMax: 100)
        var first: GateRoom.Pass? = try await room.enter(bytes: 100)
        let gone = Task { try await room.enter(bytes: 100) }
        while room.waitingCount < 1 { await Task.yield() }
        let next = Task { try await room.enter(bytes: 100) }
        while room.waitingCount < 2 { await Task.yield() }
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(room.waitingCount == 1)
        #expect(first != nil)
        first = nil
        let pass = try await next.value
        #expect(room.free == 0)
        withExtendedLifetime(pass) {}
    }

    /// Cancelled before it begins.
    @Test func whoComesCancelledDoesNotEnter() async throws {
        let room = GateRoom(bytesMax: 100)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await room.enter(bytes: 10)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(room.free == 100)
    }
}
