// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridLog

/// A code that this node has given out, and what became of it (Protocol/enrolment.md).
package struct Invitation: Hashable, Sendable {
    package enum State: String, Sendable {
        /// Nobody has used it.
        case open
        /// A key has used it, and people have to decide.
        case waiting
        case approved
        case rejected
        case withdrawn
    }

    /// Who has used the code.
    package struct Guest: Hashable, Sendable {
        package let key: PublicKey
        /// What it calls itself, for people; may be empty.
        package let name: String
        package let software: String
        /// The address it called from.
        package let remote: String
        /// Milliseconds since 1970.
        package let askedAt: UInt64

        package init(
            key: PublicKey, name: String, software: String, remote: String, askedAt: UInt64
        ) {
            self.key = key
            self.name = name
            self.software = software
            self.remote = remote
            self.askedAt = askedAt
        }
    }

    /// Six characters, for people.
    package let id: String
    /// See `InvitationCode.digest(ofSecret:)`.
    package let secret: Bytes32
    package let name: String
    package let area: AreaCode
    /// Milliseconds since 1970.
    package let madeAt: UInt64
    /// Milliseconds since 1970; after it nobody may use the code who has not used it before.
    package let expiresAt: UInt64
    package internal(set) var state = State.open
    package internal(set) var decidedAt: UInt64?
    package internal(set) var reason: String?
    package internal(set) var guest: Guest?
    /// The certificate of the key whose place the guest's is to take; nil where it joins.
    package internal(set) var replaces: Certificate?
    /// What the guest fetches; nil until it is approved.
    package internal(set) var chain: CertificateChain?

    /// An id of four bytes that nobody needs to guess.
    static func id(dice: some Collection<UInt8>) -> String {
        let number = dice.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return String(RecordID(high: number << 34, low: 0).description.prefix(6))
    }

    /// Whether it was never used and no longer can be.
    package func isExpired(at now: UInt64) -> Bool { state == .open && now > expiresAt }
}

/// What an invitation is made of, besides who makes it.
package struct InvitationDraft: Sendable {
    package let name: String
    package let area: AreaCode
    /// Where this node takes calls.
    package let addresses: [InvitationCode.Address]
    /// Life in seconds.
    package let seconds: UInt64

    package init(
        name: String, area: AreaCode, addresses: [InvitationCode.Address], seconds: UInt64
    ) {
        self.name = name
        self.area = area
        self.addresses = addresses
        self.seconds = seconds
    }

    /// Makes the code, and what is kept of it.
    ///
    /// - Parameters:
    ///   - office: the certificate in whose area the new node will be.
    ///   - root: the root that the new node pins.
    ///   - called: the key of this node.
    ///   - dice: 20 bytes that nobody can guess: 16 of the secret, 4 of the id.
    ///   - now: milliseconds since 1970.
    package func invitation(
        by office: Certificate, root: PublicKey, called: PublicKey, dice: [UInt8], now: UInt64
    ) throws(InvitationRefusal) -> (code: InvitationCode, invitation: Invitation) {
        precondition(dice.count == 20, "\(dice.count) bytes of dice")
        guard office.rights.contains(.certify) else { throw .mayNotCertify }
        guard area.level <= .village, office.area.contains(area) else {
            throw .outsideArea(area, office.area)
        }
        guard (1...ProtocolLimits.certificateNameBytesMax).contains(name.utf8.count),
            !name.utf8.contains(0)
        else { throw .badName }
        guard (1...ProtocolLimits.invitationAddressesMax).contains(addresses.count) else {
            throw .badAddresses
        }
        guard (60...UInt64(ProtocolLimits.invitationDaysMax) * 86_400).contains(seconds) else {
            throw .badLifetime
        }
        let expiresAt = now + seconds * 1000
        let secret = Array(dice.prefix(InvitationCode.secretBytes))
        let code = InvitationCode(
            root: root, called: called, secret: secret, expires: expiresAt / 60_000,
            addresses: addresses)
        return (
            code,
            Invitation(
                id: Invitation.id(dice: dice.suffix(4)),
                secret: InvitationCode.digest(ofSecret: secret), name: name,
                area: area, madeAt: now, expiresAt: expiresAt)
        )
    }
}

/// Why something was not done with an invitation.
package enum InvitationRefusal: Error, Hashable, Sendable {
    case mayNotCertify
    case outsideArea(AreaCode, AreaCode)
    case badName
    case badAddresses
    case badLifetime
    /// Too many are open.
    case tooMany
    /// The dice gave an id that is there already.
    case idTaken
    case unknown(String)
    case wrongState(String, Invitation.State)
    /// The certificate is not for the key, or the area, of the request.
    case otherCertificate
}
