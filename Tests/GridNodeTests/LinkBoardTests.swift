// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Synchronization
import Testing

@testable import GridNode

/// Which links of one peer may live beside each other.
struct LinkBoardTests {
    private final class Closed: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    private let board = LinkBoard()
    private let key = Author(SigningKey(seed: [UInt8](repeating: 1, count: 32))).key
    private let closed = Closed()

    private func replica(_ number: UInt64) -> ReplicaID { ReplicaID(high: 0, low: number) }

    private func signOn(_ link: Int, as replica: UInt64) -> UInt64 {
        board.signOn(
            key, replica: self.replica(replica), address: "127.0.0.1:1", direction: .inbound,
            close: { [closed] in closed.numbers.withLock { $0.append(link) } })
    }

    private var closedLinks: [Int] { closed.numbers.withLock { $0 } }

    @Test func aReplicaThatCallsAnewHasLostItsOldLink() {
        let first = signOn(1, as: 1)
        let second = signOn(2, as: 1)
        #expect(closedLinks == [1])
        #expect(board.connectedCount == 1)
        #expect(!board.signOff(key, token: first, reason: "closed"))
        #expect(board[key]?.state == .connected)
        #expect(board.signOff(key, token: second, reason: "closed"))
        #expect(board[key]?.state == .absent)
    }

    @Test func twoReplicasOfOneKeyDoNotEndEachOthersLinks() {
        let original = signOn(1, as: 1)
        let copy = signOn(2, as: 2)
        #expect(closedLinks.isEmpty)
        #expect(board.connectedCount == 2)
        #expect(!board.signOff(key, token: original, reason: "closed"))
        #expect(board[key]?.state == .connected)
        #expect(board.signOff(key, token: copy, reason: "closed"))
    }

    @Test func aKeyWithManyNamesHasNoMoreThanAFewLinks() {
        for number in 1...20 { _ = signOn(number, as: UInt64(number)) }
        #expect(closedLinks == Array(1...16))
        #expect(board.connectedCount == 4)
    }

    @Test func pausingAPeerClosesAllItsLinks() {
        _ = signOn(1, as: 1)
        _ = signOn(2, as: 2)
        board.pause(key)
        #expect(closedLinks == [1, 2])
    }
}
