// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCrypto
import GridLog
import GridNode
import GridStore
import Logging

/// The engine of a folder, without any links.
func openEngine(_ folder: NodeFolder) throws -> ReplicationEngine {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try ReplicationEngine(
        store: try openStore(folder), author: Author(try KeyFile.read(at: folder.nodeKeyPath)),
        logger: logger)
}

extension Store {
    /// Opens a folder with the key that lies in it.
    convenience init(_ folder: NodeFolder) throws {
        try self.init(folder, owner: Author(KeyFile.read(at: folder.nodeKeyPath)))
    }
}

/// Opens a folder. An engine that has just ended may still be on its way out of memory.
private func openStore(_ folder: NodeFolder) throws -> Store {
    for _ in 0..<200 {
        do {
            return try Store(folder)
        } catch StoreFailure.folderInUse {
            usleep(10_000)
        }
    }
    return try Store(folder)
}

/// Lets an engine commit what comes until the body ends.
///
/// - Parameter delay: how long requests gather before the engine begins, and so are one batch.
func running<Result: Sendable>(
    _ engine: ReplicationEngine, after delay: Duration = .zero,
    _ body: (ReplicationEngine) async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await Task.sleep(for: delay)
            await engine.run()
        }
        defer { group.cancelAll() }
        return try await body(engine)
    }
}
