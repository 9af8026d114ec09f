// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import GridCore
import GridStore

/// Makes a folder of a backup.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "由备份恢复到新的空目录 / make a new folder of a backup")

    @OptionGroup var common: CommonOptions
    @OptionGroup var opening: OpeningOptions
    @Argument(help: "备份文件 / the backup") var file: String
    @Flag(help: "不重放日志核对 / without replaying the ledger") var quick = false

    func run() throws {
        let folder = try common.folder()
        try folder.checkPath()
        let report = try Restoration.restore(
            try opening.open(file), to: folder, isQuick: quick, now: Enrolment.now,
            passphrase: OpenedKeys.passphrase)
        if common.json {
            var parts = report.parts
            parts["schema"] = .text("onegrid.restore/1")
            parts["data"] = .text(folder.path)
            return Screen.json(.object(parts))
        }
        let time = BackupText.time(report.manifest)
        Screen.line(
            "已恢复 \(report.manifest.name)(\(report.manifest.area)):"
                + "\(report.manifest.entries) 条日志、\(report.records) 条记录,截至 \(time) / "
                + "restored: entries, records, as of")
        Screen.line(
            report.verification == nil
                ? "未重放核对;启动后可用 gridctl verify / not verified; see gridctl verify"
                : "已重放核对,完全一致 / the ledger was replayed, all agrees")
        let source = report.parent.map { "\($0) " } ?? "其他节点 "
        Screen.line(
            "它以新的身份继续写;备份之后写的内容,联网后从 \(source)取回 / "
                + "it writes on as a new replica; what was written after the backup comes back "
                + "from \(report.parent ?? "peers")")
        Screen.line(
            "下一步:先停掉原来的节点(如还在运行),再运行 gridd --data \(folder.path) / "
                + "next: stop the old node if it runs, then start this one")
    }
}

/// Tries things that must work when they are needed.
struct Drill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "演练:drill restore FILE 验证备份能恢复 / rehearse a restoration",
        subcommands: [DrillRestore.self])
}

/// Proves that a backup could be restored.
struct DrillRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "在临时副本上恢复并核对,然后删除 / restore to a temporary copy, compare, delete it")

    @OptionGroup var common: CommonOptions
    @OptionGroup var opening: OpeningOptions
    @Argument(help: "备份文件 / the backup") var file: String

    func run() throws {
        let folder = try common.folder()
        guard FileManager.default.fileExists(atPath: folder.databasePath) else {
            throw StoreFailure.notANode(path: folder.path)
        }
        Self.deleteLeftovers(in: folder)
        let reader = try opening.open(file)
        let began = ContinuousClock.now
        let report = try Restoration.rehearse(
            reader, at: "\(folder.path)/\(Self.prefix)\(getpid())",
            passphrase: OpenedKeys.passphrase)
        let spent = (ContinuousClock.now - began).components
        let seconds =
            Double(spent.seconds) + Double(spent.attoseconds / 1_000_000_000_000_000) / 1e3
        if report.findings.isEmpty { try note(report.manifest, folder) }
        if common.json {
            var parts = report.parts
            parts["schema"] = .text("onegrid.drill/1")
            parts["seconds"] = .number(seconds)
            Screen.json(.object(parts))
        } else {
            show(report, seconds)
        }
        guard report.findings.isEmpty else { throw ExitCode(1) }
    }

    private func show(_ report: Restoration.Report, _ seconds: Double) {
        BackupText.show(report.manifest)
        Screen.line(
            "重放 \(report.verification?.runs ?? 0) 批、\(report.verification?.entries ?? 0) 条日志、"
                + "\(report.records) 条记录,用时 \(seconds) 秒 / runs, entries, records, seconds")
        for finding in report.findings { Screen.line("! \(finding)") }
        Screen.line(
            report.findings.isEmpty
                ? "演练成功:这份备份能够恢复 / the drill succeeded: this backup can be restored"
                : "演练失败:不要依赖这份备份 / the drill failed: do not rely on this backup")
    }

    /// Keeps that it succeeded, for `status`.
    private func note(_ manifest: BackupManifest, _ folder: NodeFolder) throws {
        do {
            _ = try DaemonClient(folder).send(
                .post, "/v1/backup/note", BackupText.note(manifest, kind: .drill))
        } catch let failure as CommandFailure where failure.kind == .notRunning {
            try Store(folder).note(
                BackupNote(
                    kind: .drill, at: Enrolment.now, takenAt: manifest.takenAt,
                    entries: manifest.entries))
        }
    }

    private static let prefix = "drill-"

    /// Deletes what drills that were killed have left.
    private static func deleteLeftovers(in folder: NodeFolder) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let process = Int32(name.dropFirst(prefix.count)), kill(process, 0) != 0 else {
                continue
            }
            try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
    }
}

/// What has befallen this node.
struct Incidents: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "数据意外的经过:旧副本、复制、损坏、丢失 / what has befallen this node's data")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = try DaemonClient(try common.folder()).get("/v1/incidents")
        if common.json { return Screen.json(answer) }
        let items = answer["items"]?.items ?? []
        guard !items.isEmpty else { return Screen.line("没有发生过 / nothing has happened") }
        for item in items {
            let end = item["ended_at"]?.string
            Screen.line(
                "\(end == nil ? "!" : "✓") \(item["at"]?.shown ?? "") \(item["code"]?.shown ?? "")")
            Screen.line("  \(item["zh"]?.shown ?? "") / \(item["en"]?.shown ?? "")")
            if let end { Screen.line("  结束于 / over \(end)") }
        }
    }
}
