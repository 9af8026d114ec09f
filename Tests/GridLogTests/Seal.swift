// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// Certificates for tests: root 1, township 2, villages from 10 on, all in one county.
enum Seal {
    static let rootKey = Pen(1).author.key
    static let root = certificate(for: 1, by: 1, area: "522730")
    static let township = certificate(for: 2, by: 1, area: "522730103")

    static func village(_ number: UInt8) -> Certificate {
        certificate(
            for: 10 + number, by: 2, area: "5227301032\(number + 10)", rights: [.write, .read])
    }

    static func certificate(
        for subject: UInt8, by issuer: UInt8, area: String, rights: Rights = .all
    ) -> Certificate {
        Certificate(
            subject: Pen(subject).author.key, name: "\(subject)", area: Pen.area(area),
            rights: rights, validFrom: 0, issuedBy: Pen(issuer).author)
    }
}
