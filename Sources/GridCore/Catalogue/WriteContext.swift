// SPDX-License-Identifier: Apache-2.0

/// What a check of a write knows of the world around the values.
package struct WriteContext: Sendable {
    /// The area in which the record lives.
    package let area: AreaCode
    /// Areas that are one with it now, and whose codes are as good.
    package var others: [AreaCode] = []
    /// Today in China, in days since 1970-01-01.
    package let today: Int32
    /// Milliseconds since 1970-01-01T00:00Z.
    package let now: Int64

    package init(area: AreaCode, today: Int32, now: Int64) {
        self.area = area
        self.today = today
        self.now = now
    }

    /// Whether a code lies in the area of the record.
    func contains(_ code: AreaCode) -> Bool {
        area.contains(code) || others.contains { $0.contains(code) }
    }

    /// The day of `now` in China is today.
    package init(area: AreaCode, now: Int64) {
        self.init(area: area, today: ChinaTime.day(of: now), now: now)
    }
}
