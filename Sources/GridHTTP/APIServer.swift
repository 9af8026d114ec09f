// SPDX-License-Identifier: Apache-2.0

import Foundation
package import GridNode
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The JSON API: on the data folder's Unix socket for gridctl and whoever may open it, and, where it
/// is set so, on a port of this machine for apps with a token.
package struct APIServer: Service {
    private let desk: Desk
    private let socketPath: String
    private let address: APIAddress?
    private let logger: Logger
    private let jobs = JobBoard()

    package init(
        desk: Desk, socketPath: String, address: APIAddress? = nil, logger: Logger
    ) {
        self.desk = desk
        self.socketPath = socketPath
        self.address = address
        self.logger = logger
    }

    /// Serves until shutdown. A socket file that a killed daemon left behind is replaced: the
    /// caller holds the folder's lock.
    package func run() async throws {
        try? FileManager.default.removeItem(atPath: socketPath)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serveSocket() }
            group.addTask { await cancelWhenGracefulShutdown { await jobs.run() } }
            if let address {
                group.addTask { try await serve(at: address) }
            }
            // The first that fails ends the others.
            while try await group.next() != nil {}
        }
        try? FileManager.default.removeItem(atPath: socketPath)
    }

    private func serveSocket() async throws {
        let path = socketPath
        let application = Application(
            router: Self.router(desk, jobs, logger: logger),
            server: .http1(
                configuration: .init(additionalChannelHandlers: [PeerCredentialGate()])),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: path), serverName: "gridd"),
            onServerRunning: { _ in
                // Only this user asks: the folder is 0700, and the socket says so again.
                try? FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: path)
            },
            logger: quietLogger)
        try await application.run()
    }

    private func serve(at address: APIAddress) async throws {
        let board = desk.board
        let application = Application(
            router: Self.router(desk, jobs, door: AppDoor(desk: desk), logger: logger),
            server: .http1(),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "gridd"),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                let host = address.host.contains(":") ? "[\(address.host)]" : address.host
                board.apiListening = "\(host):\(port)"
            },
            logger: quietLogger)
        try await application.run()
    }

    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = .warning
        return quiet
    }

    /// Every path and method, ascending, `GET /v1/records/{collection}`.
    package static func routes(_ desk: Desk) -> [String] {
        router(desk, JobBoard(), logger: Logger(label: "routes")).routes
            .map { "\($0.method) \($0.path)" }.sorted()
    }

    /// The paper of the API, in JSON.
    package static var paper: String { OpenAPIDocument.text }

    /// All routes, behind a door or without one.
    static func router(
        _ desk: Desk, _ jobs: JobBoard, door: AppDoor? = nil, logger: Logger
    ) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let routes = RouteList()
        router.add(middleware: ProblemMiddleware(routes: routes, logger: logger))
        if let door { router.add(middleware: door) }
        StatusRoutes(desk: desk).add(to: router)
        AuthorityRoutes(desk: desk).add(to: router)
        AreaRoutes(desk: desk).add(to: router)
        ExposureRoutes(desk: desk).add(to: router)
        ForkRoutes(desk: desk).add(to: router)
        RecordRoutes(desk: desk).add(to: router)
        BatchRoutes(desk: desk).add(to: router)
        FeedRoutes(desk: desk).add(to: router)
        UpkeepRoutes(desk: desk, jobs: jobs).add(to: router)
        SheetRoutes(desk: desk).add(to: router)
        EnrolmentRoutes(desk: desk).add(to: router)
        AuditRoutes(desk: desk).add(to: router)
        RecoveryRoutes(desk: desk, jobs: jobs).add(to: router)
        InspectionRoutes(desk: desk).add(to: router)
        RedactionRoutes(desk: desk).add(to: router)
        ActRoutes(desk: desk).add(to: router)
        ReportRoutes(desk: desk).add(to: router)
        TableAuditRoutes(desk: desk).add(to: router)
        BundleRoutes(desk: desk, jobs: jobs).add(to: router)
        JobRoutes(jobs: jobs).add(to: router)
        TokenRoutes(desk: desk).add(to: router)
        OpenAPIRoutes().add(to: router)
        routes.fill(router.routes.map { ("\($0.path)", $0.method.rawValue) })
        return router
    }
}
