// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog

extension Store {
    /// What tells this state of a record from every other, within this folder: 32 hexadecimal digits.
    ///
    /// It is keyed with a secret of the folder. Whoever has it could else try values of a masked field
    /// until the digest fits.
    package func tag(of display: RecordDisplay) throws -> String {
        var input = ByteWriter(reserving: 64)
        input.raw(tagKey)
        input.raw(try Self.digest(of: display.state))
        return String(Hashing.digest(input.bytes, personal: .tag).description.prefix(32))
    }

    /// Makes the key where there is none yet.
    static func tagKey(_ database: Database) throws -> [UInt8] {
        if let key = try meta("tag_key", in: database) { return key }
        let key = try Data.fetchOne(database, sql: "SELECT randomblob(32)").map { Array($0) }
        guard let key, key.count == 32 else {
            throw StoreFailure.damaged(what: "SQLite gave no random bytes")
        }
        try setMeta("tag_key", key, in: database)
        return key
    }
}
