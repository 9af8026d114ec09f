// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog

/// A small county: root 1, township 2, a clerk 3 who may write in all of the township, and villages
/// 11 and 12. The same number always has the same key.
enum County {
    static let root = area(.county, 522_730)
    static let township = area(.township, 522_730_103)
    static let village = area(.village, 522_730_103_211)
    static let neighbour = area(.village, 522_730_103_212)
    static let elsewhere = area(.village, 522_730_104_201)
    static let numbers: [UInt8] = [1, 2, 3, 11, 12]

    private static let authors = Dictionary(
        uniqueKeysWithValues: (numbers + [4, 5, 99]).map { number in
            (number, Author(SigningKey(seed: [UInt8](repeating: number, count: 32))))
        })

    private static func area(_ level: AreaLevel, _ number: UInt64) -> AreaCode {
        guard let area = try? AreaCode(level: level, number: number) else {
            preconditionFailure("\(number) is no area code")
        }
        return area
    }

    static func author(_ number: UInt8) -> Author {
        guard let author = authors[number] else { preconditionFailure("no author \(number)") }
        return author
    }

    static func certificate(
        for subject: UInt8, by issuer: UInt8, _ area: AreaCode, _ rights: Rights
    ) -> Certificate {
        Certificate(
            subject: author(subject).key, name: "\(subject)", area: area, rights: rights,
            validFrom: 0, issuedBy: author(issuer))
    }

    static let certificates = [
        certificate(for: 1, by: 1, root, .all),
        certificate(for: 2, by: 1, township, .all),
        certificate(for: 3, by: 2, township, [.write, .read]),
        certificate(for: 11, by: 2, village, [.write, .read]),
        certificate(for: 12, by: 2, neighbour, [.write, .read]),
    ]

    static let directory: CertificateDirectory = {
        var directory = CertificateDirectory(root: author(1).key)
        for certificate in certificates { try? directory.add(certificate) }
        return directory
    }()

    static func chain(of number: UInt8) -> CertificateChain {
        guard let chain = directory.chain(of: author(number).key) else {
            preconditionFailure("no chain of \(number)")
        }
        return CertificateChain(chain.certificates)
    }

    /// Fields 2 and 3 merge as a fixed and an owned one, the rest as their operations say.
    struct Rules: MergeRules {
        func assignmentRule(collection: UInt32, field: UInt32) -> AssignmentRule {
            field == 2 ? .fixed : (field == 3 ? .owned(.township) : .register)
        }
    }
}
