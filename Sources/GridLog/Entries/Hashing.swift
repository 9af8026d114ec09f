// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridCrypto

/// What is hashed: one personalization string per kind of object, so that no two kinds can be
/// taken for each other (BLAKE2b's own parameter, RFC 7693 and the BLAKE2 paper §2.8).
package enum HashPurpose: Sendable {
    case log, replica, entry, values, salt, record, name, certificate, frontier, table, cutOff
    case code, secret, words, receipt, redaction, restatement, token, request, rotation
    case succession, tag, branch, audit, auditPlace, auditStanding, areaChange

    fileprivate var personalization: Personalization {
        switch self {
        case .log: Personalization("onegrid/log/1")
        case .replica: Personalization("onegrid/repl/1")
        case .entry: Personalization("onegrid/entry/1")
        case .values: Personalization("onegrid/values/1")
        case .salt: Personalization("onegrid/salt/1")
        case .record: Personalization("onegrid/record/1")
        case .name: Personalization("onegrid/name/1")
        case .certificate: Personalization("onegrid/cert/1")
        case .frontier: Personalization("onegrid/front/1")
        case .table: Personalization("onegrid/table/1")
        case .cutOff: Personalization("onegrid/cut/1")
        case .code: Personalization("onegrid/code/1")
        case .secret: Personalization("onegrid/secret/1")
        case .words: Personalization("onegrid/words/1")
        case .receipt: Personalization("onegrid/recpt/1")
        case .redaction: Personalization("onegrid/redac/1")
        case .restatement: Personalization("onegrid/rstat/1")
        case .token: Personalization("onegrid/token/1")
        case .request: Personalization("onegrid/reqst/1")
        case .rotation: Personalization("onegrid/rotate/1")
        case .succession: Personalization("onegrid/succ/1")
        case .tag: Personalization("onegrid/etag/1")
        case .branch: Personalization("onegrid/branch/1")
        case .audit: Personalization("onegrid/audit/1")
        case .auditPlace: Personalization("onegrid/aplac/1")
        case .auditStanding: Personalization("onegrid/astnd/1")
        case .areaChange: Personalization("onegrid/area/1")
        }
    }
}

/// BLAKE2b as this project uses it (Protocol/entries.md, "Hashes").
package enum Hashing {
    package static func digest(_ input: [UInt8], personal purpose: HashPurpose) -> Bytes32 {
        input.withUnsafeBytes { digest($0, personal: purpose) }
    }

    package static func digest(
        _ input: UnsafeRawBufferPointer, personal purpose: HashPurpose, salt: Salt? = nil
    ) -> Bytes32 {
        Bytes32 { output in
            guard let salt else {
                Blake2b.hash(input, into: output, personal: purpose.personalization)
                return
            }
            salt.withBytes {
                Blake2b.hash(input, into: output, salt: $0, personal: purpose.personalization)
            }
        }
    }

    /// The two big-endian words of a BLAKE2b-128.
    static func words(
        _ input: [UInt8], personal purpose: HashPurpose
    ) -> (high: UInt64, low: UInt64) {
        var raw: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &raw) { output in
            input.withUnsafeBytes {
                Blake2b.hash($0, into: output, personal: purpose.personalization)
            }
        }
        return (raw.0.bigEndian, raw.1.bigEndian)
    }

    /// The four 16-byte salts of one BLAKE2b-512 keyed with the seed.
    static func saltBlock(
        seed: Salt, block: UInt64
    ) -> (Salt, Salt, Salt, Salt) {
        var output: (Salt, Salt, Salt, Salt) = (.zero, .zero, .zero, .zero)
        let input = block.littleEndian
        withUnsafeMutableBytes(of: &output) { output in
            withUnsafeBytes(of: input) { input in
                seed.withBytes {
                    Blake2b.hash(
                        input, into: output, key: $0, personal: HashPurpose.salt.personalization)
                }
            }
        }
        return output
    }
}
