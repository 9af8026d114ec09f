// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridStore
import GridSync

/// What a user asks to be written: one record, new or existing.
package struct WriteRequest: Sendable {
    /// A value as it came: text is read as people write it, JSON as what it is.
    package typealias Input = JSONValue

    package var collection: String
    /// Nil for a new record.
    package var id: String?
    /// Where a new record lives; nil for the node's own area or what its codes say.
    package var area: String?
    /// Values to assign; null clears. A set becomes exactly the list; timelines append.
    package var fields: [String: Input]
    package var additions: [String: Input]
    package var removals: [String: Input]
    package var archives: Bool
    /// Whether fields that are not named are cleared: those that can be, and that this node may
    /// write.
    package var replaces = false
    /// Tags of states, quoted and joined by commas, one of which the record must be in, or `*` for
    /// any; nil for no condition (RFC 9110 §13.1.1).
    package var condition: String?

    package init(
        collection: String, id: String? = nil, area: String? = nil,
        fields: [String: Input] = [:], additions: [String: Input] = [:],
        removals: [String: Input] = [:], archives: Bool = false
    ) {
        self.collection = collection
        self.id = id
        self.area = area
        self.fields = fields
        self.additions = additions
        self.removals = removals
        self.archives = archives
    }
}

/// What was written, durable when it is given.
package struct WriteReceipt: Sendable {
    package let id: RecordID
    /// The entries, `log#sequence`; none when nothing had to change.
    package let entries: [String]
    /// What is unusual about it, and not wrong.
    package let advice: [Problem]
    /// Of the record's state after it (`RecordDisplay.tag`).
    package let tag: String
}

/// Why a request was not carried out. The code is stable; the texts say what, where and what to
/// do.
package struct DeskRefusal: Error, Sendable {
    package enum Kind: Sendable {
        case malformed, notAllowed, notFound, notPossible, gone, wrongValues, tryAgain, failed
        /// No token, or none that counts.
        case unknownCaller
        /// The request names another host than this machine.
        case wrongHost
        /// A condition of the request does not hold, or a needed one is missing.
        case changedSince, conditionMissing
        /// Of the body, and of the answer.
        case wrongType, notAcceptable
    }

    package let kind: Kind
    package let code: String
    package let chinese: String
    package let english: String
    package let problems: [Problem]
    /// Where in the request it is, a JSON pointer; nil where `problems` tell or nothing can.
    package let pointer: String?
    /// More that is told of it.
    package let details: [String: JSONValue]

    package init(
        _ kind: Kind, _ code: String, chinese: String, english: String, problems: [Problem] = [],
        pointer: String? = nil, details: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.code = code
        self.chinese = chinese
        self.english = english
        self.problems = problems
        self.pointer = pointer
        self.details = details
    }

    /// The same, of a part of a larger request.
    func moved(below prefix: String) -> DeskRefusal {
        DeskRefusal(
            kind, code, chinese: chinese, english: english,
            problems: problems.map { $0.moved(below: prefix) },
            pointer: problems.isEmpty ? prefix + (pointer ?? "") : nil, details: details)
    }
}

extension DeskRefusal {
    package static let stopping = DeskRefusal(
        .tryAgain, "stopping", chinese: "节点正在停止,请稍后再试。没有保存。",
        english: "The node is stopping; try again later. Nothing was saved.")

    static let diskFull = DeskRefusal(
        .tryAgain, "disk_full", chinese: "磁盘已满,没有保存。请腾出空间后再试。",
        english: "The disk is full; nothing was saved. Make room and try again.")

    /// After a failure that stops all writing.
    static func storeFailed(_ error: any Error) -> DeskRefusal {
        let failure = error as? StoreFailure
        return DeskRefusal(
            .failed, "store_failed",
            chinese: """
                节点已停止写入以保护数据:\(failure?.chinese ?? "\(error)") \
                处理后请运行 gridctl verify,再重启 gridd。
                """,
            english: """
                The node has stopped writing to protect its data: \(failure?.english ?? "\(error)"). \
                Then run gridctl verify, and restart gridd.
                """)
    }

    /// What a failure of the node's own machinery is to whoever asked.
    package init(failure error: any Error) {
        switch error {
        case StoreFailure.diskFull: self = .diskFull
        case let failure as StoreFailure:
            var (kind, code) = (Kind.failed, "store_damaged")
            if case .irreplaceable = failure { (kind, code) = (.notPossible, "irreplaceable") }
            self.init(kind, code, chinese: failure.chinese, english: failure.english)
        default:
            self.init(
                .failed, "failed", chinese: "内部错误:\(error)", english: "The node failed: \(error)")
        }
    }

    init(_ failure: FolderReplica.CommitFailure) {
        switch failure {
        case .diskFull: self = .diskFull
        case .refused(let refusal): self.init(refusal)
        case .stopped(let error): self = .storeFailed(error)
        }
    }

    init(_ refusal: WriteRefusal) {
        switch refusal {
        case .notEntitled(let area):
            self.init(
                .notAllowed, "not_entitled",
                chinese: "本节点无权在 \(area) 写入:它的证书不包括这个区域。没有保存。",
                english: """
                    This node may not write in \(area): its certificate does not cover it. \
                    Nothing was saved.
                    """)
        case .outsideScope(let area):
            self.init(
                .notAllowed, "outside_scope",
                chinese: "本节点不保存 \(area) 的记录,请在管理该区域的节点上填写。没有保存。",
                english: """
                    This node does not carry the records of \(area); write on a node that does. \
                    Nothing was saved.
                    """)
        case .cutOff(let area):
            self.init(
                .notAllowed, "key_cut_off",
                chinese: "本节点的公钥在 \(area) 已被上级停用,不能再填写。没有保存。请联系上级。",
                english: """
                    The key of this node was cut off in \(area); it writes nothing more. Nothing was \
                    saved; ask the parent office.
                    """)
        case .tooLarge(let failure):
            self.init(
                .wrongValues, "too_large", chinese: "一次写入的内容太多(\(failure)),请分几次保存。没有保存。",
                english:
                    "This is too much for one write (\(failure)); save it in parts. Nothing was saved."
            )
        }
    }
}
