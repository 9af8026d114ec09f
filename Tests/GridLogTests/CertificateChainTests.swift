// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import Testing

struct CertificateChainTests {
    private func refusal(_ certificates: Certificate...) -> ChainRefusal? {
        refusal(certificates)
    }

    private func refusal(_ certificates: [Certificate]) -> ChainRefusal? {
        do throws(ChainRefusal) {
            _ = try VerifiedChain.verify(CertificateChain(certificates), root: Seal.rootKey)
            return nil
        } catch {
            return error
        }
    }

    /// The same claim under a signature that is not the issuer's.
    private func forged(_ certificate: Certificate) throws -> Certificate {
        var bytes = certificate.encoded
        bytes[bytes.count - 1] ^= 1
        return try Certificate(decoding: bytes)
    }

    @Test func aChainFromTheRootDownIsVerified() throws {
        let chain = CertificateChain([Seal.root, Seal.township, Seal.village(1)])
        #expect(try VerifiedChain.verify(chain, root: Seal.rootKey).leaf == Seal.village(1))
        #expect(refusal(Seal.root) == nil)
    }

    @Test func anEmptyChainProvesNothing() {
        #expect(refusal([]) == .empty)
    }

    @Test func aChainMayHaveFiveCertificatesAndNotSix() {
        let links = (2...6).map {
            Seal.certificate(for: $0, by: $0 - 1, area: "522730")
        }
        #expect(refusal([Seal.root] + links.prefix(4)) == nil)
        #expect(refusal([Seal.root] + links) == .tooLong)
    }

    @Test func anotherRootIsForeign() {
        #expect(refusal(Seal.certificate(for: 2, by: 2, area: "522730")) == .foreignRoot)
        #expect(refusal(Seal.township, Seal.village(1)) == .foreignRoot)
        #expect(refusal(Seal.certificate(for: 1, by: 2, area: "522730")) == .foreignRoot)
    }

    @Test func aWrongSignatureAnywhereIsFound() throws {
        #expect(try refusal(forged(Seal.root)) == .signatureWrong)
        #expect(try refusal(Seal.root, forged(Seal.township)) == .signatureWrong)
        #expect(
            try refusal(Seal.root, forged(Seal.township), Seal.village(1)) == .signatureWrong)
    }

    @Test func aMissingLinkBreaksTheChain() {
        #expect(refusal(Seal.root, Seal.village(1)) == .brokenLink)
    }

    @Test func whoMayNotCertifyCertifiesNobody() {
        let below = Seal.certificate(for: 30, by: 11, area: "522730103211", rights: .write)
        #expect(
            refusal(Seal.root, Seal.township, Seal.village(1), below) == .issuerMayNotCertify)
    }

    @Test(arguments: ["522730104", "522730", "522731", "522730104201"])
    func nobodyCertifiesOutsideTheirArea(area: String) {
        let wide = Seal.certificate(for: 30, by: 2, area: area)
        #expect(refusal(Seal.root, Seal.township, wide) == .areaWidened)
    }

    @Test func nobodyGivesARightTheyDoNotHave() {
        let clerk = Seal.certificate(for: 3, by: 1, area: "522730", rights: [.write, .certify])
        let below = Seal.certificate(for: 4, by: 3, area: "522730", rights: [.write, .read])
        #expect(refusal(Seal.root, clerk, below) == .rightsWidened)
    }
}
