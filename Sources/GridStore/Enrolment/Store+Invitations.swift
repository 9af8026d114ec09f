// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
package import GridLog

/// The invitations of this node. Whoever writes is the folder's one writer. What cannot be done is
/// thrown as an `InvitationRefusal`, and changes nothing.
extension Store {
    /// Settled ones are kept for so long after the end of their code's life.
    private static let keptMilliseconds: Int64 = 90 * 86_400_000

    /// All that are kept, the newest first.
    package func invitations() throws -> [Invitation] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM invitations ORDER BY made_at DESC, id"
            ).map { try Self.invitation($0) }
        }
    }

    /// Keeps a new one, and lets go of those that were settled long ago.
    package func add(_ invitation: Invitation) throws {
        try write { database in
            try database.execute(
                sql: "DELETE FROM invitations WHERE state <> 'waiting' AND expires_at < ?",
                arguments: [Int64(clamping: invitation.madeAt) - Self.keptMilliseconds])
            let open = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM invitations WHERE state = 'open' AND expires_at > ?",
                arguments: [Int64(clamping: invitation.madeAt)])
            guard open ?? 0 < ProtocolLimits.invitationsOpenMax else {
                throw InvitationRefusal.tooMany
            }
            let isTaken = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM invitations WHERE id = ? OR secret = ?)",
                arguments: [invitation.id, Data(invitation.secret.array)])
            guard isTaken == false else { throw InvitationRefusal.idTaken }
            try database.execute(
                sql: """
                    INSERT INTO invitations (id, secret, name, area, made_at, expires_at, state)
                    VALUES (?, ?, ?, ?, ?, ?, 'open')
                    """,
                arguments: [
                    invitation.id, Data(invitation.secret.array), invitation.name,
                    invitation.area.description, Int64(clamping: invitation.madeAt),
                    Int64(clamping: invitation.expiresAt),
                ])
        }
    }

    /// Binds an open invitation to the key that has used its code. One that is not open stays as it
    /// is: the first key has it for ever.
    package func claim(_ id: String, by guest: Invitation.Guest) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE invitations SET state = 'waiting', key = ?, said_name = ?,
                        software = ?, remote = ?, asked_at = ?
                    WHERE id = ? AND state = 'open'
                    """,
                arguments: [
                    Data(guest.key.bytes.array), guest.name, guest.software, guest.remote,
                    Int64(clamping: guest.askedAt), id,
                ])
        }
    }

    /// Ends one that is open or waits.
    package func withdraw(_ id: String, now: UInt64) throws -> Invitation {
        try settle(id, from: [.open, .waiting], to: .withdrawn, now: now)
    }

    /// Decides against one that waits.
    package func reject(_ id: String, reason: String, now: UInt64) throws -> Invitation {
        try settle(id, from: [.waiting], to: .rejected, now: now, reason: reason)
    }

    /// Decides for one that waits: the certificate is to be fetched by its guest, and written into
    /// lane 0 by the daemon.
    ///
    /// - Parameter chain: its last certificate is the guest's.
    package func approve(_ id: String, chain: VerifiedChain, now: UInt64) throws -> Invitation {
        try settle(id, from: [.waiting], to: .approved, now: now, chain: chain)
    }

    private func settle(
        _ id: String, from states: [Invitation.State], to state: Invitation.State, now: UInt64,
        reason: String? = nil, chain: VerifiedChain? = nil
    ) throws -> Invitation {
        try write { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM invitations WHERE id = ?", arguments: [id])
            guard var invitation = try row.map({ try Self.invitation($0) }) else {
                throw InvitationRefusal.unknown(id)
            }
            guard states.contains(invitation.state) else {
                throw InvitationRefusal.wrongState(id, invitation.state)
            }
            if let chain {
                guard chain.leaf.subject == invitation.guest?.key,
                    chain.leaf.area == invitation.area
                else { throw InvitationRefusal.otherCertificate }
                try Self.insert(chain.leaf, waiting: true, in: database)
                invitation.chain = CertificateChain(chain.certificates)
            }
            invitation.state = state
            invitation.decidedAt = now
            invitation.reason = reason
            try database.execute(
                sql: """
                    UPDATE invitations SET state = ?, decided_at = ?, reason = ?, chain = ?
                    WHERE id = ?
                    """,
                arguments: [
                    state.rawValue, Int64(clamping: now), reason,
                    invitation.chain.map { Data($0.encoded) }, id,
                ])
            return invitation
        }
    }

    static func invitation(_ row: Row) throws -> Invitation {
        guard let secret = Bytes32(try row.bytes("secret")),
            let state = Invitation.State(rawValue: try row.cell("state"))
        else { throw StoreFailure.damaged(what: "invitations") }
        var invitation = Invitation(
            id: try row.cell("id"), secret: secret, name: try row.cell("name"),
            area: try AreaCode(parsing: row.cell("area", as: String.self)),
            madeAt: UInt64(clamping: try row.cell("made_at", as: Int64.self)),
            expiresAt: UInt64(clamping: try row.cell("expires_at", as: Int64.self)))
        invitation.state = state
        invitation.decidedAt = try time("decided_at", in: row)
        invitation.reason = try optional("reason", in: row)
        if let key = try optional("key", in: row, as: Data.self).flatMap({ Bytes32($0) }) {
            invitation.guest = Invitation.Guest(
                key: PublicKey(key), name: try optional("said_name", in: row) ?? "",
                software: try optional("software", in: row) ?? "",
                remote: try optional("remote", in: row) ?? "",
                askedAt: try time("asked_at", in: row) ?? 0)
        }
        invitation.replaces = try optional("replaces", in: row, as: Data.self).map {
            try Certificate(decoding: Array($0))
        }
        invitation.chain = try optional("chain", in: row, as: Data.self).map {
            try CertificateChain(decoding: Array($0))
        }
        return invitation
    }

    private static func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String, in row: Row, as type: Value.Type = Value.self
    ) throws -> Value? {
        let value: DatabaseValue = row[column]
        return value.isNull ? nil : try row.cell(column)
    }

    private static func time(_ column: String, in row: Row) throws -> UInt64? {
        try optional(column, in: row, as: Int64.self).map { UInt64(clamping: $0) }
    }

    /// The code by which this folder's node is joining, as bytes; nil where it is not.
    package func joiningCode() throws -> [UInt8]? {
        try read { try Self.meta("joining", in: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Remembers the code by which the node is joining; nil when it has joined.
    package func setJoiningCode(_ code: [UInt8]?) throws {
        try write { try Self.setMeta("joining", code ?? [], in: $0) }
    }
}
