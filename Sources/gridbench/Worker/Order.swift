// SPDX-License-Identifier: Apache-2.0

/// What a worker process is told to do, one JSON object a line. It answers each order with one
/// `WorkerReport`, and ends with its input.
enum Order: Codable, Sendable {
    /// Writes operations, in all folders at once, and closes the folders.
    ///
    /// - Parameter writers: at most so many writes wait for one commit of a folder.
    case author([Manuscript], writers: Int)
    /// Runs nodes until `close`; answered when the first node has what is expected, if anything is.
    case open([Station], expecting: Expectation?)
    /// Waits until the first node has all this.
    case expect(Expectation)
    /// Writes an urgent record on the first node; answered when it is durable.
    case alert
    /// Waits until nothing is left to send on any link.
    case settle
    /// Stops the nodes and closes their folders.
    case close
    /// Reads closed folders.
    case inspect(folders: [String])
    /// Writes one durable transaction after the other, in the engine and in plain SQLite.
    case write(LocalWrites.Plan)
}

/// What is to be written in a folder.
struct Manuscript: Codable, Sendable {
    let folder: String
    /// A file of operations.
    let operations: String
}

/// One node that a worker runs.
struct Station: Codable, Sendable {
    let folder: String
    var listens = false
    /// Nodes to call, as `gridd --peer` takes them.
    var calls: [String] = []
    /// Keys of all nodes that it will have a link with.
    var peers: [String] = []
}

/// What a node is to have.
struct Expectation: Codable, Sendable {
    /// Of all logs.
    let entries: UInt64
    /// Rows of the collection's table.
    let records: Int
}
