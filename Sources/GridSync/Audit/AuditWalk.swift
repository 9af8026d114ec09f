// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore

/// One audit of one area from the asker's side: what to ask next, until the records are found in
/// which the two sides differ.
package struct AuditWalk: Sendable {
    package enum Step: Hashable, Sendable {
        /// No nodes ask for the whole.
        case ask([AuditPrefix])
        case end(AuditOutcome)
    }

    /// An answer that no honest side gives.
    package struct WrongAnswer: Error {}

    package let snapshot: AuditSnapshot
    package let nonce: AuditWord
    private var asked: [AuditPrefix] = []
    private var waiting: [AuditPrefix] = []
    private var found: [AuditFinding.Record] = []
    private var theirs: UInt64?
    private var isWhole = true
    private var questions = 0

    package init(_ snapshot: AuditSnapshot, nonce: AuditWord) {
        self.snapshot = snapshot
        self.nonce = nonce
    }

    package mutating func begin() -> Step {
        questions = 1
        return .ask([])
    }

    /// Takes the peer's answer to what was asked last.
    package mutating func take(_ content: AuditAnswer.Content) throws(WrongAnswer) -> Step {
        switch content {
        case .refused(let refusal, let number):
            // It may have moved on since: what was found stands, as far as it goes.
            return found.isEmpty
                ? .end(.notComparable(AuditHindrance(refusal, number: number))) : giveUp()
        case .whole(let digest, let records):
            guard theirs == nil else { throw WrongAnswer() }
            theirs = records
            guard digest != snapshot.tree.digest(nonce) else {
                guard records == UInt64(snapshot.tree.leaves.count) else { throw WrongAnswer() }
                return .end(.equal(records: snapshot.tree.leaves.count))
            }
            waiting = [.root]
        case .parts(let parts):
            guard theirs != nil, parts.count == asked.count else { throw WrongAnswer() }
            for (prefix, part) in zip(asked, parts) { try compare(part, below: prefix) }
        }
        return next()
    }

    /// Ends with what was found so far.
    package mutating func giveUp() -> Step {
        isWhole = false
        return end()
    }

    private mutating func next() -> Step {
        guard !waiting.isEmpty else { return end() }
        guard found.count < ProtocolLimits.auditRecordsFoundMax,
            questions < ProtocolLimits.auditQuestionsMax
        else { return giveUp() }
        questions += 1
        waiting.sort()
        asked = Array(waiting.prefix(ProtocolLimits.auditPrefixesMax))
        waiting.removeFirst(asked.count)
        return .ask(asked)
    }

    private func end() -> Step {
        let records = found.prefix(ProtocolLimits.auditRecordsFoundMax)
        return .end(
            .differ(
                AuditFinding(
                    here: snapshot.tree.leaves.count, there: theirs ?? 0,
                    records: Array(records), isWhole: isWhole && records.count == found.count)))
    }

    private mutating func compare(
        _ part: AuditPart, below prefix: AuditPrefix
    ) throws(WrongAnswer) {
        switch part {
        case .children(let digests):
            guard prefix.isInner, digests.count == ProtocolLimits.auditFanOut else {
                throw WrongAnswer()
            }
            for (step, own) in snapshot.tree.children(prefix, nonce).enumerated()
            where own != digests[step] {
                // What the peer has none of need not be asked for.
                if digests[step] == 0 {
                    compare([], below: prefix.child(step))
                } else {
                    waiting.append(prefix.child(step))
                }
            }
        case .records(let rows):
            let leaves = rows.map { AuditLeaf($0.name, digest: .zero) }
            guard
                zip(leaves, leaves.dropFirst()).allSatisfy({
                    ($0.place, $0.name) <= ($1.place, $1.name)
                }), leaves.allSatisfy({ prefix.places.contains($0.place) })
            else { throw WrongAnswer() }
            compare(rows, below: prefix)
        }
    }

    /// Holds the peer's records against one's own, name by name: two may bear one name.
    private mutating func compare(_ rows: [AuditPart.Row], below prefix: AuditPrefix) {
        var own: [AuditLeaf.Name: [UInt64]] = [:]
        var other: [AuditLeaf.Name: [UInt64]] = [:]
        var order: [AuditLeaf.Name] = []
        // As many as are named at all where there is no room for another step.
        let limit = prefix.isInner ? Int.max : ProtocolLimits.auditRecordsNamedMax
        for leaf in snapshot.tree.leaves(below: prefix).prefix(limit) {
            if own[leaf.name] == nil { order.append(leaf.name) }
            own[leaf.name, default: []].append(AuditTree.row(leaf, nonce).digest)
        }
        for row in rows {
            if own[row.name] == nil, other[row.name] == nil { order.append(row.name) }
            other[row.name, default: []].append(row.digest)
        }
        for name in order {
            let kind: AuditFinding.Record.Kind
            switch (own[name], other[name]) {
            case (let mine?, let theirs?) where mine.sorted() == theirs.sorted(): continue
            case (nil, _): kind = .missingHere
            case (_, nil): kind = .missingThere
            case (_?, _?): kind = .differs
            }
            found.append(AuditFinding.Record(name: name, kind: kind))
        }
    }
}
