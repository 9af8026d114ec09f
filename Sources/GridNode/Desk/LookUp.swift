// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore
import GridSync
import Synchronization

/// A look-up by the whole value of a sensitive field that the audit trail has. Only the desk makes
/// one.
package struct NotedLookUp: Sendable {
    fileprivate init() {}
}

/// How many look-ups are left: so many a minute, so that nobody tries numbers one after the other.
/// It forgets with the process.
final class LookUpAllowance: Sendable {
    /// A clerk at a counter needs fewer; to try the thousand numbers of one day's births takes a
    /// quarter of an hour and as many lines in the trail.
    static let perMinute = 60

    private struct Purse {
        var left = Double(perMinute)
        /// On a clock that only goes forward, in milliseconds.
        var at: UInt64 = 0
    }

    private let purse = Mutex(Purse())

    /// Takes some, if as many are left.
    ///
    /// - Parameter now: of a clock that only goes forward, in milliseconds.
    func take(_ wanted: Int = 1, now: UInt64) -> Bool {
        purse.withLock { purse in
            let passed = Double(now > purse.at ? now - purse.at : 0)
            purse.left = min(
                Double(Self.perMinute), purse.left + passed * Double(Self.perMinute) / 60_000)
            purse.at = max(purse.at, now)
            guard purse.left >= Double(wanted) else { return false }
            purse.left -= Double(wanted)
            return true
        }
    }
}

extension Desk {
    /// Notes that records are looked up by sensitive fields, if they are. It is in the audit trail
    /// when this returns, without the values, and there is no look-up when it cannot be written.
    ///
    /// - Returns: nil where nothing has to be noted.
    package func noteLookUp(
        _ name: String, _ request: ListRequest, caller: String
    ) async throws -> NotedLookUp? {
        let collection = try collection(name)
        let fields = request.equals.compactMap { collection.field(named: $0.field) }
            .filter { Masking.masks($0) && Masking.allowsLookup(by: $0) }
        guard !fields.isEmpty else { return nil }
        guard lookUps.take(now: WallClock.steady) else {
            throw DeskRefusal(
                .tryAgain, "too_many_look_ups",
                chinese: "按敏感号码查找太频繁(每分钟最多 \(LookUpAllowance.perMinute) 次),请稍后再试。",
                english: """
                    Too many look-ups by sensitive numbers (at most \(LookUpAllowance.perMinute) a \
                    minute); try again later.
                    """)
        }
        try await engine.note(
            AuditNote(
                .lookUp, caller: caller,
                object: "\(name)?\(fields.map(\.name).joined(separator: "&"))"))
        return NotedLookUp()
    }
}
