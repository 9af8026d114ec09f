// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog

/// The small county of the crash images: root 1, township 2 and village 11, whose folder is the
/// one that loses power. The same number always has the same key.
enum ImageCounty {
    static let root = area("522730")
    static let township = area("522730103")
    static let village = area("522730103211")

    static func author(_ number: UInt8) -> Author {
        Author(SigningKey(seed: [UInt8](repeating: number, count: 32)))
    }

    /// Root first.
    static let certificates: [Certificate] = [
        certificate(for: 1, by: 1, root), certificate(for: 2, by: 1, township),
        certificate(for: 11, by: 2, village),
    ]

    /// What village 11 issues to a clerk of its own, over and over under other names.
    static func clerk(_ name: String) -> Certificate {
        Certificate(
            subject: author(12).key, name: name, area: village, rights: [.write, .read],
            validFrom: 0, issuedBy: author(11))
    }

    static func chain(of number: UInt8) throws -> VerifiedChain {
        let count = number == 1 ? 1 : number == 2 ? 2 : 3
        return try VerifiedChain.verify(
            CertificateChain(Array(certificates.prefix(count))), root: author(1).key)
    }

    private static func area(_ text: String) -> AreaCode {
        guard let area = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return area
    }

    private static func certificate(
        for subject: UInt8, by issuer: UInt8, _ area: AreaCode
    ) -> Certificate {
        Certificate(
            subject: author(subject).key, name: "\(subject)", area: area, rights: .all,
            validFrom: 0, issuedBy: author(issuer))
    }
}
