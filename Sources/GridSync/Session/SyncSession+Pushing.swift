// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore

/// What a session wants read from the ledger.
package struct FetchRequest: Hashable, Sendable {
    /// One log and the first sequence that is wanted of it.
    package struct Range: Hashable, Sendable {
        package let log: LogID
        package let first: UInt64

        package init(log: LogID, first: UInt64) {
            self.log = log
            self.first = first
        }
    }

    package let lane: Lane
    /// Ascending by log.
    package let ranges: [Range]
    /// About how many bytes of envelopes to return; at least one run is.
    package let bytes: Int

    package init(lane: Lane, ranges: [Range], bytes: Int) {
        self.lane = lane
        self.ranges = ranges
        self.bytes = bytes
    }
}

/// A run ready to be sent.
package struct OutgoingRun: Hashable, Sendable {
    package let log: LogID
    package let last: UInt64
    package let envelope: [UInt8]

    package init(log: LogID, last: UInt64, envelope: [UInt8]) {
        self.log = log
        self.last = last
        self.envelope = envelope
    }
}

/// Sending what the other side lacks, under its credit.
extension SyncSession {
    /// How much is read at a time, in bytes: little, for what becomes urgent may have to wait until
    /// it has gone, and that is 16 s at 16 kbit/s.
    private static let fetchBytes: UInt64 = 32_768
    /// The same, for what is read first when more entries wait than this: something is to be seen
    /// soon. Read like this, everything would take twice the bytes, because small runs pack less
    /// well; what a few weeks have left goes in one run or two.
    private static let firstFetchBytes: UInt64 = 4_096
    private static let patientEntriesMax: UInt64 = 2_048

    /// A read of the ledger that has not come back.
    struct Reading: Sendable {
        let request: FetchRequest
        /// Logs that have grown since: that nothing of them was found says nothing.
        var grown: Set<LogID> = []
        /// Whether the peer has said since that it is elsewhere than the request supposes.
        var isStale = false
    }

    /// What the peer lacks and may have, ascending by log.
    var lacking: [FetchRequest.Range] {
        held.rows.filter { row in
            row.height > offered[row.log] && !awaitedAreas.contains(row.log.domain.area)
                && refusedByPeer[row.log] == nil && !unservable.contains(row.log)
                && !unsettled.contains(row.log)
        }
        .map { FetchRequest.Range(log: $0.log, first: offered[$0.log] + 1) }
    }

    /// Orders the next read, most urgent lane first, if there is something to send and room for it.
    mutating func pump() -> [Effect] {
        guard reading == nil, allowance > 0, closeReason == nil else { return [] }
        let lacking = lacking
        guard let lane = lacking.map(\.log.domain.lane).min(), lane <= openLanes.both else {
            return []
        }
        var effects: [Effect] = []
        if !hasCounted {
            hasCounted = true
            effects.append(.count(lacking: lacking))
        }
        guard allowance >= UInt64(ProtocolLimits.frameBytesMax) || allowance == theirs.credit
        else { return effects }
        let ranges = lacking.filter { $0.log.domain.lane == lane }
        let request = FetchRequest(
            lane: lane, ranges: ranges, bytes: Int(min(allowance, bytesToRead(of: ranges))))
        reading = Reading(request: request)
        return effects + [.fetch(request)]
    }

    private func bytesToRead(of ranges: [FetchRequest.Range]) -> UInt64 {
        let entries = ranges.reduce(0) { $0 + held[$1.log] - $1.first + 1 }
        let isFirstOfMany = !hasPushed && entries > Self.patientEntriesMax
        return isFirstOfMany ? Self.firstFetchBytes : Self.fetchBytes
    }

    /// Takes runs that the store found for the last fetch, in the order in which to send them.
    package mutating func supply(_ runs: [OutgoingRun], now: UInt64) -> [Effect] {
        guard closeReason == nil else { return [] }
        guard let read = reading else { preconditionFailure("runs that no fetch has asked for") }
        reading = nil
        let isOvertaken = lacking.contains { $0.log.domain.lane < read.request.lane }
        let isOpen = read.request.lane <= openLanes.both
        guard !read.isStale, !isOvertaken, isOpen else { return noteSent(pump(), now: now) }
        if runs.isEmpty {
            unservable.formUnion(Set(read.request.ranges.map(\.log)).subtracting(read.grown))
        }
        var effects: [Effect] = []
        for run in runs where run.last > offered[run.log] && refusedByPeer[run.log] == nil {
            let size = UInt64(run.envelope.count)
            precondition(
                size < ProtocolLimits.frameBytesMax, "a run of \(size) bytes fits no frame")
            guard size <= allowance else { break }
            hasPushed = true
            allowance -= size
            offered.raise(run.log, to: run.last)
            effects.append(.send(.run(run.envelope)))
        }
        return noteSent(effects + pump(), now: now)
    }

    /// Announces how much is to come.
    package mutating func supplyTotals(
        _ totals: [SyncMessage.LaneTotal], now: UInt64
    ) -> [Effect] {
        guard closeReason == nil else { return [] }
        return noteSent([.send(.totals(totals))], now: now)
    }

    /// Takes what the peer says it has durably of what it was sent. Heights above those held here
    /// are believed, for others may have sent it more; logs that are not here are none of its
    /// concern, and not remembered.
    mutating func receiveAck(_ rows: [SyncMessage.AckRow], credit: UInt64) -> [Effect] {
        guard credit <= theirs.credit - allowance else {
            return end(.violation(.creditTooLarge))
        }
        allowance += credit
        var heights = VersionVector()
        for row in rows {
            guard mayBeShared(row.log.domain.area) else {
                return end(.violation(.areaNotShared))
            }
            guard isShared(row.log.domain.area) else { continue }
            if let reason = rollback(row.log, row.height) { return end(reason) }
            if held[row.log] > 0 { heights.raise(row.log, to: row.height) }
        }
        return believe(heights) + pump()
    }

    /// Sends no more of a log. One that is not here is not remembered.
    mutating func receiveRefusal(_ log: LogID, code: String) -> [Effect] {
        guard held[log] > 0 else { return [] }
        refusedByPeer[log] = code
        let proof = code == Refusal.endUnknown.code ? proveFork(of: log) : []
        return proof + pump()
    }
}
