// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridStore

/// Which part of the feed is asked for.
package struct FeedRequest: Sendable {
    package static let limitMax = Store.feedRowsMax
    package static let heartbeatSecondsMax = 60

    /// A position, as an item bears it; nil begins with what happens from now on.
    package var since: String?
    /// Whether the records that are here come first where there is no `since`, or it is over.
    package var hasSnapshot = false
    /// How many of the last changes come first, where there is no `since`.
    package var last = 0
    /// Names of collections; none for all.
    package var collections: [String] = []
    package var area: String?
    /// Changes or records that one page looks at.
    package var limit = 100
    package var heartbeatSeconds = 15

    package init() {}
}

/// Something that a reader of the feed is given.
package enum FeedEvent: Sendable {
    case change(FeedItem)
    /// The snapshot is complete; what comes now happened after it began.
    case live(FeedPosition)
    /// Nothing happened, and the link still works.
    case heartbeat(FeedPosition)
    /// What the reader holds is over. With a snapshot it follows at once, else the feed ends here.
    case reset(FeedBreak, FeedPosition)

    package var position: FeedPosition {
        switch self {
        case .change(let item): item.position
        case .live(let position), .heartbeat(let position), .reset(_, let position): position
        }
    }

    /// The name of the event.
    package var name: String {
        switch self {
        case .change: "change"
        case .live: "live"
        case .heartbeat: "heartbeat"
        case .reset: "reset"
        }
    }
}
