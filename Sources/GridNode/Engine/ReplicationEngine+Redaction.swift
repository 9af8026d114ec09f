// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridLog
package import GridStore
import GridSync
import Logging

/// Values that are destroyed on every node (Protocol/redaction.md).
extension ReplicationEngine {
    /// Orders a redaction in this node's name. Values are gone from this node's tables and ledger on
    /// return, and its receipt stands in the audit trail as soon as nothing is left in the
    /// write-ahead log.
    package func redact(_ order: RedactionOrder, caller: String) throws -> [Redaction] {
        let ordered: (redactions: [Redaction], news: [FrontierRow])
        do {
            ordered = try folder.redact(order, now: WallClock.now)
        } catch let failure as FolderReplica.CommitFailure {
            showCondition()
            throw DeskRefusal(failure)
        } catch let refusal as RedactionRefusal {
            throw DeskRefusal(redaction: refusal)
        }
        spread(ordered.news)
        glance()
        for redaction in ordered.redactions {
            let collection = store.catalogue.collection(numbered: redaction.collection)
            _ = noteDone(
                AuditNote(
                    .redaction, caller: caller,
                    object: "\(collection?.name ?? "#\(redaction.collection)")/\(redaction.record)",
                    area: order.record.domain.area, reason: redaction.reason,
                    details: ["redaction": .text(redaction.recordID.description)]))
        }
        attendRedactions()
        return ordered.redactions
    }

    /// Sees to redactions that have become known, and writes this node's receipts for them.
    func attendRedactions() {
        let news = folder.attendRedactions(now: WallClock.now) { redaction in
            entry(
                AuditNote(
                    .redactionDone, object: redaction.recordID.description,
                    area: redaction.rows.first?.entry.dot.log.domain.area))
        }
        spread(news)
    }
}

extension DeskRefusal {
    init(redaction refusal: RedactionRefusal) {
        switch refusal {
        case .notEntitled(let area):
            self.init(
                .notAllowed, "may_not_redact",
                chinese: "本节点的证书没有在 \(area) 删除内容的权限(redact),请由上级办理。没有改动。",
                english: """
                    This node's certificate does not have the right to redact in \(area); ask the \
                    office above. Nothing was changed.
                    """)
        case .nothingToDestroy:
            self.init(
                .notPossible, "nothing_to_redact", chinese: "这些项目没有内容,也没有历史内容。没有改动。",
                english: """
                    These fields have no value, nor had they one before. Nothing was changed.
                    """)
        case .holdsSystemRecords(let dot):
            self.init(
                .notPossible, "holds_system_records",
                chinese: "条目 \(dot.log)#\(dot.sequence) 含有授权或操作日志,不能删除。没有改动。",
                english: """
                    Entry \(dot.log)#\(dot.sequence) holds authority or audit beside the record and \
                    cannot be redacted. Nothing was changed.
                    """)
        case .restatementTooLarge(let dot):
            self.init(
                .notPossible, "restatement_too_large",
                chinese: "条目 \(dot.log)#\(dot.sequence) 里其余的内容太长,放不进一个条目。没有改动。",
                english: """
                    What stays of entry \(dot.log)#\(dot.sequence) does not fit into one entry. \
                    Nothing was changed.
                    """)
        }
    }
}
