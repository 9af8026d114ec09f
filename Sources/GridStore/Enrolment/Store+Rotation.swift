// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridCrypto
package import GridLog
import GridSync

/// A change of this folder's key that was granted (Protocol/rotation.md).
package struct PreparedRotation: Hashable, Sendable {
    /// The new key's.
    package let chain: CertificateChain
    /// The old key's last word, signed while its secret is still there.
    package let succession: Succession

    package init(chain: CertificateChain, succession: Succession) {
        self.chain = chain
        self.succession = succession
    }
}

/// The steps by which a folder goes on under another key. Each is durable on return, and whatever
/// ends in between is gone on with, or begun again, by the next call:
///
/// 1. `prepare`: the folder is still the old key's, and may go on writing under it; then it is
///    prepared anew, for the logs are longer.
/// 2. The new key's file takes the place of the old one's. From here on there is no way back.
/// 3. `carryOutRotation`, by whoever opens the folder next: a new replica of the new key.
/// 4. The succession is written into the log, from where the office learns it.
extension Store {
    /// Keeps what a rotation will need once the old key's secret is gone.
    package func prepare(_ rotation: PreparedRotation) throws {
        var writer = ByteWriter()
        writer.block(rotation.chain.encoded)
        writer.block(rotation.succession.encoded)
        try write { try Self.setMeta("rotation", writer.bytes, in: $0) }
    }

    /// The rotation that was prepared last and not carried out.
    package func preparedRotation() throws -> PreparedRotation? {
        guard let bytes = try read({ try Self.meta("rotation", in: $0) }), !bytes.isEmpty else {
            return nil
        }
        var reader = ByteReader(bytes)
        let chain = try CertificateChain(
            decoding: reader.block(max: ProtocolLimits.joinAnswerBytesMax))
        let succession = try Succession(
            decoding: reader.block(max: ProtocolLimits.cutOffBytesMax))
        return PreparedRotation(chain: chain, succession: succession)
    }

    /// Makes the folder that of a key whose rotation was prepared, as a new replica; nothing where
    /// none is due.
    ///
    /// - Parameter key: that of the folder's key file.
    /// - Returns: who the node is now; nil where nothing was done.
    package func carryOutRotation(to key: PublicKey) throws -> NodeRecord? {
        guard let rotation = try preparedRotation(), rotation.succession.key == key,
            var node = try node(), let root = node.chain?.certificates.first?.subject
        else { return nil }
        let chain = try VerifiedChain.verify(rotation.chain, root: root)
        node.chain = chain
        node.name = chain.leaf.name
        node.nonce = .random()
        // First, so that the database is never behind a ledger of the same replica.
        try HeadLedger(folder).begin(
            as: LogIdentity.replica(key: key, nonce: node.nonce), in: node.area)
        try write { [node] database in
            try Self.setNode(node, in: database)
            try Self.setMeta("succession", rotation.succession.encoded, in: database)
            try Self.setMeta("rotation", [], in: database)
            try forgetFolderKeys(except: key, in: database)
        }
        return node
    }

    /// The last word of this folder's former key, as long as it does not stand in a log.
    package func waitingSuccession() throws -> Succession? {
        guard let bytes = try read({ try Self.meta("succession", in: $0) }), !bytes.isEmpty else {
            return nil
        }
        return try Succession(decoding: bytes)
    }

    func forgetSuccession() throws {
        try write { try Self.setMeta("succession", [], in: $0) }
    }

    /// Successions that stand in the logs of the keys that they name as new, ascending by record.
    /// Those that are none, or that somebody else wrote, are left out; the signatures within are not
    /// looked at.
    func successions() throws -> [Succession] {
        try read { database in
            let references = try references(database)
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM other_records WHERE collection = ? ORDER BY id",
                arguments: [SystemCollection.successions])
            let field = FieldKey(
                field: SystemCollection.successionBytesField, family: .assigned)
            return try rows.flatMap { row -> [Succession] in
                let state = try otherState(row, references: references)
                guard case .register(let register) = state[field] else { return [] }
                return try register.siblings.compactMap { sibling in
                    guard case .bytes(let bytes) = sibling.value,
                        let succession = try? Succession(decoding: bytes),
                        let number = references[sibling.dot.log],
                        try references.identity(number).key == succession.key
                    else { return nil }
                    return succession
                }
            }
        }
    }
}
