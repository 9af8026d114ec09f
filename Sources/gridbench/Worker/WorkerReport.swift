// SPDX-License-Identifier: Apache-2.0

import GridTransport

/// A worker's answer to one order; parts that an order does not speak of are nil.
struct WorkerReport: Codable, Sendable {
    /// Why the order was not carried out.
    var failure: String?
    /// What the process has used up when it answers.
    var usage = ProcessUsage.now
    /// The same, before the links began.
    var usageBefore: ProcessUsage?
    /// When the links began, and when all that was expected was there, on the machine's one
    /// monotonic clock, in nanoseconds.
    var began: UInt64?
    var ended: UInt64?
    /// When the first entry was there that had not been at the beginning, and the first urgent one.
    var firstAt: UInt64?
    var urgentAt: UInt64?
    /// Where each node that listens does so.
    var addresses: [String]?
    var traffic: Traffic?
    /// Of each folder, in their order.
    var contents: [FolderContents]?
    var writes: [LocalWrites.Slice]?
}

/// What has passed the sockets of all links of a process.
struct Traffic: Codable, Sendable {
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    var writes: UInt64 = 0
    /// Of the link that waited most often.
    var turns: UInt64 = 0

    mutating func add(_ link: LinkTraffic) {
        bytesIn += link.bytesReceived
        bytesOut += link.bytesSent
        writes += link.writes
        turns = max(turns, link.turns)
    }
}

/// What a closed folder holds.
struct FolderContents: Codable, Sendable {
    let entries: UInt64
    let records: Int
    /// Fields in conflict.
    let conflicts: Int
    let runs: Int
    /// Over everything it has; equal where the nodes are.
    let digest: String
    /// The id of some record.
    let sample: String
}
