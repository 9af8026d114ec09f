// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridTesting
import Testing

struct CertificateDirectoryTests {
    /// A county with a clerk whom the township certifies twice (first without the right to
    /// certify), and a deputy who reaches the root by a long and by a short way.
    private static let county: [Certificate] = [
        Seal.root, Seal.township, Seal.village(1), Seal.village(2),
        Seal.certificate(for: 3, by: 2, area: "522730103", rights: .write),
        Seal.certificate(for: 3, by: 2, area: "522730103"),
        Seal.certificate(for: 20, by: 3, area: "522730103213"),
        Seal.certificate(for: 4, by: 3, area: "522730103"),
        Seal.certificate(for: 5, by: 4, area: "522730103"),
        Seal.certificate(for: 5, by: 1, area: "522730"),
        Seal.certificate(for: 6, by: 5, area: "522730103"),
        Seal.certificate(for: 7, by: 6, area: "522730103"),
    ]

    private func directory(_ certificates: [Certificate]) -> CertificateDirectory {
        var directory = CertificateDirectory(root: Seal.rootKey)
        for certificate in certificates { try? directory.add(certificate) }
        return directory
    }

    @Test func theOrderOfArrivalDoesNotMatter() {
        var random = SplitMix64()
        let area = Pen.area("522730103213")
        let keys = (1...40).map { Pen($0).author.key }
        let expected = directory(Self.county)
        #expect(expected.certificates.count == Self.county.count)
        for _ in 0..<40 {
            let directory = directory(Self.county.shuffled(using: &random))
            let seed = "ONEGRID_SEED=\(random.seed)"
            #expect(directory.certificates == expected.certificates, "\(seed)")
            for key in keys {
                #expect(
                    directory.chain(of: key, covering: area, with: .write)
                        == expected.chain(of: key, covering: area, with: .write), "\(seed)")
                #expect(directory.chain(of: key)?.leaf == expected.chain(of: key)?.leaf)
            }
        }
    }

    @Test func aReferenceLeadsToItsChainAndToNoOther() {
        let directory = directory(Self.county)
        for certificate in Self.county {
            #expect(directory.chain(to: certificate.reference)?.leaf == certificate)
        }
        let absent = Seal.village(9)
        #expect(directory.chain(to: absent.reference) == nil)
        // Known, but nobody's who may certify: it proves nothing.
        var alone = CertificateDirectory(root: Seal.rootKey)
        try? alone.add(Seal.village(1))
        #expect(alone.chain(to: Seal.village(1).reference) == nil)
    }

    @Test func addingTwiceChangesNothing() {
        let once = directory(Self.county)
        let twice = directory(Self.county + Self.county.reversed())
        #expect(once.certificates == twice.certificates)
    }

    @Test func anOrphanWaitsForItsIssuer() throws {
        var directory = CertificateDirectory(root: Seal.rootKey)
        let key = Pen(11).author.key
        try directory.add(Seal.village(1))
        try directory.add(Seal.township)
        #expect(directory.chain(of: key) == nil)
        try directory.add(Seal.root)
        #expect(directory.chain(of: key)?.certificates.count == 3)
    }

    @Test func whatItsIssuerMayNotGiveIsRefusedUntilTheIssuerMay() throws {
        var directory = directory([Seal.root, Seal.township])
        try directory.add(Seal.certificate(for: 3, by: 2, area: "522730103", rights: .write))
        let below = Seal.certificate(for: 20, by: 3, area: "522730103213")
        #expect(throws: ChainRefusal.issuerMayNotCertify) { try directory.add(below) }
        #expect(directory.chain(of: below.subject) == nil)
        try directory.add(Seal.certificate(for: 3, by: 2, area: "522730103"))
        #expect(directory.chain(of: below.subject)?.leaf == below)
    }

    @Test func aForgedOrphanIsRefusedAndForgotten() throws {
        var bytes = Seal.village(1).encoded
        bytes[bytes.count - 1] ^= 1
        let forged = try Certificate(decoding: bytes)
        var directory = CertificateDirectory(root: Seal.rootKey)
        #expect(throws: ChainRefusal.signatureWrong) { try directory.add(forged) }
        try directory.add(Seal.root)
        try directory.add(Seal.township)
        #expect(directory.certificates.count == 2)
        try directory.add(Seal.village(1))
        #expect(directory.certificates.count == 3)
    }

    @Test func anotherRootIsRefused() {
        var directory = CertificateDirectory(root: Seal.rootKey)
        let foreign = Seal.certificate(for: 9, by: 9, area: "522730")
        #expect(throws: ChainRefusal.foreignRoot) { try directory.add(foreign) }
    }

    @Test func aVerifiedChainBringsAllItsCertificates() throws {
        let chain = try VerifiedChain.verify(
            CertificateChain([Seal.root, Seal.township, Seal.village(1)]), root: Seal.rootKey)
        var directory = CertificateDirectory(root: Seal.rootKey)
        directory.add(chain)
        #expect(directory.certificates.count == 3)
    }

    @Test func theHighestAreaSpeaksForAKey() throws {
        let directory = directory([
            Seal.root, Seal.township, Seal.certificate(for: 3, by: 2, area: "522730103213"),
            Seal.certificate(for: 3, by: 1, area: "522730103"),
        ])
        let key = Pen(3).author.key
        func level(_ area: String, _ rights: Rights) -> AreaLevel? {
            directory.chain(of: key, covering: Pen.area(area), with: rights)?.leaf.area.level
        }
        #expect(level("522730103213", .write) == .township)
        #expect(level("522730103214", .write) == .township)
        #expect(level("522730104", .write) == nil)
        #expect(level("522730", .write) == nil)
    }

    @Test func onlyAChainWithTheRightCounts() {
        let directory = directory([
            Seal.root, Seal.certificate(for: 3, by: 1, area: "522730", rights: .read),
            Seal.certificate(for: 3, by: 1, area: "522730103", rights: [.read, .write]),
        ])
        let chain = directory.chain(
            of: Pen(3).author.key, covering: Pen.area("522730103"), with: .write)
        #expect(chain?.leaf.area.level == .township)
    }
}
