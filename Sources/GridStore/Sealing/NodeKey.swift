// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
package import GridCrypto

/// The node's own key, and where programs find the passphrase that it may be sealed by.
package enum NodeKey {
    /// The credential of a systemd unit that holds the passphrase.
    package static let credential = "onegrid-passphrase"
    private static let fileBytesMax = 4_096

    /// Opens the key of a folder, where nothing is left then of keys that were being written when
    /// somebody was killed.
    ///
    /// Throws `NodeKeyFailure`, `KeyFileFailure`, and what asking throws.
    /// - Parameter passphrase: called only for a sealed key; nil where there is none to be had.
    package static func open(
        _ folder: NodeFolder, passphrase: () throws -> Passphrase?
    ) throws -> SigningKey {
        for key in [folder.nodeKeyPath, folder.nextKeyPath, folder.rootKeyPath] {
            try KeyFile.removeDraft(of: key)
        }
        let path = folder.nodeKeyPath
        do {
            return try KeyFile.content(at: path).open {
                guard let passphrase = try passphrase() else {
                    throw NodeKeyFailure.passphraseNeeded(path: path)
                }
                return passphrase
            }
        } catch let failure as KeyFileFailure where failure.reason == .wrongPassphrase {
            throw NodeKeyFailure.wrongPassphrase(path: path)
        }
    }

    /// The passphrase that a program was given without asking anybody: the first line of a file,
    /// else of the credential `onegrid-passphrase` of its systemd unit; nil where there is neither.
    package static func givenPassphrase(
        file: String?
    ) throws(NodeKeyFailure) -> Passphrase? {
        if let file { return try passphrase(in: file, mayBeShared: false) }
        guard let folder = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) else {
            return nil
        }
        let path = "\(folder)/\(credential)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        // Access lists of systemd show as rights of the group.
        return try passphrase(in: path, mayBeShared: true)
    }

    private static func passphrase(
        in path: String, mayBeShared: Bool
    ) throws(NodeKeyFailure) -> Passphrase {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(path: path) }
        guard mayBeShared || status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0
        else { throw .openToOthers(path: path) }
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: fileBytesMax)
        else { throw .unreadable(path: path) }
        var line = Array(data.prefix { $0 != 0x0A })
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty else { throw .empty(path: path) }
        return Passphrase(line)
    }
}

/// Why the node's own key cannot be used. The text says what, where and what to do.
package enum NodeKeyFailure: Error, Hashable, Sendable {
    /// It is sealed, and no passphrase was given.
    case passphraseNeeded(path: String)
    case wrongPassphrase(path: String)
    /// The file that should hold the passphrase cannot be read.
    case unreadable(path: String)
    case openToOthers(path: String)
    /// There is nothing in the first line of the file.
    case empty(path: String)
}

extension NodeKeyFailure: CustomStringConvertible {
    package var description: String { "\(chinese) / \(english)" }

    /// What happened, where, and what to do, in Chinese.
    package var chinese: String {
        switch self {
        case .passphraseNeeded(let path):
            "节点密钥 \(path) 已用口令封存,请给出口令:gridd --passphrase-file 文件,或 systemd 凭据 \(NodeKey.credential);gridctl 用环境变量 ONEGRID_PASSPHRASE_FILE,或在终端输入。"
        case .wrongPassphrase(let path): "口令不对,或节点密钥 \(path) 被改动。"
        case .unreadable(let path): "读不到口令文件 \(path),请检查路径;密钥盘是否插好?"
        case .openToOthers(let path): "其他用户能读口令文件 \(path),请运行 chmod 600 \(path)。"
        case .empty(let path): "\(path) 的第一行应为口令。"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .passphraseNeeded(let path):
            "the node's key \(path) is sealed; give its passphrase by gridd --passphrase-file FILE or the systemd credential \(NodeKey.credential), to gridctl by ONEGRID_PASSPHRASE_FILE or on a terminal"
        case .wrongPassphrase(let path):
            "the passphrase is wrong, or the node's key \(path) was altered"
        case .unreadable(let path):
            "cannot read the passphrase file \(path); check the path, and whether its disk is there"
        case .openToOthers(let path):
            "other users have rights on the passphrase file \(path): run chmod 600 \(path)"
        case .empty(let path): "the first line of \(path) must be the passphrase"
        }
    }
}
