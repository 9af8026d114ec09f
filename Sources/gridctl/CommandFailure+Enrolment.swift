// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridLog
import GridStore

extension CommandFailure {
    init(_ violation: InvitationCode.Violation) {
        switch violation {
        case .text(.empty):
            self.init(.badData, "没有入网码。", "there is no code")
        case .text(.noSymbol(let character, let row)):
            self.init(
                .badData, "入网码第 \(row) 行的“\(character)”不是入网码里的字符。",
                "\"\(character)\" in row \(row) of the code is no symbol of a code")
        case .text(.row(let row)):
            self.init(
                .badData, "入网码第 \(row) 行抄错了(有错字、漏字或顺序颠倒),请对照原文重抄这一行。",
                "row \(row) of the code is wrong: a symbol is wrong, missing or swapped")
        case .text(.unevenEnd), .checksum:
            self.init(
                .badData, "入网码每行都对,但合在一起不对:可能缺少一行,或混入了另一个入网码的行。",
                "each row of the code is right, the whole is not: a row is missing, or of another code"
            )
        case .malformed(.unknownVersion):
            self.init(
                .badData, "入网码来自更新的版本,请升级 gridctl。", "the code is of a newer version; upgrade")
        case .malformed(let violation):
            self.init(
                .badData, "入网码的内容不对(\(violation.rawValue))。",
                "the code's content is malformed (\(violation.rawValue))")
        }
    }

    init(_ refusal: GrantRefusal) {
        switch refusal {
        case .chain(.foreignRoot):
            self.init(
                .badData, "批准的证书属于另一个根(foreign_root),没有接受。",
                "the granted certificate belongs to another root (foreign_root); it was not taken")
        case .chain(let reason):
            self.init(
                .badData, "批准文件不成立(\(reason.rawValue))。",
                "the grant proves nothing (\(reason.rawValue))")
        case .foreignKey(let name):
            self.init(
                .badData, "这份批准文件是给另一个节点的(\(name))。",
                "this grant is for another node (\(name))")
        case .otherOffice(let name):
            self.init(
                .badData, "批准文件里的上级证书是另一个节点的(\(name)),文件可能被改动。",
                "the office's certificate in the grant is another node's (\(name)); the file may be altered"
            )
        case .otherRoot:
            self.init(
                .notAllowed, "这个节点已属于另一个根,不会更换。", "this node belongs to another root already")
        case .otherArea(let area):
            self.init(
                .badData, "批准的区域 \(area) 与申请时得知的不同,没有接受。",
                "the grant is for \(area), another area than this node was told; it was not taken")
        }
    }

    init(_ refusal: InvitationRefusal) {
        let kind: Kind =
            switch refusal {
            case .mayNotCertify, .outsideArea: .notAllowed
            case .badName, .badAddresses, .badLifetime, .otherCertificate: .badData
            case .unknown: .notFound
            case .tooMany, .idTaken, .wrongState: .different
            }
        self.init(kind, refusal.chinese, refusal.english)
    }
}
