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

    /// The catalogue in its first or second edition; the second has more fields and records.
    static func catalogue(edition: Int) throws -> Catalogue {
        let first = """
            collection 16|notes|笔记|routine
            1|title|标题|text(1..40)|register shown|R|P0
            2|kind|类别|text(1..40)|fixed|O|P0
            3|grade|评级|text(1..40)|register shown township|O|P0
            4|labels|标签|set(text(1..40))|set|O|P0
            5|acts|过程|text(1..40)|timeline|O|P0
            6|visits|次数|integer|counter|O|P0
            """
        let second = """
            7|place|地点|text(1..40)|register shown|O|P0
            collection 17|rules|规则|routine
            1|title|标题|text(1..40)|register shown|R|P0
            """
        let alarms = """
            collection 18|alarms|警情|urgent
            1|title|标题|text(1..40)|register shown|R|P0
            """
        let parts = edition == 1 ? [first, alarms] : [first, second, alarms]
        return try Catalogue(
            parsing: "edition \(edition)\n" + parts.joined(separator: "\n"))
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
