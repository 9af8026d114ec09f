// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import GridHTTP
import GridNode
import GridStore
import Logging
import ServiceLifecycle
import UnixSignals

/// A node as `gridd` runs it, with the workload's catalogue.
struct DaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "the daemon that is opened", shouldDisplay: false)

    @Argument var data: String

    func run() async throws {
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "gridbench")
        logger.logLevel = .error
        let folder = NodeFolder(data)
        let node = try Node(
            folder: folder, configuration: NodeConfiguration(), logger: logger,
            catalogue: .household)
        let api = APIServer(desk: node.desk, socketPath: folder.socketPath, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (node.services + [api]).map {
                    ServiceGroupConfiguration.ServiceConfiguration(service: $0)
                },
                gracefulShutdownSignals: [.sigterm], logger: logger))
        try await group.run()
    }
}
