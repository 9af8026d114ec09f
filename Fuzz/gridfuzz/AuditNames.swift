// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// What sessions that are fuzzed say of tables.
extension Names {
    static func basis(_ choices: inout Choices) -> AuditBasis {
        AuditBasis(
            frontier: FrontierDigest(high: choices.number(), low: 1), rules: 1,
            standing: AuditWord(high: 1, low: 1))
    }

    static func tree(_ choices: inout Choices) -> AuditTree {
        AuditTree(
            (0..<choices.below(200)).map { number in
                AuditLeaf(
                    AuditLeaf.Name(
                        lane: .routine, collection: 16,
                        id: RecordID(high: UInt64(number), low: 1)),
                    digest: Bytes32(words: (choices.number(), 0, 0, 0)))
            })
    }

    static func aboutTables(_ choices: inout Choices) -> SyncMessage {
        let number = UInt64(choices.below(5))
        let nonce = AuditWord(high: 1, low: 2)
        switch choices.below(5) {
        case 0, 1:
            return .audit(
                AuditQuestion(
                    number: number, area: choices.pick(areas), basis: basis(&choices),
                    nonce: nonce, prefixes: choices.flag() ? [] : [.root]))
        case 2:
            return .audited(
                AuditAnswer(
                    number: number,
                    content: .whole(
                        AuditWord(high: choices.number(), low: 0), records: choices.number())))
        case 3:
            return .audited(
                AuditAnswer(
                    number: number, content: .refused(.frontierDiffers, number: 9)))
        default:
            let tree = tree(&choices)
            return .audited(
                AuditAnswer(number: number, content: .parts([tree.part(.root, nonce)])))
        }
    }
}
