// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

/// Certificates that anyone who may certify could issue, added in two orders: what a directory
/// says is a function of their set.
enum DirectoriesHarness {
    private static let numbers: [UInt8] = [1, 2, 3, 4, 5]
    private static let areas = [County.root, County.township, County.village, County.neighbour]
    private static let rights: [Rights] = [.all, [.write, .certify], [.write, .read], .read]

    private struct Claim: Hashable {
        let subject: UInt8
        let issuer: UInt8
        let area: Int
        let rights: Int
    }

    /// Signed once, for all inputs: signing takes longer than the rest.
    private static let certificates: [Claim: Certificate] = {
        var certificates: [Claim: Certificate] = [:]
        for subject in numbers {
            for issuer in numbers {
                for (area, code) in areas.enumerated() {
                    for (right, rights) in rights.enumerated() {
                        let claim = Claim(
                            subject: subject, issuer: issuer, area: area, rights: right)
                        certificates[claim] = County.certificate(
                            for: subject, by: issuer, code, rights)
                    }
                }
            }
        }
        return certificates
    }()

    static func test(_ input: [UInt8]) {
        var choices = Choices(input)
        var certificates: [(order: UInt8, certificate: Certificate)] = []
        while !choices.isEmpty, certificates.count < 12 {
            let order = choices.byte()
            let claim = Claim(
                subject: choices.pick(numbers), issuer: choices.pick(numbers),
                area: choices.below(areas.count), rights: choices.below(rights.count))
            if let certificate = Self.certificates[claim] {
                certificates.append((order, certificate))
            }
        }
        let one = directory(of: certificates.map(\.certificate))
        let other = directory(of: certificates.sorted { $0.order < $1.order }.map(\.certificate))
        expect(one.count == other.count, "\(one.count) certificates, \(other.count) otherwise")
        expect(one.certificates == other.certificates, "other certificates in another order")
        for number in numbers {
            let key = County.author(number).key
            expect(one.chain(of: key) == other.chain(of: key), "\(number) has two chains")
            for area in areas {
                for lane in [Lane.authority, .routine] {
                    let domain = Domain(area: area, lane: lane)
                    expect(
                        one.level(of: key, in: domain) == other.level(of: key, in: domain),
                        "\(number) has two levels in \(domain)")
                }
            }
        }
    }

    private static func directory(of certificates: [Certificate]) -> CertificateDirectory {
        var directory = CertificateDirectory(root: County.author(1).key)
        for certificate in certificates { try? directory.add(certificate) }
        return directory
    }
}
