// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// Why a node is known to have had entries.
struct ExposureEvidence {
    enum Kind: String {
        /// It is this node.
        case own
        /// It has said so itself, on a link.
        case acknowledged
        /// It has signed for them.
        case receipted
        /// What it wrote names them as seen.
        case written
        /// A folder that it had before this one has acknowledged them.
        case earlierFolder = "earlier_folder"
    }

    let kind: Kind
    /// When that was so at the latest, in milliseconds since 1970; nil where nothing tells.
    let at: UInt64?
    let heights: VersionVector

    private var words: (chinese: String, english: String) {
        switch kind {
        case .own: ("就是本节点", "it is this node")
        case .acknowledged: ("它在连接上确认收到", "it acknowledged them on a link")
        case .receipted: ("它签过回执", "it signed receipts for them")
        case .written: ("它写的内容引用过", "what it wrote names them as seen")
        case .earlierFolder: ("它以前的数据目录确认收到", "an earlier folder of it acknowledged them")
        }
    }

    var json: JSONValue {
        .object([
            "kind": .text(kind.rawValue), "at": at.map(Desk.time) ?? .null,
            "entries": Desk.count(heights.rows.reduce(UInt64(0)) { $0 + $1.height }),
            "zh": .text(words.chinese), "en": .text(words.english),
        ])
    }
}

/// What a node could read, and up to where it is known to have had it.
struct ExposureReach {
    let key: PublicKey
    /// Those with the right to read.
    let areas: Set<AreaCode>
    /// What has become of area codes.
    let map: AreaMap
    let evidence: [ExposureEvidence]
    /// The logs here that it could read.
    let logs: [LogState]

    init(
        key: PublicKey, areas: Set<AreaCode>, map: AreaMap, evidence: [ExposureEvidence],
        logs: [LogState]
    ) {
        self.map = map
        self.key = key
        self.areas = areas
        self.evidence = evidence
        self.logs = logs.filter { log in
            log.identity.key == key
                || areas.contains { map.carries($0, log.identity.domain.area) }
        }
    }

    /// Up to which height it is known to have had a log; everything of its own.
    func known(_ identity: LogIdentity) -> UInt64 {
        identity.key == key
            ? .max : evidence.map { $0.heights[identity.log] }.max() ?? 0
    }

    var entriesHere: UInt64 { logs.reduce(0) { $0 + $1.height } }

    var entriesKnown: UInt64 {
        logs.reduce(0) { $0 + min($1.height, known($1.identity)) }
    }

    /// How much of what it had is certain. The stable word for it.
    var certainty: String {
        if evidence.contains(where: { $0.kind == .own }) { return "own" }
        guard entriesKnown > 0 else { return "none" }
        return entriesKnown == entriesHere ? "all_here" : "partly"
    }

    private var words: (chinese: String, english: String) {
        switch certainty {
        case "own":
            ("本节点的全部记录都在这台设备上。", "All that is here is on this machine.")
        case "none":
            (
                "没有它收到过什么的凭据。它能读的都应当视为可能已在设备上。",
                "Nothing tells what it has received; take it that it may have all that it could read."
            )
        case "all_here":
            (
                "这里它能读的都确认在设备上;此后从别处收到的、它自己写了没送来的,这里不知道,可能还有。",
                "It had all of this that is here; what it got elsewhere since, or wrote and did not send, is not known: it may have had more."
            )
        default:
            (
                "确认收到的只到下面的时间;其余没有凭据,可能也在设备上(例如从邻村或 U 盘得到),也可能还有这里没有的。",
                "What it is known to have had ends at the times below; it may have had the rest too, by other nodes, and more than is here."
            )
        }
    }

    var json: JSONValue {
        .object([
            "certainty": .text(certainty), "entries_known": Desk.count(entriesKnown),
            "entries_here": Desk.count(entriesHere),
            "may_have_had_more": .boolean(certainty != "own"),
            "zh": .text(words.chinese), "en": .text(words.english),
            "evidence": .list(evidence.map(\.json)),
            "logs": .list(
                logs.filter { $0.height > 0 }.map { log in
                    .object([
                        "log": .text("\(log.identity.log)"),
                        "known": Desk.count(min(log.height, known(log.identity))),
                        "here": Desk.count(log.height),
                    ])
                }),
        ])
    }

    /// Area by area, with those of which nothing is here.
    var areasJSON: JSONValue {
        let homes = Dictionary(grouping: logs, by: \.identity.domain.area)
        let all = areas.union(homes.keys)
        return .list(
            all.sorted().map { area in
                let logs = homes[area] ?? []
                let kind =
                    areas.contains { map.covers($0, area) }
                    ? "own" : areas.contains { area.contains($0) } ? "above" : "written"
                return .object([
                    "area": .text(area.description), "kind": .text(kind),
                    "entries_here": Desk.count(logs.reduce(UInt64(0)) { $0 + $1.height }),
                    "entries_known": Desk.count(
                        logs.reduce(UInt64(0)) { $0 + min($1.height, known($1.identity)) }),
                ])
            })
    }
}

/// The persons that exposed records are of or speak of.
struct ExposedPersons {
    private struct Part {
        var records: [String: Set<RecordID>] = [:]
        var children: Set<RecordID> = []
        var named = NamedPersons()
    }

    private var known = Part()
    private var possible = Part()
    /// Of the persons with a record here.
    private var ids: Set<RecordID> = []
    private var names: Set<String> = []

    /// - Returns: the names that stand in it, ascending.
    mutating func add(_ display: RecordDisplay, isKnown: Bool, at now: UInt64) -> [String] {
        let collection = display.collection.name
        var named = NamedPersons()
        for field in display.fields {
            if let value = field.value { named.add(value, of: field.definition) }
        }
        if NamedPersons.collections.contains(collection) {
            ids.insert(display.id)
            names.formUnion(named.names)
            let isChild = display.maskThreshold(at: now) == .p2
            update(isKnown) { part in
                part.records[collection, default: []].insert(display.id)
                if isChild { part.children.insert(display.id) }
            }
        } else {
            update(isKnown) { part in
                for field in display.fields {
                    if let value = field.value { part.named.add(value, of: field.definition) }
                }
            }
        }
        return named.names.sorted()
    }

    private mutating func update(_ isKnown: Bool, _ body: (inout Part) -> Void) {
        if isKnown { body(&known) } else { body(&possible) }
    }

    var json: JSONValue {
        func pair(_ count: (Part) -> Int) -> JSONValue {
            .object(["known": Desk.count(count(known)), "possible": Desk.count(count(possible))])
        }
        let named: JSONValue = .object([
            "known": Desk.count(
                known.named.records.subtracting(ids).count
                    + known.named.names.subtracting(names).count),
            "possible": Desk.count(
                possible.named.records.subtracting(ids).subtracting(known.named.records).count
                    + possible.named.names.subtracting(names).subtracting(known.named.names)
                    .count),
        ])
        return .object([
            "residents": pair { $0.records["residents"]?.count ?? 0 },
            "children": pair { $0.children.count },
            "staff": pair { $0.records["staff"]?.count ?? 0 },
            "named_elsewhere": named,
        ])
    }
}
