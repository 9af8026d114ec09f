// SPDX-License-Identifier: Apache-2.0

/// The points of one village: entries, their reviews, and the balances they come to. A function of
/// the set of entries.
package struct PointsLedger: Sendable {
    package struct Entry: Hashable, Sendable {
        package let id: RecordID
        package let mark: RecordState.Mark
        package let kind: String
        package let account: RecordID?
        package let target: RecordID?
        package let rule: RecordID?
        package let delta: Int64
        package let year: Int64
        /// Who has signed it.
        package let signer: RecordID?

        package init(
            id: RecordID, mark: RecordState.Mark, kind: String, account: RecordID? = nil,
            target: RecordID? = nil, rule: RecordID? = nil, delta: Int64 = 0, year: Int64 = 0,
            signer: RecordID? = nil
        ) {
            self.id = id
            self.mark = mark
            self.kind = kind
            self.account = account
            self.target = target
            self.rule = rule
            self.delta = delta
            self.year = year
            self.signer = signer
        }
    }

    /// Why a review does not count.
    package enum Void: String, Sendable {
        case unknownTarget = "unknown_target"
        /// By whoever has submitted the entry.
        case ownReview = "own_review"
        case notLegal = "not_legal"
    }

    package struct Account: Hashable, Sendable {
        package let id: RecordID
        package let year: Int64
        package fileprivate(set) var approved: Int64 = 0
        package fileprivate(set) var redeemed: Int64 = 0
        /// Entries that wait for a review.
        package fileprivate(set) var waiting = 0
        /// The year was reset: nothing of it is left to spend.
        package fileprivate(set) var isReset = false

        /// What may be spent; below zero where two redemptions had not seen each other.
        package var balance: Int64 { isReset ? 0 : approved &- redeemed }
    }

    /// States of scores and redemptions by entry: `submitted`, `approved`, `rejected`, `revoked`.
    package private(set) var states: [RecordID: String] = [:]
    /// Reviews that do not count.
    package private(set) var voids: [RecordID: Void] = [:]
    /// Ascending by account, then year.
    package private(set) var accounts: [Account] = []

    /// - Parameter caps: the most that a rule gives an account in a year.
    package init(_ entries: [Entry], caps: [RecordID: Int64] = [:]) {
        let entries = entries.sorted { $0.mark < $1.mark }
        let scored = Dictionary(
            entries.filter { $0.kind == "score" || $0.kind == "redeem" }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        for entry in entries where entry.kind == "score" { states[entry.id] = "submitted" }
        // A redemption needs no review; it can be revoked.
        for entry in entries where entry.kind == "redeem" { states[entry.id] = "approved" }
        for entry in entries where ["approve", "reject", "revoke"].contains(entry.kind) {
            review(entry, of: entry.target.flatMap { scored[$0] })
        }
        sum(entries, caps: caps)
    }

    /// The balance of an account over all years that were not reset.
    package func balance(of account: RecordID) -> Int64 {
        accounts.filter { $0.id == account }.reduce(0) { $0 &+ $1.balance }
    }

    private mutating func review(_ entry: Entry, of target: Entry?) {
        guard let target, let state = states[target.id] else {
            voids[entry.id] = .unknownTarget
            return
        }
        guard entry.signer == nil || entry.signer != target.signer else {
            voids[entry.id] = .ownReview
            return
        }
        let move = StateMachine.points.moves.first {
            $0.action == entry.kind && $0.from.contains(state)
        }
        guard case .state(let next)? = move?.target else {
            voids[entry.id] = .notLegal
            return
        }
        states[target.id] = next
    }

    private struct Year: Hashable {
        let account: RecordID
        let year: Int64
    }

    private struct Cap: Hashable {
        let year: Year
        let rule: RecordID
    }

    private mutating func sum(_ entries: [Entry], caps: [RecordID: Int64]) {
        var found: [Year: Account] = [:]
        var given: [Cap: Int64] = [:]
        for entry in entries {
            guard let account = entry.account, let state = states[entry.id] else { continue }
            let year = Year(account: account, year: entry.year)
            var sum = found[year] ?? Account(id: account, year: entry.year)
            switch (entry.kind, state) {
            case ("score", "approved"):
                var delta = entry.delta
                if let rule = entry.rule, let cap = caps[rule], delta > 0 {
                    let key = Cap(year: year, rule: rule)
                    delta = min(delta, max(cap &- (given[key] ?? 0), 0))
                    given[key, default: 0] &+= delta
                }
                sum.approved &+= delta
            case ("score", "submitted"): sum.waiting += 1
            case ("redeem", "approved"):
                sum.redeemed &+= Int64(clamping: entry.delta.magnitude)
            default: break
            }
            found[year] = sum
        }
        // The last year that was reset, of all accounts and of each.
        var resets: [RecordID?: Int64] = [:]
        for entry in entries where entry.kind == "yearly_reset" {
            resets[entry.account] = max(resets[entry.account] ?? .min, entry.year)
        }
        for year in found.keys {
            let last = max(resets[nil] ?? .min, resets[year.account] ?? .min)
            found[year]?.isReset = year.year <= last
        }
        accounts = found.values.sorted { ($0.id, $0.year) < ($1.id, $1.year) }
    }
}
