// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// What has become of area codes, by whose word (Protocol/area-changes.md, "Weight").
///
/// A change counts when its issuer may certify for an area that has both codes inside. Those that
/// count are taken in order, and one that contradicts what was taken before it is left out. So the
/// map is a function of the sets of certificates, cut-offs and changes.
extension CertificateDirectory {
    /// How a change stands.
    package enum AreaChangeStanding: String, Hashable, Sendable {
        case counts
        /// Another change of the same code, or to the same, comes before it; or it leads in a circle.
        case contradicted
        /// Its issuer was cut off and this was not kept, or has lost its own certificate.
        case lapsed
        /// Its issuer never had the right, as far as is known.
        case withoutWeight = "without_weight"
    }

    /// Takes in a change that arrived in any way and order. One that does not count is kept: its
    /// issuer may have a certificate on the way that gives it weight.
    ///
    /// - Returns: whether its signature holds; otherwise nothing has changed.
    @discardableResult
    package mutating func add(_ change: AreaChange) -> Bool {
        let count = areaChanges.count
        guard keep(change) else { return false }
        if areaChanges.count > count { settleAreas() }
        return true
    }

    /// Takes in all that a folder knows at once: the same as one after the other, in whatever order.
    package mutating func add(_ changes: [AreaChange]) {
        for change in changes { _ = keep(change) }
        settleAreas()
    }

    /// - Returns: whether its signature holds.
    private mutating func keep(_ change: AreaChange) -> Bool {
        let digest = change.digest
        guard !contains(digest) else { return true }
        guard change.hasValidSignature else { return false }
        note(digest)
        areaChanges.append((change, digest))
        return true
    }

    /// Every genuine change, in the order in which they are taken.
    package var allAreaChanges: [(change: AreaChange, standing: AreaChangeStanding)] {
        weighed().changes
    }

    /// How many changes are known, whether they count or not. It only grows.
    package var areaChangeCount: Int { areaChanges.count }

    /// The order that the next change has to have.
    package var nextAreaOrder: UInt64 {
        let greatest = areaChanges.map(\.change.order).max() ?? 0
        return greatest == .max ? .max : greatest + 1
    }

    /// How a change would stand.
    package func standing(of change: AreaChange) -> AreaChangeStanding? {
        weighed().changes.first { $0.change == change }?.standing
    }

    /// The map of the codes as they were on a day: changes of later days are left out.
    ///
    /// - Parameter day: in days since 1970-01-01.
    package func areas(on day: Int64) -> AreaMap {
        var map = AreaMap()
        for (change, standing) in weighed().changes
        where standing == .counts && Int64(clamping: change.day) <= day {
            _ = map.take(change.step)
        }
        return map
    }

    /// Finds out again what counts.
    mutating func settleAreas() {
        guard !areaChanges.isEmpty else { return }
        let weighed = weighed()
        var ever = AreaTies()
        for (change, standing) in weighed.changes {
            switch standing {
            case .counts: break
            case .contradicted, .lapsed: ever.hasLapsed = true
            case .withoutWeight: continue
            }
            ever.tie(change.step)
        }
        areas = weighed.areas
        formerTies = ever.hasLapsed ? ever : AreaTies()
    }

    /// Every change in its order, and the map of those that count.
    private func weighed() -> (
        changes: [(change: AreaChange, standing: AreaChangeStanding)], areas: AreaMap
    ) {
        var map = AreaMap()
        let changes =
            areaChanges.map { change, digest in (change, weight(of: change, digest), digest) }
            .sorted { left, right in
                (left.0.order, left.1.level, left.2) < (right.0.order, right.1.level, right.2)
            }
            .map { change, weight, _ in
                guard weight.standing == .counts, !map.take(change.step) else {
                    return (change, weight.standing)
                }
                return (change, AreaChangeStanding.contradicted)
            }
        return (changes, map)
    }

    private func weight(
        of change: AreaChange, _ digest: Bytes32
    ) -> (standing: AreaChangeStanding, level: AreaLevel) {
        func mayCertify(_ certificate: Certificate) -> Bool {
            certificate.rights.contains(.certify) && certificate.area.contains(change.step.from)
                && certificate.area.contains(change.step.to)
        }
        let chains = (chains[change.issuer] ?? []).filter { mayCertify($0.leaf) }
        let standing = chains.filter { keeps(CertificateReference(startOf: digest), by: $0) }
        if let level = standing.map(\.leaf.area.level).min() { return (.counts, level) }
        let former = chains.map(\.leaf) + (orphans[change.issuer] ?? []).filter(mayCertify)
        let level = former.map(\.area.level).min()
        return level.map { (.lapsed, $0) } ?? (.withoutWeight, .unit)
    }
}

/// Which villages' certificates covered which others by any change that counts or has counted
/// somewhere: what was written by such a right and has it no more ends before its first entry.
struct AreaTies: Sendable {
    var hasLapsed = false
    /// Of each village what it covered at most, itself among it: as far as any order of the changes
    /// and any choice among them could have led.
    private var covered: [AreaCode: Set<AreaCode>] = [:]

    mutating func tie(_ step: AreaMap.Step) {
        guard step.from.level == .village else { return }
        cover(step.from, by: step.to)
        if step.kind != .split { cover(step.to, by: step.from) }
    }

    func covers(_ area: AreaCode, _ home: AreaCode) -> Bool {
        area == home || covered[area]?.contains(home) ?? false
    }

    private mutating func cover(_ home: AreaCode, by area: AreaCode) {
        covered[area] = covered[area] ?? [area]
        let more = covered[home, default: [home]]
        for (each, codes) in covered where codes.contains(area) { covered[each]?.formUnion(more) }
    }
}
