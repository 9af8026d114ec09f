// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// Collects runs for a peer up to a budget, joining small neighbours.
struct RunQueue {
    private let budget: Int
    private(set) var runs: [OutgoingRun] = []
    private var bytes = 0
    private var small: [Run] = []
    private var smallBytes = 0
    /// How many bytes of small runs make one when they are packed, found by packing some of them.
    private var packing = 4

    init(budget: Int) { self.budget = budget }

    /// Small runs count as what they will be when they are packed together.
    var isFull: Bool { bytes + smallBytes / packing >= budget }

    mutating func append(_ stored: StoredRun) throws {
        if stored.envelope.count >= ProtocolLimits.runBytesTarget / 4 {
            flush()
            add(OutgoingRun(log: stored.log, last: stored.last, envelope: stored.envelope))
            return
        }
        let run: Run
        do {
            run = try RunEnvelope.open(stored.envelope)
        } catch {
            throw StoreFailure.damaged(
                what: "the run of \(stored.log) that ends at \(stored.last): \(error)")
        }
        if let last = small.last,
            !last.canBeJoined(with: run)
                || smallBytes + run.encodedSize > ProtocolLimits.runBytesMax
        {
            flush()
        }
        let before = smallBytes
        small.append(run)
        smallBytes += run.encodedSize
        if before < ProtocolLimits.runBytesTarget, smallBytes >= ProtocolLimits.runBytesTarget,
            let joined = Run.joined(small)
        {
            packing = max(1, joined.encodedSize / RunEnvelope.seal(joined).count)
        }
    }

    /// Sends what waits to be joined on its way.
    mutating func flush() {
        guard let joined = Run.joined(small) else { return }
        small = []
        smallBytes = 0
        add(
            OutgoingRun(
                log: joined.identity.log, last: joined.last,
                envelope: RunEnvelope.seal(joined)))
    }

    private mutating func add(_ run: OutgoingRun) {
        runs.append(run)
        bytes += run.envelope.count
    }
}
