// SPDX-License-Identifier: Apache-2.0

/// Where things lie in a node's data folder.
package struct NodeFolder: Hashable, Sendable {
    package let path: String

    /// The longest path that leaves room for the socket in a `sockaddr_un`, in bytes.
    package static let pathBytesMax = 107 - socketName.utf8.count

    private static let socketName = "/gridd.sock"

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// - Throws: `StoreFailure.pathTooLong` when no socket could be made in the folder.
    package func checkPath() throws(StoreFailure) {
        guard path.utf8.count <= Self.pathBytesMax else { throw .pathTooLong(path: path) }
    }

    /// Held by the one process that has the folder open.
    package var lockPath: String { path + "/grid.lock" }
    package var databasePath: String { path + "/grid.db" }
    /// One's own heights, beside the database: tells whether the database is an older image.
    package var headLedgerPath: String { path + "/heads.ledger" }
    package var keyFolderPath: String { path + "/keys" }
    /// The node's own key.
    package var nodeKeyPath: String { path + "/keys/node.key" }
    /// The key that is to take its place, while a certificate for it is asked for.
    package var nextKeyPath: String { path + "/keys/node.key.next" }
    /// The key that issues certificates, where this folder holds a root.
    package var rootKeyPath: String { path + "/keys/root.key" }
    /// The daemon's HTTP socket.
    package var socketPath: String { path + Self.socketName }
    package var configurationPath: String { path + "/gridd.yaml" }
    /// Copies of the database that wait to be sealed begin with this.
    package var snapshotPath: String { path + "/snapshot-" }
    /// Scratch databases of `verify` begin with this; they are deleted as soon as they are open.
    package var verificationPath: String { path + "/verify.db" }
}
