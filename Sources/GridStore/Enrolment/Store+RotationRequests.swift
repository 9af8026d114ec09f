// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCore
package import GridLog

/// Requests of certified nodes for another key. They wait for people among those of nodes that join.
extension Store {
    /// The request that was made by these bytes before; nil where none was.
    package func rotation(_ request: RotationRequest) throws -> Invitation? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM invitations WHERE secret = ? AND replaces IS NOT NULL",
                arguments: [Data(request.digest.array)]
            ).map { try Self.invitation($0) }
        }
    }

    /// Keeps a genuine request until people decide; it takes the place of one by the same key that
    /// still waits, so that a key never has more than one.
    ///
    /// - Parameters:
    ///   - certificate: the replaced key's.
    ///   - remote: where it came from.
    ///   - dice: 4 bytes of its id.
    ///   - now: milliseconds since 1970.
    package func add(
        _ request: RotationRequest, replacing certificate: Certificate, from remote: String,
        dice: [UInt8], now: UInt64
    ) throws -> Invitation {
        var invitation = Invitation(
            id: Invitation.id(dice: dice), secret: request.digest, name: certificate.name,
            area: certificate.area, madeAt: now, expiresAt: now)
        invitation.state = .waiting
        invitation.guest = Invitation.Guest(
            key: request.key, name: certificate.name, software: request.software, remote: remote,
            askedAt: now)
        invitation.replaces = certificate
        try write { [invitation] database in
            for other in try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM invitations WHERE state = 'waiting' AND replaces IS NOT NULL
                    """
            ).map({ try Self.invitation($0) })
            where other.replaces?.subject == certificate.subject {
                try database.execute(
                    sql: "DELETE FROM invitations WHERE id = ?", arguments: [other.id])
            }
            let isTaken = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM invitations WHERE id = ? OR secret = ?)",
                arguments: [invitation.id, Data(invitation.secret.array)])
            guard isTaken == false else { throw InvitationRefusal.idTaken }
            try database.execute(
                sql: """
                    INSERT INTO invitations (
                        id, secret, name, area, made_at, expires_at, state, key, said_name,
                        software, remote, asked_at, replaces)
                    VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    invitation.id, Data(invitation.secret.array), invitation.name,
                    invitation.area.description, Int64(clamping: now), Int64(clamping: now),
                    Data(request.key.bytes.array), certificate.name, request.software, remote,
                    Int64(clamping: now), Data(certificate.encoded),
                ])
        }
        return invitation
    }
}
