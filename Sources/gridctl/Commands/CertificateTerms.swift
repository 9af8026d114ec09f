// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCodec
import GridCore
import GridLog

/// What a certificate says besides whose it is and for which area.
struct CertificateTerms: ParsableArguments {
    @Option(help: "岗位 / the post that holds the key") var post = ""
    @Option(help: "有效天数,0 为不限 / days of validity, 0 for no end") var days: UInt64 = 0
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
        guard days <= Self.daysMax else {
            throw ValidationError("--days 最多 \(Self.daysMax) / --days is at most \(Self.daysMax)")
        }
        _ = try named()
    }

    /// Milliseconds since 1970; 0 for no end.
    func validUntil(from now: UInt64) -> UInt64 { days == 0 ? 0 : now + days * 86_400_000 }

    func rights(for area: AreaCode) throws -> Rights {
        try named() ?? (area.level == .village ? [.write, .read] : .all)
    }

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
