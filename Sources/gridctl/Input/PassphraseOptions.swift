// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCrypto

/// Where the passphrase of the root's key comes from: a file, else the terminal.
struct PassphraseOptions: ParsableArguments {
    @Option(help: "存放根密钥口令的文件(第一行) / a file whose first line is the root key's passphrase")
    var passphraseFile: String?

    /// The passphrase of a key that is sealed already.
    func existing(of path: String) throws -> Passphrase {
        if let passphraseFile { return try PassphraseFile.read(passphraseFile) }
        guard Terminal.isThere else { throw Self.nobodyToAsk("--passphrase-file") }
        let typed = Terminal.secretLine("根密钥口令 / passphrase of \(path): ")
        return try Self.passphrase(typed ?? [])
    }

    /// A new one, typed twice.
    static func new(file: String?, option: String) throws -> Passphrase {
        if let file {
            return try checked(PassphraseFile.read(file), count: PassphraseFile.length(file))
        }
        guard Terminal.isThere else { throw nobodyToAsk(option) }
        let first = Terminal.secretLine("为根密钥设置口令 / new passphrase for the root key: ") ?? []
        let passphrase = try checked(
            passphrase(first), count: String(decoding: first, as: UTF8.self).count)
        let second = Terminal.secretLine("再输入一次 / once more: ") ?? []
        guard try passphrase.matches(Self.passphrase(second)) else {
            throw CommandFailure(
                .badData, "两次输入的口令不同,没有改动。", "the two passphrases differ; nothing was changed")
        }
        return passphrase
    }

    /// Characters of the shortest passphrase.
    private static let charactersMin = 8

    private static func checked(_ passphrase: Passphrase, count: Int) throws -> Passphrase {
        guard count >= charactersMin else {
            throw CommandFailure(
                .badData, "口令太短,至少 \(charactersMin) 个字符。",
                "a passphrase has at least \(charactersMin) characters")
        }
        return passphrase
    }

    static func passphrase(_ bytes: [UInt8]) throws -> Passphrase {
        guard !bytes.isEmpty else {
            throw CommandFailure(.badData, "没有输入口令。", "no passphrase was given")
        }
        return Passphrase(bytes)
    }

    private static func nobodyToAsk(_ option: String) -> CommandFailure {
        CommandFailure(
            .badData, "需要根密钥的口令,但没有终端可以输入:请用 \(option) 给出。",
            "the root key's passphrase is needed and there is no terminal to ask on; give \(option)"
        )
    }
}

/// A file with a passphrase in its first line.
enum PassphraseFile {
    static func read(_ path: String) throws -> Passphrase {
        try PassphraseOptions.passphrase(line(path))
    }

    /// Of the passphrase, in characters.
    static func length(_ path: String) throws -> Int {
        String(decoding: try line(path), as: UTF8.self).count
    }

    static func line(_ path: String) throws -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if attributes?[.type] as? FileAttributeType == .typeRegular,
            let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0
        {
            throw CommandFailure(
                .notAllowed, "其他用户能读口令文件 \(path),请运行 chmod 600 \(path)。",
                "other users have rights on the passphrase file \(path): run chmod 600 \(path)")
        }
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: 4_096) ?? Data()
        else {
            throw CommandFailure(
                .notFound, "读不到口令文件 \(path)。", "cannot read the passphrase file \(path)")
        }
        var line = Array(data.prefix { $0 != 0x0A })
        if line.last == 0x0D { line.removeLast() }
        return line
    }
}
