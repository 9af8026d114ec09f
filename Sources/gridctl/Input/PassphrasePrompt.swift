// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The passphrase of a backup: from a file, or from the terminal, where it is not shown.
enum PassphrasePrompt {
    /// Not empty.
    ///
    /// - Parameters:
    ///   - path: a file whose first line it is; nil asks.
    ///   - isNew: asks twice.
    static func passphrase(from path: String?, isNew: Bool) throws -> [UInt8] {
        if let path {
            let line = try PassphraseFile.line(path)
            guard !line.isEmpty else {
                throw CommandFailure(
                    .badData, "\(path) 的第一行应为口令。",
                    "the first line of \(path) must be the passphrase")
            }
            return line
        }
        guard Terminal.isThere else {
            throw ValidationError(
                "没有终端可以输入口令,请用 --passphrase-file 文件 / "
                    + "there is no terminal to ask for the passphrase; give --passphrase-file FILE")
        }
        let passphrase = Terminal.secretLine("口令 / passphrase: ") ?? []
        guard !passphrase.isEmpty else {
            throw CommandFailure(.badData, "口令不能为空。", "the passphrase is empty")
        }
        if isNew, Terminal.secretLine("再输入一次 / once more: ") != passphrase {
            throw CommandFailure(.badData, "两次输入的口令不同。", "the two passphrases differ")
        }
        return passphrase
    }
}
