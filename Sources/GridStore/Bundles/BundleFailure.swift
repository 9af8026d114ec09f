// SPDX-License-Identifier: Apache-2.0

/// Why a bundle cannot be written or read.
package enum BundleFailure: Error, Hashable, Sendable {
    /// The file does not begin as a bundle does.
    case notABundle
    /// The file does not begin as a carried quarantine does.
    case notAQuarantine
    /// It is for another node.
    case forAnother(key: String)
    /// It ends before its end: written only in part, as when a stick is pulled out.
    case incomplete
    /// Its bytes were altered, or are not what the sender wrote.
    case damaged(what: String)
    /// Sealed as it is, its content breaks the format.
    case malformed(code: String)
    /// The recipient's key cannot be sealed to.
    case badRecipient
    case missing(path: String)
    /// Not so much room is left there.
    case noRoom(path: String, needed: UInt64, free: UInt64)
    /// The system does not let us.
    case system(path: String, reason: String)
}

extension BundleFailure: CustomStringConvertible {
    package var description: String { "\(chinese) / \(english)" }

    /// The stable code.
    package var code: String {
        switch self {
        case .notABundle: "not_a_bundle"
        case .notAQuarantine: "not_a_quarantine"
        case .forAnother: "bundle_for_another"
        case .incomplete: "bundle_incomplete"
        case .damaged: "bundle_damaged"
        case .malformed(let code): "bundle_malformed_\(code)"
        case .badRecipient: "bad_recipient"
        case .missing: "file_missing"
        case .noRoom: "no_room"
        case .system: "file_failed"
        }
    }

    /// What happened, where, and what to do, in Chinese.
    package var chinese: String {
        switch self {
        case .notABundle: "不是数据包文件。"
        case .notAQuarantine: "不是导出的隔离内容。"
        case .forAnother(let key): "这个数据包是发给公钥 \(key.prefix(16))… 的,只有那个节点能打开。"
        case .incomplete: "文件不完整(可能写到一半时拔出了存储盘);前面完好的部分已收下,请让对方再导出一次。"
        case .damaged(let what): "文件已损坏或被改动(\(what));前面完好的部分已收下,请让对方再导出一次。"
        case .malformed(let code): "数据包的内容不合格式(\(code)),对方的程序可能不同或有错。"
        case .badRecipient: "对方的公钥无效。"
        case .missing(let path): "读不到文件 \(path)。"
        case .noRoom(let path, let needed, let free):
            "\(path) 空间不够:需要 \(needed) 字节,只剩 \(free) 字节。换一个存储盘,或用 --max-size 分小。"
        case .system(let path, let reason): "读写 \(path) 失败:\(reason)。"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .notABundle: "this is no bundle"
        case .notAQuarantine: "this is no carried quarantine"
        case .forAnother(let key):
            "this bundle is for the key \(key.prefix(16))…; only that node can open it"
        case .incomplete:
            """
            the file ends too early, as when a stick was pulled out; what was whole is taken in, \
            have it exported again
            """
        case .damaged(let what):
            "the file was altered (\(what)); what was whole is taken in, have it exported again"
        case .malformed(let code): "what is in the bundle breaks the format (\(code))"
        case .badRecipient: "the recipient's key is not valid"
        case .missing(let path): "cannot read \(path)"
        case .noRoom(let path, let needed, let free):
            """
            there is not enough room in \(path): \(needed) bytes are needed and \(free) are free; \
            take another stick, or a smaller --max-size
            """
        case .system(let path, let reason): "cannot read or write \(path): \(reason)"
        }
    }
}
