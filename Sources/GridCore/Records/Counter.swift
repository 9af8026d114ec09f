// SPDX-License-Identifier: Apache-2.0

/// A sum of signed increments, kept per log so that two states can be joined. Arithmetic wraps
/// at 64 bits: overflow must not depend on the order of arrival.
package struct Counter: Hashable, Sendable {
    package struct Share: Hashable, Sendable {
        package let log: LogID
        package var sum: Int64

        package init(log: LogID, sum: Int64) {
            self.log = log
            self.sum = sum
        }
    }

    /// Ascending by log.
    package private(set) var shares: [Share]

    package init(shares: [Share] = []) { self.shares = shares }

    package var value: Int64 { shares.reduce(0) { $0 &+ $1.sum } }

    package mutating func increment(by amount: Int64, log: LogID) {
        if let index = shares.firstIndex(where: { $0.log == log }) {
            shares[index].sum = shares[index].sum &+ amount
        } else {
            shares.insertSorted(Share(log: log, sum: amount)) { $0.log < $1.log }
        }
    }

    /// Takes for each log the share of the side that knows more of it.
    package mutating func merge(
        _ other: Counter, context: VersionVector, otherContext: VersionVector
    ) {
        for share in other.shares {
            if let index = shares.firstIndex(where: { $0.log == share.log }) {
                if otherContext[share.log] > context[share.log] { shares[index] = share }
            } else {
                shares.insertSorted(share) { $0.log < $1.log }
            }
        }
    }
}
