// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog

extension ReplicaBatch {
    /// The id that a record gets if it is the first that the next local write of a domain creates.
    package func nextRecordID(in domain: Domain) -> RecordID {
        let identity = LogIdentity(key: replica.author.key, nonce: replica.nonce, domain: domain)
        let height = state(of: domain).log(identity).height
        return RecordNaming.id(
            createdAt: Dot(log: identity.log, sequence: height + 1), index: 0)
    }
}
