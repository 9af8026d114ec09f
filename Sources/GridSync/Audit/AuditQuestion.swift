// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridLog

/// What one side asks of the other's tables.
package struct AuditQuestion: Hashable, Sendable {
    /// Counts the questions of this side in the session, from 1.
    package let number: UInt64
    package let area: AreaCode
    /// What the asker's own tables are a function of.
    package let basis: AuditBasis
    package let nonce: AuditWord
    /// Nodes of the tree to be opened, ascending, none below another; none asks for the whole.
    package let prefixes: [AuditPrefix]

    package init(
        number: UInt64, area: AreaCode, basis: AuditBasis, nonce: AuditWord,
        prefixes: [AuditPrefix]
    ) {
        self.number = number
        self.area = area
        self.basis = basis
        self.nonce = nonce
        self.prefixes = prefixes
    }
}

/// What the other side says to it.
package struct AuditAnswer: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case whole(AuditWord, records: UInt64)
        /// For each node of the question what lies below it.
        case parts([AuditPart])
        case refused(AuditRefusal, number: UInt64)
    }

    package let number: UInt64
    package let content: Content

    package init(number: UInt64, content: Content) {
        self.number = number
        self.content = content
    }
}

extension ByteWriter {
    mutating func auditWord(_ word: AuditWord) {
        fixed64(word.high)
        fixed64(word.low)
    }

    mutating func auditName(_ name: AuditLeaf.Name) {
        byte(name.lane.rawValue)
        unsigned(name.collection)
        recordID(name.id)
    }

    mutating func auditQuestion(_ question: AuditQuestion) {
        unsigned(question.number)
        area(question.area)
        fixed64(question.basis.frontier.high)
        fixed64(question.basis.frontier.low)
        fixed64(question.basis.rules)
        auditWord(question.basis.standing)
        auditWord(question.nonce)
        count(question.prefixes.count)
        for prefix in question.prefixes { block(prefix.steps) }
    }

    mutating func auditParts(_ parts: [AuditPart]) {
        count(parts.count)
        for part in parts {
            switch part {
            case .children(let digests):
                byte(0)
                for digest in digests { fixed64(digest) }
            case .records(let rows):
                byte(1)
                count(rows.count)
                for row in rows {
                    auditName(row.name)
                    fixed64(row.digest)
                }
            }
        }
    }
}

extension ByteReader {
    mutating func auditQuestion() throws(DecodingViolation) -> AuditQuestion {
        let number = try unsigned()
        let area = try homeArea()
        let frontier = FrontierDigest(high: try fixed64(), low: try fixed64())
        let basis = AuditBasis(
            frontier: frontier, rules: try fixed64(), standing: try auditWord())
        let nonce = try auditWord()
        var prefixes: [AuditPrefix] = []
        for _ in 0..<(try count(max: ProtocolLimits.auditPrefixesMax)) {
            let steps = try block(max: ProtocolLimits.auditStepsMax)
            guard steps.allSatisfy({ $0 < ProtocolLimits.auditFanOut }) else {
                throw .integerTooLarge
            }
            let prefix = AuditPrefix(steps: steps)
            if let last = prefixes.last, last.places.upperBound >= prefix.places.lowerBound {
                throw .notAscending
            }
            prefixes.append(prefix)
        }
        return AuditQuestion(
            number: number, area: area, basis: basis, nonce: nonce, prefixes: prefixes)
    }

    mutating func auditWord() throws(DecodingViolation) -> AuditWord {
        AuditWord(high: try fixed64(), low: try fixed64())
    }

    /// What tag 14 holds.
    mutating func auditAnswer() throws(DecodingViolation) -> AuditAnswer {
        let number = try unsigned()
        switch try byte() {
        case 0:
            let digest = try auditWord()
            return AuditAnswer(
                number: number, content: .whole(digest, records: try unsigned()))
        case 1:
            guard let refusal = AuditRefusal(rawValue: try byte()) else { throw .unknownTag }
            return AuditAnswer(
                number: number, content: .refused(refusal, number: try unsigned()))
        default: throw .unknownTag
        }
    }

    /// What tag 15 holds.
    mutating func auditParts() throws(DecodingViolation) -> AuditAnswer {
        let number = try unsigned()
        let count = try count(max: ProtocolLimits.auditPrefixesMax)
        guard count > 0 else { throw .empty }
        var parts: [AuditPart] = []
        for _ in 0..<count { parts.append(try auditPart()) }
        return AuditAnswer(number: number, content: .parts(parts))
    }

    private mutating func auditPart() throws(DecodingViolation) -> AuditPart {
        switch try byte() {
        case 0:
            var digests: [UInt64] = []
            for _ in 0..<ProtocolLimits.auditFanOut { digests.append(try fixed64()) }
            return .children(digests)
        case 1:
            var rows: [AuditPart.Row] = []
            for _ in 0..<(try count(max: ProtocolLimits.auditRecordsNamedMax)) {
                guard let lane = Lane(rawValue: try byte()) else { throw .unknownTag }
                let collection = try unsigned(max: ProtocolLimits.catalogueNumberMax)
                let name = AuditLeaf.Name(
                    lane: lane, collection: UInt32(collection), id: try recordID())
                rows.append(AuditPart.Row(name: name, digest: try fixed64()))
            }
            return .records(rows)
        default: throw .unknownTag
        }
    }
}
