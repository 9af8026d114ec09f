// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

extension Store {
    /// What one peer says in one acknowledgement.
    func recordHeld(_ rows: [SyncMessage.AckRow], by key: PublicKey) throws {
        try recordHeld([
            key: Dictionary(rows.map { ($0.log, $0.height) }, uniquingKeysWith: { $1 })
        ])
    }
}
