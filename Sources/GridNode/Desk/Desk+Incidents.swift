// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore

extension Desk {
    /// What is over is shown on the screen for a day more.
    private static let shownAfterwards: UInt64 = 86_400_000
    private static let incidentsShownMax = 500

    /// Everything that has befallen this folder, newest first.
    package func incidents() throws -> JSONValue {
        let views = try incidentViews()
        return Self.answer(
            "incidents", ["items": .list(views.prefix(Self.incidentsShownMax).map(\.json))])
    }

    /// Those that are not over, and those that were over within a day.
    func currentIncidents() throws -> [IncidentView] {
        let now = WallClock.now
        return try incidentViews().filter { view in
            view.incident.endedAt.map { now < $0 + Self.shownAfterwards } ?? true
        }
    }

    private func incidentViews() throws -> [IncidentView] {
        let incidents = try engine.store.incidents()
        guard !incidents.isEmpty else { return [] }
        let current = engine.current
        let held = try engine.heldByPeers()
        let peers = Dictionary(
            try engine.store.peers().map { ($0.key, $0.name) }, uniquingKeysWith: { $1 })
        return incidents.map { incident in
            let heights =
                incident.isOfPeer
                ? incident.peer.flatMap { held[$0] } ?? VersionVector() : current.frontier
            return IncidentView(
                incident: incident, missing: incident.missing { heights[$0] },
                peer: incident.peer.map { key in
                    current.directory.chain(of: key)?.leaf.name ?? peers[key] ?? ""
                }, parent: current.node.parentName)
        }
    }
}

/// One incident in words.
struct IncidentView {
    let incident: Incident
    /// Entries that are still to come, or still to be offered.
    let missing: UInt64
    /// The name of the peer whose loss it is.
    let peer: String?
    let parent: String?

    var isOver: Bool { incident.endedAt != nil }

    var json: JSONValue {
        let words = words
        return .object([
            "code": .text(incident.code.rawValue), "at": Desk.time(incident.at),
            "ended_at": incident.endedAt.map(Desk.time) ?? .null,
            "peer": incident.peer.map { key in
                .object(["key": .text(key.description), "name": .text(peer ?? "")])
            } ?? .null,
            "replica": incident.replica.map { .text($0.description) } ?? .null,
            "entries_lost": Desk.count(incident.lost),
            "entries_missing": Desk.count(isOver ? 0 : missing),
            "logs": .list(
                incident.parts.map { part in
                    .object([
                        "log": .text("\(part.log)"), "held": Desk.count(part.held),
                        "known": Desk.count(part.known),
                    ])
                }),
            "zh": .text(words.chinese), "en": .text(words.english),
        ])
    }

    var words: (chinese: String, english: String) {
        let when = ChinaTime.text(of: Int64(clamping: incident.at)) ?? ""
        let time = when.dropFirst(5).prefix(11).split(separator: "T").joined(separator: " ")
        let (chinese, english) = isOfFolder(time)
        return (chinese, english)
    }

    private func isOfFolder(_ time: String) -> (String, String) {
        let found = "(\(time) 发现)"
        switch incident.code {
        case .olderImage:
            return renewed("本节点的数据是旧的副本\(found)", "this folder was an older image (found \(time))")
        case .folderCopied:
            return renewed(
                "本节点的数据目录是复制或还原来的\(found)", "this folder was copied or put back (found \(time))")
        case .rolledBack:
            return renewed(
                "其他节点存有本节点更多的内容,本节点的数据曾被还原\(found)",
                "peers know more of this node than it did: it was an older image (found \(time))")
        case .ownLogForked:
            return renewed(
                "本节点的日志在别处有另一个分支\(found)",
                "this node's own log goes on differently elsewhere (found \(time))")
        case .restored:
            return renewed("本节点由备份恢复(\(time))", "this node was restored from a backup (\(time))")
        case .ledgerCut:
            return (
                "账本有损坏,已截去 \(incident.lost) 条\(found)" + coming.chinese,
                "the ledger was damaged and \(incident.lost) entries were cut off (found \(time))"
                    + coming.english
            )
        case .folderReplaced:
            return (
                "本节点的目录是新建的,同一岗位以前的目录写过 \(incident.lost) 条\(found)" + coming.chinese,
                "this folder is new; an earlier one of this post wrote \(incident.lost) entries "
                    + "(found \(time))" + coming.english
            )
        case .keyElsewhere:
            return (
                "另有一个目录也用本节点的密钥在写\(found):如有复制的目录仍在运行,请停掉其中一个",
                "another folder writes with this node's key (found \(time)): if a copy is running, "
                    + "stop one of the two"
            )
        case .peerRestored: return peerWords(time)
        case .receiptedDataLost:
            return isOver
                ? (
                    "\(peer ?? "") 曾丢失已出具回执的 \(incident.lost) 条(\(time) 发现),已重新送达",
                    "\(peer ?? "") had lost \(incident.lost) entries that it had signed receipts for "
                        + "(found \(time)); they are delivered again"
                )
                : (
                    "\(peer ?? "") 丢失了已出具回执的 \(missing) 条(\(time) 发现),正重新送去",
                    "\(peer ?? "") has lost \(missing) entries that it had signed receipts for "
                        + "(found \(time)); they are being offered again"
                )
        case .falseReceipt:
            return (
                "\(peer ?? "") 出具的回执与本节点的账本不符(\(time) 发现),没有采纳",
                "\(peer ?? "") signed a receipt that contradicts this node's ledger (found \(time)); "
                    + "it was not taken"
            )
        }
    }

    /// A replica was left for a new one.
    private func renewed(_ chinese: String, _ english: String) -> (String, String) {
        (
            chinese + ":已换新身份继续写" + coming.chinese,
            english + ": it writes on as a new replica" + coming.english
        )
    }

    private var coming: (chinese: String, english: String) {
        let source = parent.map { $0.isEmpty ? "其他节点" : $0 } ?? "其他节点"
        if isOver {
            return incident.lost == 0
                ? (",没有缺失", "; nothing was missing")
                : (",缺的 \(incident.lost) 条已全部取回", "; all \(incident.lost) entries are back")
        }
        if missing > 0 {
            return (
                ",原有 \(missing) 条正从 \(source) 取回",
                "; \(missing) of its entries are to come back from \(parent ?? "peers")"
            )
        }
        return (",尚未与 \(source) 核对是否有缺", "; not yet compared with \(parent ?? "a peer")")
    }

    private func peerWords(_ time: String) -> (String, String) {
        let name = peer ?? ""
        let chinese = "\(name) 的数据目录换过(还原、复制或新建,\(time) 发现)"
        let english = "the folder of \(name) is another (restored, copied or new; found \(time))"
        if isOver {
            return incident.lost == 0
                ? (chinese + ",没有丢失本节点送达的内容", english + "; it lost nothing of what it had")
                : (
                    chinese + ",丢失的 \(incident.lost) 条已重新送达",
                    english + "; the \(incident.lost) entries it lost are delivered again"
                )
        }
        return missing == 0
            ? (chinese, english)
            : (
                chinese + ",它丢失了 \(missing) 条,正重新送去",
                english + "; it lost \(missing) entries, which are being offered again"
            )
    }
}
