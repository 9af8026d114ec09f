// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// What a peer says in a frame, and what a stranger says of itself: each has one form.
enum MessagesHarness {
    static func test(_ input: [UInt8]) {
        if let message = try? SyncMessage(decoding: input) {
            expect(message.encoded == input, "\(message) has two forms")
        }
        if let greeting = try? Greeting(decoding: input) {
            expect(greeting.encoded == input, "\(greeting) has two forms")
            if case .chain(let chain) = greeting.credential { verify(chain) }
        }
        if let chain = try? CertificateChain(decoding: input) {
            expect(chain.encoded == input, "\(chain) has two forms")
            verify(chain)
        }
        if let certificate = try? Certificate(decoding: input) {
            expect(certificate.encoded == input, "\(certificate) has two forms")
            verify(CertificateChain([certificate]))
        }
    }

    /// No link of a verified chain gives more than the one before it has.
    private static func verify(_ chain: CertificateChain) {
        guard let first = chain.certificates.first,
            let verified = try? VerifiedChain.verify(chain, root: first.subject)
        else { return }
        for (parent, child) in zip(verified.certificates, verified.certificates.dropFirst()) {
            expect(
                parent.area.contains(child.area) && parent.rights.isSuperset(of: child.rights),
                "\(child) is more than \(parent)")
        }
    }
}
