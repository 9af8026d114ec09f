// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Which entries of the ledger are wanted.
package struct LogRequest: Sendable {
    package static let limitMax = 1000

    package var area: String?
    /// A node's name, area or key.
    package var author: String?
    package var limit = 50

    package init() {}
}

extension Desk {
    /// Looked at to find those that are wanted.
    private static let entriesLookedAtMax = 50_000

    /// The logs that are here, and the entries that were applied last, without their values.
    package func entries(_ request: LogRequest) throws -> JSONValue {
        guard (1...LogRequest.limitMax).contains(request.limit) else {
            throw DeskRefusal(
                .malformed, "bad_limit", chinese: "limit 应为 1 到 \(LogRequest.limitMax)。",
                english: "limit is 1...\(LogRequest.limitMax).")
        }
        let area = try request.area.map { text in
            guard let area = try? AreaCode(parsing: text) else {
                throw DeskRefusal(
                    .malformed, "bad_area", chinese: "“\(text)”不是区划代码。",
                    english: "\"\(text)\" is no area code.")
            }
            return area
        }
        let authors = try request.author.map { try keys(named: $0) }
        func isWanted(_ identity: LogIdentity) -> Bool {
            (area?.contains(identity.domain.area) ?? true)
                && (authors?.contains(identity.key) ?? true)
        }
        let logs = try engine.store.logs().filter { $0.height > 0 && isWanted($0.identity) }
            .sorted { $0.timestamp > $1.timestamp }
        let entries = try engine.store.recentEntries(
            limit: request.limit, readMax: Self.entriesLookedAtMax, where: isWanted)
        return Self.answer(
            "log",
            [
                "logs": .list(logs.map(log)), "entries": .list(entries.map(entry)),
            ])
    }

    /// Keys that wrote here and that people mean by a text, earlier ones of a post among them.
    private func keys(named text: String) throws -> Set<PublicKey> {
        let directory = engine.current.directory
        let keys = Set(try engine.store.logs().map(\.identity.key))
        let matches = keys.filter { key in
            let leaf = directory.chain(of: key)?.leaf
            return NodeNames(key: key, name: leaf?.name ?? "", area: leaf?.area).match(text)
        }
        guard !matches.isEmpty else {
            throw DeskRefusal(
                .notFound, "unknown_peer", chinese: "没有“\(text)”写的日志。",
                english: "Nothing here was written by \"\(text)\".")
        }
        return matches
    }

    private func log(_ state: LogState) -> JSONValue {
        .object([
            "log": .text("\(state.identity.log)"),
            "area": .text(state.identity.domain.area.description),
            "lane": .text(state.identity.domain.lane.word),
            "author": author(state.identity.key),
            "entries": Self.count(state.height), "head": .text(state.head.description),
            "newest": Self.time(state.timestamp.milliseconds),
            "own": .boolean(state.identity.log.replica == engine.current.replica),
        ])
    }

    /// What stands in the collections of the system, in people's words; empty for what a newer node
    /// has written.
    private static func label(_ collection: UInt32) -> String {
        switch collection {
        case SystemCollection.certificates: "证书"
        case SystemCollection.cutOffs: "停用"
        case SystemCollection.redactions: "删除令"
        case SystemCollection.restatements: "删除后保留的内容"
        case SystemCollection.audit: "操作日志"
        default: ""
        }
    }

    private func entry(_ entry: LedgerEntry) -> JSONValue {
        .object([
            "entry": .text("\(entry.dot.log)#\(entry.dot.sequence)"),
            "area": .text(entry.dot.log.domain.area.description),
            "lane": .text(entry.dot.log.domain.lane.word),
            "at": Self.time(entry.timestamp.milliseconds), "author": author(entry.key),
            "records": .list(
                entry.touches.map { touch in
                    let collection = catalogue.collection(numbered: touch.collection)
                    return .object([
                        "collection": .text(collection?.name ?? "#\(touch.collection)"),
                        "label": .text(collection?.label ?? Self.label(touch.collection)),
                        "id": .text(touch.id.description), "archives": .boolean(touch.archives),
                        "fields": .list(
                            touch.fields.map {
                                .text(collection?.field(numbered: $0)?.name ?? "#\($0)")
                            }),
                    ])
                }),
        ])
    }

    private static func words(_ rights: Rights) -> [String] {
        let all: [(String, Rights)] = [
            ("write", .write), ("read", .read), ("certify", .certify), ("redact", .redact),
        ]
        return all.filter { rights.contains($0.1) }.map(\.0)
    }

    /// The areas that this node carries: what is in each, and who may read it here.
    package func scopes() throws -> JSONValue {
        let current = engine.current
        let leaf = current.chain.leaf
        let logs = Dictionary(
            grouping: try engine.store.logs().filter { $0.height > 0 },
            by: \.identity.domain.area)
        let peers = try peerViews().filter { !$0.isCutOff }
        let areas = Set(logs.keys).union([leaf.area]).sorted()
        return Self.answer(
            "scopes",
            [
                "own": .text(leaf.area.description),
                "rights": .list(Self.words(leaf.rights).map { .text($0) }),
                "items": .list(
                    areas.map { area in
                        let states = logs[area] ?? []
                        let readers = peers.filter { self.areas.carries($0.area, area) }
                        return .object([
                            "area": .text(area.description), "logs": Self.count(states.count),
                            "entries": Self.count(states.reduce(UInt64(0)) { $0 + $1.height }),
                            "writers": .list(
                                Set(states.map(\.identity.key)).sorted().map { author($0) }),
                            "newest": states.map(\.timestamp).max().map {
                                Self.time($0.milliseconds)
                            } ?? .null,
                            "writable": .boolean(
                                leaf.rights.contains(.write) && self.areas.covers(leaf.area, area)),
                            "readers": .list(readers.map { .text($0.name) }),
                        ])
                    }),
            ])
    }
}
