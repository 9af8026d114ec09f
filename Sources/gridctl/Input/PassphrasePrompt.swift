// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc

/// Where a passphrase comes from: a file, or the terminal, where it is not shown.
enum PassphrasePrompt {
    private static let bytesMax = 1_024

    /// Not empty.
    ///
    /// - Parameters:
    ///   - path: a file whose first line it is; nil asks.
    ///   - isNew: asks twice.
    static func passphrase(from path: String?, isNew: Bool) throws -> [UInt8] {
        if let path { return try line(of: path) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError(
                "没有终端可以输入口令,请用 --passphrase-file 文件 / "
                    + "there is no terminal to ask for the passphrase; give --passphrase-file FILE")
        }
        let passphrase = try ask("口令 / passphrase: ")
        guard !passphrase.isEmpty else {
            throw CommandFailure(.badData, "口令不能为空。", "the passphrase is empty")
        }
        if isNew, try ask("再输入一次 / once more: ") != passphrase {
            throw CommandFailure(.badData, "两次输入的口令不同。", "the two passphrases differ")
        }
        return passphrase
    }

    private static func line(of path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        defer { try? file.close() }
        let bytes = Array(try file.read(upToCount: bytesMax + 2) ?? Data())
        var line = bytes.prefix { $0 != 0x0A }
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty, line.count <= bytesMax else {
            throw CommandFailure(
                .badData, "\(path) 的第一行应为口令,最多 \(bytesMax) 字节。",
                "the first line of \(path) must be the passphrase, at most \(bytesMax) bytes")
        }
        return Array(line)
    }

    private static func ask(_ question: String) throws -> [UInt8] {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else {
            throw CommandFailure(.failed, "无法读取终端。", "the terminal cannot be read")
        }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Screen.error("")
        }
        _ = question.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        return Array((readLine() ?? "").utf8.prefix(bytesMax))
    }
}
