// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridSync

/// What a peer says in a frame, what a stranger says of itself or asks for, and what people paste as a
/// code: each has one form.
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
        if let redaction = try? Redaction(decoding: input) {
            expect(redaction.encoded == input, "\(redaction) has two forms")
            _ = redaction.hasValidSignature
        }
        if let restatement = try? Restatement(decoding: input) {
            expect(restatement.encoded == input, "\(restatement) has two forms")
        }
        if let certificate = try? Certificate(decoding: input) {
            expect(certificate.encoded == input, "\(certificate) has two forms")
            verify(CertificateChain([certificate]))
        }
        enrolment(input)
    }

    private static func enrolment(_ input: [UInt8]) {
        if let request = try? JoinRequest(decoding: input) {
            expect(request.encoded == input, "\(request) has two forms")
        }
        if let answer = try? JoinAnswer(decoding: input) {
            expect(answer.encoded == input, "\(answer) has two forms")
            if case .approved(let chain, _) = answer { verify(chain) }
        }
        if let code = try? InvitationCode(decoding: input) {
            expect(code.encoded == input, "\(code) has two forms")
        }
        let text = String(decoding: input, as: UTF8.self)
        if let bytes = try? CodeText.bytes(of: text) {
            let again = try? CodeText.bytes(of: CodeText.compact(bytes))
            expect(again == bytes, "\(bytes) is another text's bytes")
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
