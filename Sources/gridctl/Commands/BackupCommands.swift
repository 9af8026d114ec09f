// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridCrypto
import GridStore

/// Makes a sealed backup, or shows what one holds.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "备份:backup FILE 生成,backup inspect FILE 查看 / make or look at a backup",
        subcommands: [MakeBackup.self, InspectBackup.self], defaultSubcommand: MakeBackup.self)
}

/// By what a backup is opened.
struct OpeningOptions: ParsableArguments {
    @Option(help: "口令文件(第一行) / file whose first line is the passphrase")
    var passphraseFile: String?

    @Option(help: "封给公钥的备份:它的密钥文件 / key file of the recipient")
    var key: String?

    func open(_ path: String) throws -> BackupReader {
        try Sodium.start()
        if let key {
            let opened = try KeyFile.content(at: key).open {
                Passphrase(try PassphrasePrompt.passphrase(from: passphraseFile, isNew: false))
            }
            return try BackupReader(path, with: .key(opened))
        }
        guard try BackupReader.takesPassphrase(path) else {
            // Says whose key it takes.
            return try BackupReader(path, with: .passphrase([0]))
        }
        let passphrase = try PassphrasePrompt.passphrase(from: passphraseFile, isNew: false)
        return try BackupReader(path, with: .passphrase(passphrase))
    }
}

/// Makes one, while the daemon runs or not.
struct MakeBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "生成加密备份(节点不必停) / make a sealed backup, the daemon running or not")

    @OptionGroup var common: CommonOptions
    @Argument(help: "备份文件 / the file to write") var file: String
    @Option(help: "封给这个公钥(64 位十六进制) / seal to this key instead of a passphrase")
    var to: String?
    @Option(help: "口令文件(第一行) / file whose first line is the passphrase")
    var passphraseFile: String?
    @Flag(help: "覆盖已有文件 / write over an existing file") var force = false

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let recipient = try self.recipient()
        let began = ContinuousClock.now
        let manifest: BackupManifest
        do {
            manifest = try askingDaemon(DaemonClient(folder), folder, for: recipient)
        } catch let failure as CommandFailure where failure.kind == .notRunning {
            guard FileManager.default.fileExists(atPath: folder.databasePath) else {
                throw StoreFailure.notANode(path: folder.path)
            }
            manifest = try withoutDaemon(folder, for: recipient)
        }
        let seconds = Double((ContinuousClock.now - began).components.seconds)
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        guard !common.json else {
            return Screen.json(
                BackupText.json(
                    manifest,
                    [
                        "schema": .text("onegrid.backup_made/1"), "file": .text(file),
                        "file_bytes": .integer(Int64(size)), "seconds": .number(seconds),
                    ]))
        }
        Screen.line("已备份到 \(file)(\(size) 字节,已加密) / backed up, sealed")
        BackupText.show(manifest)
        Screen.line(
            "请把它放到另一台机器上,并用 gridctl drill restore \(file) 验证能够恢复 / "
                + "keep it on another machine, and try it with gridctl drill restore")
    }

    private func recipient() throws -> BackupRecipient {
        guard let to else {
            guard force || !FileManager.default.fileExists(atPath: file) else {
                throw BackupFailure.alreadyThere(path: file)
            }
            return .passphrase(
                try PassphrasePrompt.passphrase(from: passphraseFile, isNew: true), cost: .moderate)
        }
        guard passphraseFile == nil else {
            throw ValidationError("--to 与 --passphrase-file 只能选一个 / give one of the two")
        }
        guard let key = Hexadecimal.bytes(to) else { throw BackupFailure.badRecipient }
        return .key(key)
    }

    private func askingDaemon(
        _ client: DaemonClient, _ folder: NodeFolder, for recipient: BackupRecipient
    ) throws -> BackupManifest {
        let answer = try client.work("/v1/backup/snapshot", .object([:]), "复制 / copying")
        guard let path = answer["path"]?.string,
            let manifest = answer["manifest"].flatMap(BackupManifest.init(json:))
        else {
            throw CommandFailure(.failed, "节点的答复看不懂。", "the daemon's answer is not understood")
        }
        let snapshot = Snapshot(path: path, manifest: manifest)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try BackupWriter.write(
            snapshot, of: folder, to: file, for: recipient, overwriting: force)
        _ = try client.send(.post, "/v1/backup/note", BackupText.note(made, kind: .backup))
        return made
    }

    private func withoutDaemon(
        _ folder: NodeFolder, for recipient: BackupRecipient
    ) throws -> BackupManifest {
        let store = try Store(folder)
        store.deleteSnapshots()
        let snapshot = try store.snapshot(
            software: "gridctl \(GridControl.configuration.version)", now: Enrolment.now)
        defer { try? FileManager.default.removeItem(atPath: snapshot.path) }
        let made = try BackupWriter.write(
            snapshot, of: folder, to: file, for: recipient, overwriting: force)
        try store.note(
            BackupNote(
                kind: .backup, at: Enrolment.now, takenAt: made.takenAt, entries: made.entries))
        return made
    }
}

/// Shows a backup's manifest.
struct InspectBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "查看备份的清单 / show what a backup holds")

    @OptionGroup var opening: OpeningOptions
    @Argument(help: "备份文件 / the backup") var file: String
    @Flag(help: "输出 JSON / print JSON") var json = false

    func run() throws {
        let manifest = try opening.open(file).manifest
        guard !json else { return Screen.json(manifest.json) }
        BackupText.show(manifest)
        var table = Table(["日志 log", "条数 height", "哈希 head"], cellWidthMax: 64)
        for head in manifest.heads { table.add([head.log, String(head.height), head.head]) }
        table.show()
    }
}

/// What several commands say of a backup.
enum BackupText {
    static func show(_ manifest: BackupManifest) {
        let time = time(manifest)
        Screen.line(
            "\(manifest.name)(\(manifest.area)),公钥 \(manifest.key),截至 \(time) / node, key, as of")
        Screen.line(
            "\(manifest.heads.count) 本日志,\(manifest.entries) 条,解开后 \(manifest.bytes) 字节,"
                + "目录版本 \(manifest.catalogue),\(manifest.software) / "
                + "logs, entries, bytes unpacked, catalogue, software")
    }

    /// When it was taken, to the minute.
    static func time(_ manifest: BackupManifest) -> String {
        let text = ChinaTime.text(of: Int64(clamping: manifest.takenAt)) ?? ""
        return text.prefix(16).split(separator: "T").joined(separator: " ")
    }

    static func json(_ manifest: BackupManifest, _ more: [String: JSONValue]) -> JSONValue {
        guard case .object(let parts) = manifest.json else { return .null }
        return .object(parts.merging(more) { $1 })
    }

    static func note(_ manifest: BackupManifest, kind: BackupNote.Kind) -> JSONValue {
        .object([
            "kind": .text(kind.rawValue), "entries": .integer(Int64(clamping: manifest.entries)),
            "taken_at": ChinaTime.text(of: Int64(clamping: manifest.takenAt)).map { .text($0) }
                ?? .null,
        ])
    }
}
