// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore

extension Desk {
    /// For each entry of a record and each node above that has signed for it, a proof of that.
    package func proofs(_ name: String, _ id: String) throws -> JSONValue {
        let display = try display(id, in: collection(name))
        let directory = engine.current.directory
        var items: [JSONValue] = []
        for item in try engine.store.history(
            of: display.state, redactions: engine.current.redactions)
        {
            for kept in try engine.store.receipts(for: item.dot) {
                guard let chain = directory.chain(of: kept.receipt.issuer),
                    let proof = try engine.store.proof(
                        of: item.dot, by: kept.receipt, chain: CertificateChain(chain.certificates))
                else { continue }
                items.append(
                    .object([
                        "entry": .text("\(item.dot.log)#\(item.dot.sequence)"),
                        "receipt": receipt(kept), "proof": .text(Hexadecimal.text(proof.encoded)),
                    ]))
            }
        }
        return Self.answer("proofs", ["items": .list(items)])
    }

    /// What people are shown of a receipt.
    func receipt(_ kept: KeptReceipt) -> JSONValue {
        .object([
            "number": .text(kept.receipt.number), "issuer": author(kept.receipt.issuer),
            "at": Self.time(kept.receipt.time), "received_at": Self.time(kept.received),
        ])
    }
}
