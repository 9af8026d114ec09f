// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridSync
import GridTesting

/// A small county for tests: root 1, township 2, villages 11, 12 and 13, and a clerk 3 who may
/// write in all of the township. The same number always has the same key.
enum County {
    static let root = area("522730")
    static let township = area("522730103")
    static let villages: [UInt8: AreaCode] = [
        11: area("522730103211"), 12: area("522730103212"), 13: area("522730103213"),
    ]
    static let village = area("522730103211")
    static let writeAndRead: Rights = [.write, .read]

    static func area(_ text: String) -> AreaCode {
        guard let area = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return area
    }

    static func author(_ number: UInt8) -> Author {
        Author(SigningKey(seed: [UInt8](repeating: number, count: 32)))
    }

    static func certificate(
        for subject: UInt8, by issuer: UInt8, _ area: AreaCode, _ rights: Rights = .all
    ) -> Certificate {
        Certificate(
            subject: author(subject).key, name: "\(subject)", area: area, rights: rights,
            validFrom: 0, issuedBy: author(issuer))
    }

    static let certificates: [UInt8: Certificate] = {
        var certificates: [UInt8: Certificate] = [
            1: certificate(for: 1, by: 1, root),
            2: certificate(for: 2, by: 1, township),
            3: certificate(for: 3, by: 2, township, writeAndRead),
        ]
        for (number, area) in villages {
            certificates[number] = certificate(for: number, by: 2, area, writeAndRead)
        }
        return certificates
    }()

    static func chain(of number: UInt8) -> CertificateChain {
        let numbers: [UInt8] = number == 1 ? [1] : (number == 2 ? [1, 2] : [1, 2, number])
        return CertificateChain(numbers.compactMap { certificates[$0] })
    }

    static func directory(knowing numbers: [UInt8]) -> CertificateDirectory {
        var directory = CertificateDirectory(root: author(1).key)
        for number in numbers {
            guard let certificate = certificates[number] else { continue }
            try? directory.add(certificate)
        }
        return directory
    }

    static let everyone: [UInt8] = [1, 2, 3, 11, 12, 13]

    /// Fields 2 and 3 merge as a fixed and an owned one, the rest as their operations say.
    struct Rules: MergeRules {
        func assignmentRule(collection: UInt32, field: UInt32) -> AssignmentRule {
            field == 2 ? .fixed : (field == 3 ? .owned(.township) : .register)
        }
    }
}

extension LocalChange {
    /// A new record with one text, in the routine lane of village 11 unless told otherwise.
    static func note(
        _ text: String, _ area: AreaCode = County.village, lane: Lane = .routine
    ) -> LocalChange {
        edit(.new, text, area, lane: lane)
    }

    /// A new record of bytes that do not compress.
    static func bulk(
        _ count: Int, _ area: AreaCode = County.village, lane: Lane = .routine,
        using random: inout SplitMix64
    ) -> LocalChange {
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return LocalChange(
            domain: Domain(area: area, lane: lane),
            draft: DraftChange(
                collection: 20, target: .new, archives: false,
                writes: [FieldWrite(field: 1, operation: .assign(.bytes(bytes)))]))
    }

    static func edit(
        _ target: DraftChange.Target, _ text: String, _ area: AreaCode = County.village,
        lane: Lane = .routine, field: UInt32 = 1
    ) -> LocalChange {
        LocalChange(
            domain: Domain(area: area, lane: lane),
            draft: DraftChange(
                collection: 20, target: target, archives: false,
                writes: [FieldWrite(field: field, operation: .assign(.text(text)))]))
    }

    static func certificate(_ certificate: Certificate, _ area: AreaCode) -> LocalChange {
        LocalChange(
            domain: Domain(area: area, lane: .authority),
            draft: DraftChange(
                collection: SystemCollection.certificates,
                target: .existing(.named(certificate.recordID)), archives: false,
                writes: [
                    FieldWrite(
                        field: SystemCollection.certificateBytesField,
                        operation: .assign(.bytes(certificate.encoded)))
                ]))
    }
}
