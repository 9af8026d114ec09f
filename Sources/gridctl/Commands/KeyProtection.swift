// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import GridCore
import GridCrypto
import GridStore

/// Seals the node's own key, and with it all that its folder holds sealed.
struct ProtectKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect",
        abstract: "用口令或密钥文件封存节点密钥 / seal the node's key by a passphrase or a key file")

    @OptionGroup var common: CommonOptions
    @Option(help: "存放新口令的文件(第一行) / a file whose first line is the new passphrase")
    var passphraseFile: String?
    @Option(help: "密钥文件(如 U 盘上),没有就生成 / a key file, on a USB stick say; made if there is none")
    var keyFile: String?

    private static let charactersMin = 8

    func validate() throws {
        guard passphraseFile == nil || keyFile == nil else {
            throw ValidationError(
                "--passphrase-file 与 --key-file 只能用一个 / one of the two only")
        }
    }

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let key = try OpenedKeys.key(of: folder)
        let passphrase = try newPassphrase(beside: folder)
        // First, so that it never lies open beside a sealed one.
        if let next = try OpenedKeys.waiting(in: folder, sealedBy: passphrase) {
            try KeyFile.replace(
                with: next, at: folder.nextKeyPath, sealedBy: KeyFile.Seal(passphrase))
        }
        try KeyFile.replace(
            with: key, at: folder.nodeKeyPath, sealedBy: KeyFile.Seal(passphrase))
        if common.json { return KeyAnswer.show(key, isSealed: true) }
        Screen.line("节点密钥已封存,下次启动 gridd 时需要口令 / sealed; gridd needs it at its next start")
        let file = keyFile ?? passphraseFile ?? "FILE"
        Screen.line("  gridd --data \(folder.path) --passphrase-file \(file)")
        Screen.line(
            "口令丢失就打不开本机的数据;请另存一份,或备份 / keep a copy: without it this folder cannot be opened")
    }

    private func newPassphrase(beside folder: NodeFolder) throws -> Passphrase {
        if let keyFile, !FileManager.default.fileExists(atPath: keyFile) {
            try ExternalKeyFile.create(keyFile, outside: folder)
        }
        // A key file that is there may have been cut short on its way.
        let bytes = try PassphrasePrompt.passphrase(from: keyFile ?? passphraseFile, isNew: true)
        guard String(decoding: bytes, as: UTF8.self).count >= Self.charactersMin else {
            throw CommandFailure(
                .badData, "口令太短,至少 \(Self.charactersMin) 个字符。",
                "a passphrase has at least \(Self.charactersMin) characters")
        }
        return Passphrase(bytes)
    }
}

/// Takes the seal off the node's own key.
struct UnprotectKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect",
        abstract: "去掉节点密钥的封存(不建议) / take the seal off the node's key (not advised)")

    @OptionGroup var common: CommonOptions
    @Option(help: "口令文件或密钥文件 / the passphrase or key file it is sealed by")
    var passphraseFile: String?

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let given = try passphraseFile.flatMap { try NodeKey.givenPassphrase(file: $0) }
        let key = try NodeKey.open(folder) {
            try given ?? OpenedKeys.passphrase(of: folder.nodeKeyPath)
        }
        let next = try OpenedKeys.waiting(in: folder, sealedBy: given)
        try KeyFile.replace(with: key, at: folder.nodeKeyPath, sealedBy: nil)
        if let next { try KeyFile.replace(with: next, at: folder.nextKeyPath, sealedBy: nil) }
        if common.json { return KeyAnswer.show(key, isSealed: false) }
        Screen.line("节点密钥不再封存:谁拿到磁盘谁就能读全部数据 / not sealed now: whoever has the disk can read all")
    }
}

enum KeyAnswer {
    static func show(_ key: SigningKey, isSealed: Bool) {
        Screen.json(
            .object([
                "schema": .text("onegrid.key/1"),
                "key": .text(Hexadecimal.text(key.publicKey)), "sealed": .boolean(isSealed),
            ]))
    }
}

/// A file with a passphrase that nobody has to remember: 64 random hexadecimal digits in one line.
private enum ExternalKeyFile {
    static func create(_ path: String, outside folder: NodeFolder) throws {
        let place = URL(filePath: path).deletingLastPathComponent().resolvingSymlinksInPath().path
        let inside = URL(filePath: folder.path).resolvingSymlinksInPath().path
        guard place != inside, !place.hasPrefix(inside + "/") else {
            throw CommandFailure(
                .badData, "密钥文件不能放在数据目录里:\(path)。请放到 U 盘等另外的地方。",
                "the key file must lie outside of the data folder, not at \(path)")
        }
        let text = Hexadecimal.text(Random.bytes(32)) + "\n"
        // Beside its place first: a part of it would be taken for a passphrase.
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        let written = text.withCString { write(file, $0, strlen($0)) }
        guard written == text.utf8.count, fsync(file) == 0, rename(draft, path) == 0 else {
            let failure = failure(path)
            unlink(draft)
            throw failure
        }
        // The node's key must not be sealed by what a power cut takes away.
        let folder = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> CommandFailure {
        let reason = String(cString: strerror(errno))
        return CommandFailure(
            .failed, "写不了密钥文件 \(path):\(reason)。", "cannot write the key file \(path): \(reason)")
    }
}
