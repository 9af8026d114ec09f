// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What a list of acts is narrowed by, as it came.
package struct AuditRequest: Sendable {
    package var since: String?
    package var act: String?
    package var area: String?
    package var after: String?
    package var limit = 100

    package init() {}
}

extension Desk {
    /// The audit trail of all nodes whose logs are here, newest first.
    package func audit(_ request: AuditRequest) throws -> JSONValue {
        let filter = try filter(request)
        do {
            let page = try engine.store.audit(where: filter)
            return Self.answer(
                "audit",
                [
                    "items": .list(page.items.map(auditItem)),
                    "next": page.next.map { .text($0.description) } ?? .null,
                ])
        } catch is AuditPlaceUnknown {
            throw Self.badQuery(
                "bad_after", of: "after", chinese: "上一页的 next", english: "the next of a page")
        }
    }

    private func auditItem(_ item: AuditItem) -> JSONValue {
        let (entry, words) = (item.entry, AuditWords.of(item.entry.act))
        return .object([
            "id": .text(item.id.description), "act": .text(entry.act.rawValue),
            "zh": .text(words.chinese), "en": .text(words.english), "who": .text(entry.who),
            "author": author(item.key), "home": .text(item.home.description),
            "object": .text(entry.object), "area": .text(entry.area.description),
            "reason": .text(entry.reason), "at": Self.time(entry.time),
            "stamp": Self.time(item.stamp), "details": .object(entry.details.mapValues(\.json)),
            "altered": .boolean(item.isAltered),
        ])
    }

    private func filter(_ request: AuditRequest) throws -> AuditFilter {
        var filter = AuditFilter()
        if let text = request.since {
            guard let time = ChinaTime.milliseconds(parsing: text), time >= 0 else {
                throw Self.badQuery(
                    "bad_since", of: "since", chinese: "日期或时间", english: "a date or a time")
            }
            filter.since = UInt64(time)
        }
        filter.act = request.act.map { AuditAct(rawValue: $0) }
        if let text = request.area {
            guard let area = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            filter.area = areas.current(area)
            filter.formerAreas = Set(areas.former(in: area))
        }
        if let text = request.after {
            guard let id = RecordID(parsing: text) else {
                throw Self.badQuery(
                    "bad_after", of: "after", chinese: "上一页的 next", english: "the next of a page")
            }
            filter.after = id
        }
        guard (1...AuditFilter.limitMax).contains(request.limit) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(AuditFilter.limitMax)。",
                english: "limit is 1...\(AuditFilter.limitMax).")
        }
        filter.limit = request.limit
        return filter
    }

    private static func badQuery(
        _ code: String, of name: String, chinese: String, english: String
    ) -> DeskRefusal {
        DeskRefusal(
            .malformed, code, chinese: "\(name) 应为\(chinese)。",
            english: "\(name) is \(english).")
    }
}
