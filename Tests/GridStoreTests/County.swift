// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import GridSync

/// A small county for tests: root 1, township 2, villages 11 and 12, and a clerk 3 who may write in
/// all of the township. The same number always has the same key.
enum County {
    static let root = area("522730")
    static let township = area("522730103")
    static let village = area("522730103211")
    static let neighbour = area("522730103212")

    static func area(_ text: String) -> AreaCode {
        guard let area = try? AreaCode(parsing: text) else {
            preconditionFailure("\(text) is no area code")
        }
        return area
    }

    static func author(_ number: UInt8) -> Author {
        Author(SigningKey(seed: [UInt8](repeating: number, count: 32)))
    }

    static let certificates: [UInt8: Certificate] = [
        1: certificate(for: 1, by: 1, root), 2: certificate(for: 2, by: 1, township),
        3: certificate(for: 3, by: 2, township, [.write, .read]),
        11: certificate(for: 11, by: 2, village, [.write, .read]),
        12: certificate(for: 12, by: 2, neighbour, [.write, .read]),
    ]

    static func chain(of number: UInt8) throws -> VerifiedChain {
        let numbers: [UInt8] = number == 1 ? [1] : (number == 2 ? [1, 2] : [1, 2, number])
        return try VerifiedChain.verify(
            CertificateChain(numbers.compactMap { certificates[$0] }), root: author(1).key)
    }

    static var directory: CertificateDirectory {
        var directory = CertificateDirectory(root: author(1).key)
        for certificate in certificates.values { try? directory.add(certificate) }
        return directory
    }

    private static func certificate(
        for subject: UInt8, by issuer: UInt8, _ area: AreaCode, _ rights: Rights = .all
    ) -> Certificate {
        Certificate(
            subject: author(subject).key, name: "\(subject)", area: area, rights: rights,
            validFrom: 0, issuedBy: author(issuer))
    }
}

extension Catalogue {
    /// A catalogue with a field of each kind.
    static let small = made(
        """
        edition 1
        collection 16|notes|笔记|routine
        1|title|标题|text(1..40)|register shown|R|P0
        2|kind|类别|text(1..40)|fixed|O|P0
        3|grade|评级|text(1..40)|register shown township|O|P0
        4|labels|标签|set(text(1..40))|set|O|P0
        5|acts|过程|text(1..40)|timeline|O|P0
        6|visits|次数|integer|counter|O|P0
        7|area_m2|面积|decimal|register quiet|O|P0
        8|is_open|公开|boolean|register shown|O|P0
        9|count|数量|integer|register shown|O|P0
        10|on|日期|date|register quiet|O|P0
        collection 17|rules|规则|routine|code
        1|code|编码|text(1..40)|fixed|R|P0
        2|points|分值|integer|register shown|O|P0
        collection 18|alarms|警情|urgent
        1|title|标题|text(1..40)|register shown|R|P0
        """)

    static func made(_ text: String) -> Catalogue {
        do {
            return try Catalogue(parsing: text)
        } catch {
            preconditionFailure("a test's catalogue cannot be read: \(error)")
        }
    }
}

extension LocalChange {
    /// A change of one record by the names of its fields.
    static func write(
        _ name: String, _ target: DraftChange.Target = .new, _ area: AreaCode = County.village,
        archives: Bool = false, in catalogue: Catalogue = .small,
        set operations: [String: FieldOperation]
    ) -> LocalChange {
        guard let collection = catalogue.collection(named: name) else {
            preconditionFailure("no collection \(name)")
        }
        let writes = operations.map { field, operation in
            guard let field = collection.field(named: field) else {
                preconditionFailure("\(name) has no field \(field)")
            }
            return FieldWrite(field: field.number, operation: operation)
        }
        return LocalChange(
            domain: Domain(area: area, lane: collection.lane),
            draft: DraftChange(
                collection: collection.number, target: target, archives: archives, writes: writes))
    }

    /// A new note with a title.
    static func note(_ title: String, _ area: AreaCode = County.village) -> LocalChange {
        .write("notes", .new, area, set: ["title": .assign(.text(title))])
    }

    /// A change by numbers, in any lane.
    static func raw(
        _ collection: UInt32, _ target: DraftChange.Target, lane: Lane,
        _ writes: [FieldWrite]
    ) -> LocalChange {
        LocalChange(
            domain: Domain(area: County.village, lane: lane),
            draft: DraftChange(
                collection: collection, target: target, archives: false, writes: writes))
    }

    /// A certificate, written into lane 0 as its office does it.
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
