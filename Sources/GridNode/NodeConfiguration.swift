// SPDX-License-Identifier: Apache-2.0

import Configuration
import GridCodec
import GridCore
package import GridLog
package import GridTransport
package import Logging
import SystemPackage

/// What an admin may set, from `gridd.yaml` in the data folder; every key has a default.
package struct NodeConfiguration: Sendable {
    /// Where to take calls; nil takes none.
    package var listen: LinkAddress?
    /// Where the API is asked over TCP as well; nil for the folder's socket alone.
    package var api: APIAddress?
    /// Nodes to call, as written: `[KEY@]HOST:PORT`; without KEY the parent node's.
    package var peers: [String] = []
    package var logLevel = Logger.Level.info
    /// Bytes of runs that each peer may send ahead: bounds this node's memory per link.
    package var creditBytes: UInt64 = 1_048_576
    /// What links may cost.
    package var budget = LinkBudget()

    package init() {}

    /// Reads the file; a missing one leaves every default.
    package static func load(path: String) async throws -> NodeConfiguration {
        let provider: FileProvider<YAMLSnapshot>
        do {
            provider = try await FileProvider<YAMLSnapshot>(
                filePath: FilePath(path), allowMissing: true)
        } catch {
            throw ConfigurationFailure(path: path, key: "", expected: "YAML (\(error))")
        }
        let reader = ConfigReader(provider: provider)
        var configuration = NodeConfiguration()
        let file = File(path: path, reader: reader)
        if let text = try await file.text("listen") {
            configuration.listen = try address(text, key: "listen", path: path)
        }
        if let text = try await file.text("api") {
            configuration.api = try APIAddress(parsing: text, key: "api", path: path)
        }
        configuration.peers = try await file.texts("peers")
        if let text = try await file.text("log.level") {
            configuration.logLevel = try level(text, key: "log.level", path: path)
        }
        if let bytes = try await file.integer("link.credit_bytes") {
            let allowed = ProtocolLimits.frameBytesMax...Int(ProtocolLimits.creditBytesMax)
            guard allowed.contains(bytes) else {
                throw ConfigurationFailure(
                    path: path, key: "link.credit_bytes",
                    expected: "\(allowed.lowerBound)...\(allowed.upperBound)")
            }
            configuration.creditBytes = UInt64(bytes)
        }
        configuration.budget = LinkBudget(
            sessionBytes: try await file.bytes("link.budget.session_bytes"),
            dayBytes: try await file.bytes("link.budget.day_bytes"),
            cheapHours: try await file.hours("link.budget.cheap_hours"))
        return configuration
    }

    /// Reads the name of a log level.
    package static func level(
        _ text: String, key: String, path: String
    ) throws(ConfigurationFailure) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationFailure(path: path, key: key, expected: names)
        }
        return level
    }

    /// Reads `HOST:PORT`, an IPv6 host in brackets.
    package static func address(
        _ text: String, key: String, path: String
    ) throws(ConfigurationFailure) -> LinkAddress {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { throw ConfigurationFailure(path: path, key: key, expected: "HOST:PORT") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else {
            throw ConfigurationFailure(path: path, key: key, expected: "HOST:PORT")
        }
        return LinkAddress(host: String(host), port: port)
    }

    /// Reads `[KEY@]HOST:PORT`, KEY in 64 hexadecimal digits.
    package static func peer(
        _ text: String, parent: PublicKey?, path: String
    ) throws(ConfigurationFailure) -> PeerAddress {
        let parts = text.split(separator: "@", maxSplits: 1)
        let address = try address(String(parts.last ?? ""), key: "peer", path: path)
        guard parts.count == 2 else {
            guard let parent else {
                throw ConfigurationFailure(
                    path: path, key: "peer",
                    expected: "KEY@HOST:PORT (this node has no parent whose key it knows)")
            }
            return PeerAddress(key: parent, address: address)
        }
        guard let bytes = Hexadecimal.bytes(parts[0]).flatMap({ Bytes32($0) }) else {
            throw ConfigurationFailure(
                path: path, key: "peer", expected: "KEY as 64 hexadecimal digits before @")
        }
        return PeerAddress(key: PublicKey(bytes), address: address)
    }

    private struct File {
        let path: String
        let reader: ConfigReader

        func text(_ key: ConfigKey) async throws -> String? {
            do {
                return try await reader.fetchString(forKey: key)
            } catch { throw failure(key, "text") }
        }

        func texts(_ key: ConfigKey) async throws -> [String] {
            do {
                return try await reader.fetchStringArray(forKey: key) ?? []
            } catch { throw failure(key, "a list of texts") }
        }

        func integer(_ key: ConfigKey) async throws -> Int? {
            do {
                return try await reader.fetchInt(forKey: key)
            } catch { throw failure(key, "a whole number") }
        }

        /// A number of bytes, 0 or more.
        func bytes(_ key: ConfigKey) async throws -> UInt64? {
            guard let number = try await integer(key) else { return nil }
            guard let bytes = UInt64(exactly: number) else {
                throw failure(key, "a whole number of bytes, 0 or more")
            }
            return bytes
        }

        /// Parts of the day, `HH:MM-HH:MM` each.
        func hours(_ key: ConfigKey) async throws -> [DailyHours] {
            try await texts(key).map { text in
                guard let hours = DailyHours(parsing: text) else {
                    throw failure(key, "HH:MM-HH:MM, as 23:00-07:00; not \(text)")
                }
                return hours
            }
        }

        private func failure(_ key: ConfigKey, _ expected: String) -> ConfigurationFailure {
            ConfigurationFailure(
                path: path, key: key.components.joined(separator: "."), expected: expected)
        }
    }
}

/// A setting that cannot be read: where it stands and what should stand there.
package struct ConfigurationFailure: Error, Hashable, Sendable {
    package let path: String
    package let key: String
    package let expected: String
}

extension ConfigurationFailure: CustomStringConvertible {
    package var description: String {
        "\(path) 的设置 \(key) 不对,应为:\(expected)。 / setting \(key) in \(path) is wrong; expected: \(expected)"
    }
}
