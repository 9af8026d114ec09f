// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridCrypto
import GridStore

/// The keys in a folder.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "查看和封存密钥,更换口令,更换节点密钥 / show, seal or replace keys; change passphrases",
        subcommands: [
            ShowKeys.self, ChangePassphrase.self, ProtectKey.self, UnprotectKey.self,
            RotateKey.self,
        ])
}

struct ShowKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "显示公钥,以及是否有口令 / show the public keys, and whether sealed")

    @OptionGroup var common: CommonOptions

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let node = try KeyFile.content(at: folder.nodeKeyPath)
        let hasRoot = FileManager.default.fileExists(atPath: folder.rootKeyPath)
        let root = hasRoot ? try KeyFile.content(at: folder.rootKeyPath) : nil
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.keys/1"),
                    "node": Self.json(node), "root": root.map(Self.json) ?? .null,
                ]))
            return
        }
        Screen.line("节点密钥 / node key    \(Self.line(node))")
        guard let root else { return Screen.line("本目录没有根密钥 / no root key in this folder") }
        Screen.line("根密钥 / root key    \(Self.line(root))")
    }

    private static func line(_ content: KeyFile.Content) -> String {
        Hexadecimal.text(content.publicKey) + "  "
            + (content.isSealed ? "有口令 / sealed" : "没有口令 / not sealed")
    }

    private static func json(_ content: KeyFile.Content) -> JSONValue {
        .object([
            "key": .text(Hexadecimal.text(content.publicKey)),
            "sealed": .boolean(content.isSealed),
        ])
    }
}

struct ChangePassphrase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change-passphrase",
        abstract: "设置或更换根密钥的口令 / set or change the root key's passphrase")

    @OptionGroup var common: CommonOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Option(help: "存放新口令的文件 / a file whose first line is the new passphrase")
    var newPassphraseFile: String?
    @Flag(help: "去掉口令(不建议) / leave the key without a passphrase (not advised)")
    var noPassphrase = false

    func validate() throws {
        guard !noPassphrase || newPassphraseFile == nil else {
            throw ValidationError(
                "--no-passphrase 与 --new-passphrase-file 只能用一个 / one of the two only")
        }
    }

    func run() throws {
        try Sodium.start()
        let folder = try common.folder()
        let key = try IssuingOffice.rootKey(of: folder, passphrase: passphrase)
        let seal =
            noPassphrase
            ? nil
            : KeyFile.Seal(
                try PassphraseOptions.new(
                    file: newPassphraseFile,
                    option: "--new-passphrase-file(或 / or --no-passphrase)"))
        try KeyFile.replace(with: key, at: folder.rootKeyPath, sealedBy: seal)
        if common.json {
            Screen.json(
                .object([
                    "schema": .text("onegrid.key/1"),
                    "key": .text(Hexadecimal.text(key.publicKey)), "sealed": .boolean(seal != nil),
                ]))
            return
        }
        Screen.line(seal == nil ? "根密钥现在没有口令 / not sealed now" : "口令已更换 / passphrase changed")
    }
}
