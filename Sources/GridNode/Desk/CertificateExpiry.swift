// SPDX-License-Identifier: Apache-2.0

import GridLog

/// How near the last day of a certificate is. It is said and nothing more: an expired certificate
/// works as before (Protocol/certificates.md, "Dates").
enum CertificateExpiry: Equatable {
    case none
    /// Ends in so many days, counted down to 0.
    case soon(days: UInt64)
    case past(days: UInt64)

    private static let dayMilliseconds: UInt64 = 86_400_000
    /// So many days before the last one it is spoken of.
    static let noticeDays: UInt64 = 30

    /// - Parameter now: milliseconds since 1970.
    init(_ certificate: Certificate, at now: UInt64) {
        let end = certificate.expiry
        if now > end {
            self = .past(days: (now - end) / Self.dayMilliseconds)
        } else if (end - now) / Self.dayMilliseconds < Self.noticeDays {
            self = .soon(days: (end - now) / Self.dayMilliseconds)
        } else {
            self = .none
        }
    }

    /// The stable word for it.
    var word: String {
        switch self {
        case .none: "valid"
        case .soon: "expires_soon"
        case .past: "expired"
        }
    }
}
