// SPDX-License-Identifier: Apache-2.0

/// What a worker process is told to do, one JSON object a line. It answers each order with one
/// `WorkerReport`, and ends with its input.
enum Order: Codable, Sendable {
    /// Writes the operations of a file in a folder, and closes the folder.
    ///
    /// - Parameter writers: at most so many writes wait for one commit.
    case author(folder: String, operations: String, writers: Int)
    /// Runs nodes until `close`; answered when the first node has what is expected, if anything is.
    case open([Station], expecting: Expectation?)
    /// Waits until the first node has all this.
    case expect(Expectation)
    /// Waits until nothing is left to send on any link.
    case settle
    /// Stops the nodes and closes their folders.
    case close
    /// Reads a closed folder.
    case inspect(folder: String)
    /// Writes one durable transaction after the other, in the engine and in plain SQLite.
    case write(LocalWrites.Plan)
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
