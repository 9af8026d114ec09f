// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCodec
import GridCore
import GridLog

/// What a certificate says besides whose it is and for which area.
struct CertificateTerms: ParsableArguments {
    @Option(help: "岗位 / the post that holds the key") var post = ""
    @Option(help: "任职人姓名 / who holds the post") var holder = ""
    @Option(help: "有效天数,0 为不限 / days of validity, 0 for no end") var days: UInt64?
    @Option(help: "权限 / rights: write,read,certify,redact") var rights: String?

    /// A hundred years.
    private static let daysMax: UInt64 = 36_500

    /// Says what is wrong with them before anything is asked or opened.
    func check() throws {
        guard post.utf8.count <= ProtocolLimits.certificateNameBytesMax, !post.utf8.contains(0)
        else {
            throw CommandFailure(
                .badData, "岗位名称太长,最多 40 个字。",
                "a post has at most \(ProtocolLimits.certificateNameBytesMax) bytes")
        }
        guard holder.utf8.count <= ProtocolLimits.certificateNameBytesMax,
            !holder.utf8.contains(0)
        else {
            throw CommandFailure(
                .badData, "任职人姓名太长,最多 40 个字。",
                "a holder has at most \(ProtocolLimits.certificateNameBytesMax) bytes")
        }
        guard days ?? 0 <= Self.daysMax else {
            throw ValidationError("--days 最多 \(Self.daysMax) / --days is at most \(Self.daysMax)")
        }
        _ = try named()
    }

    /// Milliseconds since 1970; 0 for no end.
    func validUntil(from now: UInt64) -> UInt64 { Self.end(after: days ?? 0, from: now) }

    /// The last millisecond of what takes an earlier certificate's place: as long as that was to
    /// last, unless days are given.
    func validUntil(after earlier: Certificate, from now: UInt64) -> UInt64 {
        if let days { return Self.end(after: days, from: now) }
        guard earlier.validUntil != 0 else { return 0 }
        return now &+ (earlier.validUntil &- min(earlier.validFrom, earlier.validUntil))
    }

    private static func end(after days: UInt64, from now: UInt64) -> UInt64 {
        days == 0 ? 0 : now + days * 86_400_000
    }

    func rights(for area: AreaCode) throws -> Rights {
        try named() ?? (area.level == .village ? [.write, .read] : .all)
    }

    /// Those that are named; else those of an earlier certificate.
    func rights(after earlier: Certificate) throws -> Rights { try named() ?? earlier.rights }

    private func named() throws -> Rights? {
        guard let text = self.rights else { return nil }
        let rights = try text.split(separator: ",").reduce(into: Rights()) { rights, word in
            switch word {
            case "write": rights.insert(.write)
            case "read": rights.insert(.read)
            case "certify": rights.insert(.certify)
            case "redact": rights.insert(.redact)
            default: throw ValidationError("没有权限 \(word) / no such right: \(word)")
            }
        }
        guard !rights.isEmpty else {
            throw ValidationError("--rights 至少要一项 / --rights names at least one right")
        }
        return rights
    }
}
