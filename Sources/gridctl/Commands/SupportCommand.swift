// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridStore

/// What somebody who helps from afar needs, without anybody's data.
struct Support: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "收集排查用的资料(不含个人信息和密钥) / gather what helpers need, without personal data",
        discussion: """
            写成一个 .tar.gz:状态、节点、滞后、日志高度、摘要、事件、检查结果、设置和文件大小。
            A .tar.gz of state, peers, lag, logs, digests, incidents, findings, settings and file sizes.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "写到哪里 / the file to write") var file: String

    private static let questions = [
        "status", "peers", "lag", "scopes", "doctor", "digest", "incidents", "log", "collections",
        "authority/cutoffs",
    ]

    func run() throws {
        let folder = try common.folder()
        guard !FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure(.notAllowed, "\(file) 已存在,不会覆盖。", "\(file) is there already")
        }
        let work = FileManager.default.temporaryDirectory
            .appendingPathComponent("onegrid-support-\(UUID().uuidString)")
        let part = work.appendingPathComponent("onegrid-support")
        try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let missing = try write(folder, to: part)
        try Self.pack("onegrid-support", in: work.path, to: file)
        if common.json {
            return Screen.json(
                .object([
                    "schema": .text("onegrid.support/1"), "file": .text(file),
                    "missing": .list(missing.map { .text($0) }),
                ]))
        }
        Screen.line("已写入 \(file),可以先用 tar tzf 查看 / written; look into it with tar tzf")
        for name in missing {
            Screen.line("\(Mark.look.text) 没有 \(name)(节点没有答复) / \(name) is not in it")
        }
    }

    /// - Returns: what could not be asked.
    private func write(_ folder: NodeFolder, to part: URL) throws -> [String] {
        let client = DaemonClient(folder)
        var missing: [String] = []
        for question in Self.questions {
            let name = question.replacingOccurrences(of: "/", with: "-")
            do {
                let answer = SupportFilter.kept(try client.get("/v1/" + question))
                try Data((answer.description + "\n").utf8)
                    .write(to: part.appendingPathComponent(name + ".json"))
            } catch is CommandFailure {
                missing.append(name)
            }
        }
        let sizes = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        let lines = sizes.sorted().map { path in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: folder.path + "/" + path)
            let (size, mode) = (
                attributes?[.size] as? Int ?? 0, attributes?[.posixPermissions] as? Int ?? 0
            )
            return "\(String(mode, radix: 8)) \(size) \(path)"
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8)
            .write(to: part.appendingPathComponent("files.txt"))
        if let settings = FileManager.default.contents(atPath: folder.configurationPath) {
            let text = SupportFilter.withoutAddresses(String(decoding: settings, as: UTF8.self))
            try Data(text.utf8).write(to: part.appendingPathComponent("gridd.yaml"))
        }
        try Data(Self.system().utf8).write(to: part.appendingPathComponent("system.txt"))
        return missing
    }

    private static func system() -> String {
        let process = ProcessInfo.processInfo
        return """
            gridctl \(GridControl.configuration.version)
            \(process.operatingSystemVersionString)
            cores \(process.activeProcessorCount), memory \(process.physicalMemory >> 20) MiB

            """
    }

    private static func pack(_ name: String, in folder: String, to file: String) throws {
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
        tar.arguments = ["-czf", URL(fileURLWithPath: file).path, "-C", folder, name]
        do {
            try tar.run()
        } catch {
            throw CommandFailure(
                .failed, "不能运行 /usr/bin/tar:\(error)", "cannot run /usr/bin/tar: \(error)")
        }
        tar.waitUntilExit()
        guard tar.terminationStatus == 0 else {
            throw CommandFailure(.failed, "tar 没有写成 \(file)。", "tar could not write \(file)")
        }
    }
}

/// What leaves the node for helpers: counts, codes, times and names of posts, no addresses of machines.
enum SupportFilter {
    private static let dropped: Set = ["address", "listen", "note", "chain", "remote", "said_name"]

    /// Settings with `HOST:PORT` as `…`.
    static func withoutAddresses(_ settings: String) -> String {
        settings.replacing(/[A-Za-z0-9._\-\[\]:]+:[0-9]{1,5}\b/, with: "…")
    }

    static func kept(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let parts):
            .object(parts.filter { !dropped.contains($0.key) }.mapValues(kept))
        case .list(let items): .list(items.map(kept))
        case .null, .boolean, .integer, .number, .text: value
        }
    }
}
