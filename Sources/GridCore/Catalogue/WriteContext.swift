// SPDX-License-Identifier: Apache-2.0

/// What a check of a write knows of the world around the values.
package struct WriteContext: Sendable {
    /// The area in which the record lives.
    package let area: AreaCode
    /// What has become of area codes. Those of areas that are one with it now are as good.
    package var areas = AreaMap()
    /// Whether the record is made now, and not there already.
    package var isNew = false
    /// Today in China, in days since 1970-01-01.
    package let today: Int32
    /// Milliseconds since 1970-01-01T00:00Z.
    package let now: Int64

    package init(area: AreaCode, today: Int32, now: Int64) {
        self.area = area
        self.today = today
        self.now = now
    }

    /// Whether a code lies in the area of the record. One that was there before a part of its village
    /// went into another lies in both; a new one in that from which it was not taken.
    func contains(_ code: AreaCode) -> Bool {
        func lies(in village: AreaCode) -> Bool {
            areas.family(of: village).contains { $0.contains(code) }
        }
        guard area.level == .village, let village = code.ancestor(at: .village) else {
            return area.contains(code) || lies(in: area)
        }
        // An old code of a grid that went stands for its new one.
        let isHere = areas.place(of: village, grid: code) == areas.current(area)
        if isNew { return isHere }
        return isHere || lies(in: area) || areas.heirs(of: area).contains(where: lies)
    }

    /// The day of `now` in China is today.
    package init(area: AreaCode, now: Int64) {
        self.init(area: area, today: ChinaTime.day(of: now), now: now)
    }
}
