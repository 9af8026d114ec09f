// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridLog

/// 16 bytes: a digest or a nonce of an audit.
package struct AuditWord: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first half of a digest.
    package init(_ digest: Bytes32) { self.init(high: digest.words.0, low: digest.words.1) }

    /// Nobody foresees it.
    package static func random() -> AuditWord {
        let nonce = ReplicaNonce.random()
        return AuditWord(high: nonce.high, low: nonce.low)
    }
}

extension AuditWord: CustomStringConvertible {
    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}

/// Everything that the tables of an area are a function of: two honest replicas with equal bases
/// have equal tables, and no others can be compared (Protocol/table-audit.md, "Basis").
package struct AuditBasis: Hashable, Sendable {
    /// Of the rows of the area's logs.
    package let frontier: FrontierDigest
    /// Of how the catalogue merges fields.
    package let rules: UInt64
    /// Of what certificates, cut-offs, closed forks and redactions make of those logs.
    package let standing: AuditWord

    package init(frontier: FrontierDigest, rules: UInt64, standing: AuditWord) {
        self.frontier = frontier
        self.rules = rules
        self.standing = standing
    }

    /// In what it differs from a peer's; nil when the two have the same tables to show.
    package func difference(from other: AuditBasis) -> AuditRefusal? {
        if frontier != other.frontier { return .frontierDiffers }
        if rules != other.rules { return .rulesDiffer }
        return standing == other.standing ? nil : .standingDiffers
    }
}

/// Why a side gives no digest.
package enum AuditRefusal: UInt8, Hashable, Sendable, CaseIterable {
    /// The logs of the area are not the same; the number beside it is that of its entries.
    case frontierDiffers = 0
    /// The programs merge fields in different ways.
    case rulesDiffer = 1
    /// Certificates, cut-offs or redactions that concern the area are not known to both.
    case standingDiffers = 2
    /// It has audited enough for now; the number beside it is of seconds until it may go on.
    case busy = 3
    /// The area has more records than it compares.
    case tooManyRecords = 4
}

extension Replica {
    /// What the tables of an area here are a function of, and the entries in its logs.
    ///
    /// - Parameter rules: of how the catalogue merges fields.
    package func auditBasis(
        of area: AreaCode, rules: UInt64
    ) -> (basis: AuditBasis, entries: UInt64) {
        let logs = logs { $0 == area }.filter { $0.height > 0 }
        let rows = logs.map { FrontierRow($0) }
        var writer = ByteWriter(reserving: 64 * logs.count)
        writer.count(logs.count)
        for log in logs {
            let identity = log.identity
            writer.log(identity.log)
            writer.byte(directory.level(of: identity.key, in: identity.domain)?.rawValue ?? 0)
            let end = directory.end(of: identity)
            writer.flag(end != nil)
            if let end {
                writer.unsigned(end.height)
                writer.raw(end.head ?? .zero)
            }
        }
        let treatments = redactions.treatments.filter { $0.key.dot.log.domain.area == area }
        writer.count(treatments.count)
        for (entry, treatment) in treatments.sorted(by: { $0.key < $1.key }) {
            writer.log(entry.dot.log)
            writer.unsigned(entry.dot.sequence)
            writer.raw(entry.hash)
            writer.count(treatment.restatements.count)
            for restatement in treatment.restatements { writer.raw(restatement.digest) }
        }
        let standing = Hashing.digest(writer.bytes, personal: .auditStanding)
        return (
            AuditBasis(
                frontier: FrontierDigest(of: rows), rules: rules, standing: AuditWord(standing)),
            rows.reduce(0) { $0 + $1.height }
        )
    }
}

/// The tables of one area at one time, with what they are a function of.
package struct AuditSnapshot: Sendable {
    package let area: AreaCode
    package let basis: AuditBasis
    package let tree: AuditTree

    package init(area: AreaCode, basis: AuditBasis, tree: AuditTree) {
        self.area = area
        self.basis = basis
        self.tree = tree
    }

    /// - Precondition: the question's basis is this one.
    package func answer(_ question: AuditQuestion) -> AuditAnswer {
        let content: AuditAnswer.Content =
            question.prefixes.isEmpty
            ? .whole(tree.digest(question.nonce), records: UInt64(tree.leaves.count))
            : .parts(question.prefixes.map { tree.part($0, question.nonce) })
        return AuditAnswer(number: question.number, content: content)
    }
}
