// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
package import GridSync
import Logging

/// An act for the audit trail, as whoever does it knows it; the engine adds node and time.
package struct AuditNote: Sendable {
    package let act: AuditAct
    /// Who asks, by their own word; empty for the node itself.
    package let caller: String
    package let object: String
    /// Nil for the node's own area.
    package let area: AreaCode?
    package let reason: String
    package let details: [String: FieldValue]

    package init(
        _ act: AuditAct, caller: String = "", object: String = "", area: AreaCode? = nil,
        reason: String = "", details: [String: FieldValue] = [:]
    ) {
        self.act = act
        self.caller = caller
        self.object = object
        self.area = area
        self.reason = reason
        self.details = details
    }
}

extension ReplicationEngine {
    /// Writes an act into the audit trail; durable on return. Whoever gives out what is sensitive
    /// calls this first, and gives nothing when it throws a `DeskRefusal`.
    package func note(_ note: AuditNote) throws {
        do throws(FolderReplica.CommitFailure) {
            spread(try folder.note(entry(note), now: WallClock.now))
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
    }

    /// Writes down an act that is done and stays done: what cannot be noted is told in the log.
    ///
    /// - Returns: whether the audit trail has it.
    package func noteDone(_ note: AuditNote) -> Bool {
        do {
            try self.note(note)
            return true
        } catch {
            logger.error(
                "an act is not in the audit trail",
                metadata: ["act": "\(note.act.rawValue)", "reason": "\(error)"])
            return false
        }
    }

    /// The line for a note, by this node at this time.
    func entry(_ note: AuditNote) -> AuditEntry {
        let leaf = current.chain.leaf
        let node = leaf.post.isEmpty ? leaf.name : "\(leaf.name)(\(leaf.post))"
        return AuditEntry(
            act: note.act, who: note.caller.isEmpty ? node : "\(node)·\(note.caller)",
            object: note.object, area: note.area ?? leaf.area, reason: note.reason,
            time: WallClock.now, details: note.details)
    }

    /// What the trail says of a certificate issued here. A root's own two are how it began.
    func note(of certificate: Certificate, caller: String) -> AuditNote? {
        guard !certificate.isSelfIssued, certificate.subject != author.key,
            !folder.replica.directory.hasCutOff(of: certificate.issuer)
        else { return nil }
        let names: [(Rights, String)] = [
            (.write, "write"), (.certify, "certify"), (.redact, "redact"), (.read, "read"),
        ]
        let rights = names.filter { certificate.rights.contains($0.0) }.map(\.1)
        var details: [String: FieldValue] = [
            "key": .text(certificate.subject.description),
            "rights": .text(rights.joined(separator: ",")),
        ]
        if !certificate.post.isEmpty { details["post"] = .text(certificate.post) }
        return AuditNote(
            .certificate, caller: caller, object: certificate.name, area: certificate.area,
            details: details)
    }
}
