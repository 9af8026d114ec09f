// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridStore

/// Why a command did not do what it was asked: Chinese first, English beside it, and an exit code
/// of `sysexits.h`.
struct CommandFailure: Error {
    enum Kind: Int32 {
        case different = 1
        case badData = 65
        case notFound = 66
        case notRunning = 69
        case failed = 70
        case tryAgain = 75
        case notAllowed = 77
    }

    let kind: Kind
    let chinese: String
    let english: String
    let details: [String]
    /// The stable code, where the daemon has given one.
    let code: String?

    init(
        _ kind: Kind, _ chinese: String, _ english: String, details: [String] = [],
        code: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.chinese = chinese
        self.english = english
        self.details = details
    }

    init(_ failure: StoreFailure) {
        let kind: Kind =
            switch failure {
            case .folderInUse, .diskFull: .tryAgain
            case .notANode, .notEnrolled: .notFound
            case .alreadyANode, .keyDoesNotOpen: .notAllowed
            case .pathTooLong: .badData
            case .cannotOpen, .settingRefused, .damaged, .corrupt, .irreplaceable, .databaseFailed,
                .tooNew:
                .failed
            }
        self.init(kind, failure.chinese, failure.english)
    }

    init(_ failure: NodeKeyFailure) {
        let kind: Kind =
            switch failure {
            case .wrongPassphrase, .openToOthers: .notAllowed
            case .unreadable: .notFound
            case .passphraseNeeded, .empty: .badData
            }
        self.init(kind, failure.chinese, failure.english)
    }

    init(_ failure: BackupFailure) {
        let kind: Kind =
            switch failure {
            case .alreadyThere, .notEmpty: .notAllowed
            case .missing: .notFound
            case .notABackup, .otherSecret, .cannotBeOpened, .wrongContent, .badRecipient: .badData
            case .noMemory, .system: .failed
            }
        self.init(kind, failure.chinese, failure.english)
    }

    init(_ failure: KeyFileFailure) {
        let path = failure.path
        let (kind, chinese): (Kind, String) =
            switch failure.reason {
            case .missing: (.notFound, "没有密钥文件 \(path),请先运行 gridctl init、join 或 request。")
            case .alreadyExists: (.notAllowed, "已有密钥文件 \(path),不会覆盖。")
            case .notRegularFile: (.notAllowed, "\(path) 不是普通文件。")
            case .openToOthers: (.notAllowed, "其他用户能读密钥文件 \(path),请运行 chmod 600 \(path)。")
            case .foreignOwner: (.notAllowed, "密钥文件 \(path) 属于另一个用户。")
            case .wrongContent: (.badData, "\(path) 不是密钥文件,或已损坏。")
            case .sealed: (.notAllowed, "密钥文件 \(path) 已用口令封存。")
            case .wrongPassphrase: (.notAllowed, "口令不对,或密钥文件 \(path) 被改动。")
            case .noMemory: (.failed, "内存不足,不能打开密钥文件 \(path),请关闭其他程序。")
            case .system: (.failed, "读写密钥文件 \(path) 失败。")
            }
        self.init(kind, chinese, failure.description)
    }

    /// A problem document of the daemon.
    init(problem: JSONValue) {
        let kind: Kind =
            switch problem["status"]?.integer {
            case 400, 413, 422: .badData
            case 403: .notAllowed
            case 404: .notFound
            case 409, 410: .different
            case 503: .tryAgain
            default: .failed
            }
        let details = problem["problems"]?.items.map { item in
            "  \(item["pointer"]?.string ?? "") [\(item["code"]?.string ?? "")] "
                + "\(item["zh"]?.string ?? "") / \(item["en"]?.string ?? "")"
        }
        self.init(
            kind, problem["zh"]?.string ?? "失败", problem["en"]?.string ?? "failed",
            details: details ?? [], code: problem["code"]?.string)
    }

    var exitCode: Int32 { kind.rawValue }

    func show() {
        Screen.error("gridctl: \(chinese) / \(english)")
        for line in details { Screen.error(line) }
    }
}
