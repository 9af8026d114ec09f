// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GridTransport

/// What a link counts of its socket.
struct LinkTrafficTests {
    @Test func anAnswerInPiecesIsOneTurn() {
        var traffic = LinkTraffic()
        traffic.addReceived(1)
        #expect(traffic.turns == 0)
        traffic.addSent(10)
        traffic.addSent(10)
        traffic.addReceived(3)
        traffic.addReceived(4)
        traffic.addSent(1)
        #expect(traffic.turns == 1)
        traffic.addReceived(1)
        #expect(traffic.turns == 2)
        #expect(traffic.writes == 3)
        #expect(traffic.bytesSent == 21)
        #expect(traffic.bytesReceived == 9)
    }
}
