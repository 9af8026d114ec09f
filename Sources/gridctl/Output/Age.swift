// SPDX-License-Identifier: Apache-2.0

import GridCore

/// How long ago something was, in words.
enum Age {
    /// - Parameter then: ISO 8601; nil for never.
    static func text(since then: String?, now: String?) -> String {
        guard let then, let began = ChinaTime.milliseconds(parsing: then) else {
            return "从未 / never"
        }
        guard let now, let end = ChinaTime.milliseconds(parsing: now) else { return then }
        let seconds = max(0, (end - began) / 1000)
        switch seconds {
        case ..<10: return "刚刚 / now"
        case ..<60: return "\(seconds) 秒前 / \(seconds) s ago"
        case ..<3600: return "\(seconds / 60) 分钟前 / \(seconds / 60) min ago"
        case ..<86_400:
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
            return "\(hours) 小时 \(minutes) 分前 / \(hours) h \(minutes) min ago"
        default:
            let (days, hours) = (seconds / 86_400, seconds / 3600 % 24)
            return "\(days) 天 \(hours) 小时前 / \(days) d \(hours) h ago"
        }
    }
}
