// SPDX-License-Identifier: Apache-2.0

/// Why a backup cannot be written, read or taken up.
package enum BackupFailure: Error, Hashable, Sendable {
    /// There is such a file already.
    case alreadyThere(path: String)
    case missing(path: String)
    /// The file does not begin as a backup does.
    case notABackup(path: String)
    /// It was sealed to a key, and there is a passphrase, or the other way round.
    case otherSecret(sealedTo: String?)
    /// The passphrase or key is another, or the file was altered or cut off.
    case cannotBeOpened(path: String)
    /// Sealed as it is, it does not hold what it says.
    case wrongContent(what: String)
    /// The key that it should be sealed to is no valid one.
    case badRecipient
    /// This machine has not the memory that the passphrase's key takes.
    case noMemory
    /// The folder for it is not empty.
    case notEmpty(path: String)
    /// The system does not let us.
    case system(path: String, reason: String)
}

extension BackupFailure: CustomStringConvertible {
    package var description: String { "\(chinese) / \(english)" }

    /// What happened, where, and what to do, in Chinese.
    package var chinese: String {
        switch self {
        case .alreadyThere(let path): "\(path) 已存在;要覆盖请加 --force。"
        case .missing(let path): "读不到文件 \(path)。"
        case .notABackup(let path): "\(path) 不是备份文件。"
        case .otherSecret(let key?): "这份备份是封给公钥 \(key) 的,请用 --key 给出它的密钥文件。"
        case .otherSecret(nil): "这份备份是用口令封的,请给出口令,不要用 --key。"
        case .cannotBeOpened(let path): "打不开 \(path):口令或密钥不对,或文件被改动、不完整。"
        case .wrongContent(let what): "备份的内容与清单不符:\(what)"
        case .badRecipient: "--to 的公钥无效,应为 64 位十六进制。"
        case .noMemory: "内存不够,无法由口令算出密钥。"
        case .notEmpty(let path): "目录 \(path) 不是空的;恢复只能写入新的目录。"
        case .system(let path, let reason): "读写 \(path) 失败:\(reason)。"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .alreadyThere(let path): "\(path) exists already; --force writes over it"
        case .missing(let path): "cannot read \(path)"
        case .notABackup(let path): "\(path) is no backup"
        case .otherSecret(let key?):
            "this backup is sealed to the key \(key); name its key file with --key"
        case .otherSecret(nil): "this backup is sealed with a passphrase; give that, not --key"
        case .cannotBeOpened(let path):
            "cannot open \(path): another passphrase or key, or the file was altered or cut off"
        case .wrongContent(let what): "the backup does not hold what its manifest says: \(what)"
        case .badRecipient: "the key of --to is not valid; it has 64 hexadecimal digits"
        case .noMemory: "there is not enough memory to make a key of the passphrase"
        case .notEmpty(let path): "\(path) is not empty; a backup is restored to a new folder only"
        case .system(let path, let reason): "cannot read or write \(path): \(reason)"
        }
    }
}
