// SPDX-License-Identifier: Apache-2.0

/// Options that a greeting may offer, one bit each (Protocol/messages.md, "Greeting").
package enum Feature {
    /// The side takes receipts.
    package static let receipts: UInt64 = 1
    /// It lacks one for something that the other has acknowledged.
    package static let receiptWanted: UInt64 = 2
    /// It takes word of logs that have ended, and of having been cut off.
    package static let endedLogs: UInt64 = 4
    /// It helps to find where a log was forked, and takes proofs of it.
    package static let forks: UInt64 = 8
    /// It answers audits.
    package static let audit: UInt64 = 16
    /// It lets lanes wait that the other does not take now.
    package static let lanes: UInt64 = 32
    /// It takes words of offices that do not stand in lane 0 any more.
    package static let words: UInt64 = 64
}
