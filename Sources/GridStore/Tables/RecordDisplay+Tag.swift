// SPDX-License-Identifier: Apache-2.0

import GridCore

extension RecordDisplay {
    /// What tells this state of the record from every other, on all nodes alike: 32 hexadecimal
    /// digits of the digest by which tables are compared.
    package func tag() throws -> String {
        String(try Store.digest(of: state).description.prefix(32))
    }
}
