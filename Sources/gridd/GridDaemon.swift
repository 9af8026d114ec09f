// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import GridHTTP
import GridNode
import GridStore
import Logging
import ServiceLifecycle
import UnixSignals

/// The daemon of one node.
@main
struct GridDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gridd",
        abstract: "多网合一节点守护进程 / the Onegrid node daemon",
        version: Node.version)

    @Option(help: "数据目录 / the node's data folder")
    var data: String

    @Option(help: "接受连接的地址 / where to take calls, HOST:PORT")
    var listen: String?

    @Option(help: "应用经 TCP 访问接口的本机地址 / where apps ask over TCP, 127.0.0.1:PORT")
    var api: String?

    @Option(help: "要呼叫的节点,可多次 / a node to call: [KEY@]HOST:PORT; may be repeated")
    var peer: [String] = []

    @Option(help: "节点密钥的口令文件(第一行) / a file whose first line opens the node's key")
    var passphraseFile: String?

    @Option(help: "日志级别 / trace, debug, info, warning, error")
    var logLevel: String?

    func run() async throws {
        // What the node writes is for its own user alone.
        umask(0o077)
        // A full disk and a closed pipe are errors to handle, not reasons to die.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            try await serve()
        } catch {
            // People read this: no stack, no type names.
            FileHandleText.standardError("gridd: \(error)\n")
            throw ExitCode(Self.exitCode(error))
        }
    }

    private func serve() async throws {
        let folder = NodeFolder(data)
        try folder.checkPath()
        var configuration = try await NodeConfiguration.load(path: folder.configurationPath)
        if let listen {
            configuration.listen = try NodeConfiguration.address(
                listen, key: "--listen", path: "gridd")
        }
        if let api {
            configuration.api = try APIAddress(parsing: api, key: "--api", path: "gridd")
        }
        configuration.peers += peer
        if let logLevel {
            configuration.logLevel = try NodeConfiguration.level(
                logLevel, key: "--log-level", path: "gridd")
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "gridd")
        logger.logLevel = configuration.logLevel
        let node = try Node(
            folder: folder, configuration: configuration, logger: logger,
            passphraseFile: passphraseFile)
        let api = APIServer(
            desk: node.desk, socketPath: folder.socketPath, address: configuration.api,
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (node.services + [api]).map {
                    ServiceGroupConfiguration.ServiceConfiguration(service: $0)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The codes of `sysexits.h`, as gridctl uses them.
    private static func exitCode(_ error: any Error) -> Int32 {
        switch error {
        case is ConfigurationFailure: 78
        case StoreFailure.folderInUse: 75
        case StoreFailure.pathTooLong: 65
        case StoreFailure.notANode, StoreFailure.notEnrolled: 66
        case is NodeKeyFailure, StoreFailure.keyDoesNotOpen: 77
        default: 70
        }
    }
}

private enum FileHandleText {
    static func standardError(_ text: String) {
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
