// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
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

    init(_ kind: Kind, _ chinese: String, _ english: String, details: [String] = []) {
        self.kind = kind
        self.chinese = chinese
        self.english = english
        self.details = details
    }

    init(_ failure: StoreFailure) {
        let kind: Kind =
            switch failure {
            case .folderInUse, .diskFull: .tryAgain
            case .notANode, .notEnrolled: .notFound
            case .alreadyANode: .notAllowed
            case .pathTooLong: .badData
            case .cannotOpen, .settingRefused, .damaged, .databaseFailed, .tooNew: .failed
            }
        let words = failure.description.components(separatedBy: " / ")
        self.init(kind, words[0], words.dropFirst().joined(separator: " / "))
    }

    /// A problem document of the daemon.
    init(problem: JSONValue) {
        let kind: Kind =
            switch problem["status"]?.integer {
            case 400, 422: .badData
            case 403: .notAllowed
            case 404: .notFound
            case 409: .different
            case 503: .tryAgain
            default: .failed
            }
        let details = problem["problems"]?.items.map { item in
            "  \(item["pointer"]?.string ?? "") [\(item["code"]?.string ?? "")] "
                + "\(item["zh"]?.string ?? "") / \(item["en"]?.string ?? "")"
        }
        self.init(
            kind, problem["zh"]?.string ?? "失败", problem["en"]?.string ?? "failed",
            details: details ?? [])
    }

    var exitCode: Int32 { kind.rawValue }

    func show() {
        Screen.error("gridctl: \(chinese) / \(english)")
        for line in details { Screen.error(line) }
    }
}
