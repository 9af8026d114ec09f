// SPDX-License-Identifier: Apache-2.0

import Foundation
package import GridNode
import Hummingbird
package import Logging
import ServiceLifecycle

/// The JSON API on the data folder's Unix socket: for gridctl and apps on this machine.
package struct APIServer: Service {
    private let desk: Desk
    private let socketPath: String
    private let logger: Logger

    package init(desk: Desk, socketPath: String, logger: Logger) {
        self.desk = desk
        self.socketPath = socketPath
        self.logger = logger
    }

    /// Serves until shutdown. A socket file that a killed daemon left behind is replaced: the
    /// caller holds the folder's lock.
    package func run() async throws {
        try? FileManager.default.removeItem(atPath: socketPath)
        var quiet = logger
        quiet.logLevel = .warning
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        StatusRoutes(desk: desk).add(to: router)
        AuthorityRoutes(desk: desk).add(to: router)
        RecordRoutes(desk: desk).add(to: router)
        UpkeepRoutes(desk: desk).add(to: router)
        SheetRoutes(desk: desk).add(to: router)
        EnrolmentRoutes(desk: desk).add(to: router)
        AuditRoutes(desk: desk).add(to: router)
        RecoveryRoutes(desk: desk).add(to: router)
        let path = socketPath
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: path), serverName: "gridd"),
            onServerRunning: { _ in
                // Only this user asks: the folder is 0700, and the socket says so again.
                try? FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: path)
            },
            logger: quiet)
        try await application.run()
        try? FileManager.default.removeItem(atPath: socketPath)
    }
}
