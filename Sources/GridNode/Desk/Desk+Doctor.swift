// SPDX-License-Identifier: Apache-2.0

import Foundation
package import GridCore
import GridLog
import GridStore

extension Desk {
    private static let backupAgeMax: UInt64 = 8 * 86_400_000
    private static let drillAgeMax: UInt64 = 100 * 86_400_000
    private static let silenceMax: UInt64 = 86_400_000
    private static let freeBytesMin: UInt64 = 1 << 30

    /// Everything that wants a person's attention, with what to do about it: what is wrong first, then
    /// what is worth a look.
    package func doctor() -> JSONValue {
        let now = WallClock.now
        let current = engine.current
        var reading = Reading()
        let peers = reading.attempt({ try peerViews() }) ?? []
        let incidents = reading.attempt({ try currentIncidents() }) ?? []
        var looks = reading.attempt({ try lookedAt(now) }) ?? []
        looks += machineFindings(peers, now) + budgetFindings(peers)
        let silent = silentPeers(peers, now) + strangers(peers)
        let wrong =
            reading.findings + standingFindings(peers, current, incidents) + silent
        let items = wrong.map { Self.advised($0, "wrong") } + looks.map { Self.advised($0, "look") }
        return Self.answer(
            "doctor",
            [
                "now": Self.time(now), "healthy": .boolean(wrong.isEmpty),
                "wrong": Self.count(wrong.count), "looks": Self.count(looks.count),
                "items": .list(items),
            ])
    }

    /// A finding with its remedy.
    private static func advised(_ finding: JSONValue, _ weight: String) -> JSONValue {
        guard case .object(var parts) = finding, case .text(let code)? = parts["code"] else {
            return finding
        }
        let reason = Reason.known(code)
        parts["weight"] = .text(weight)
        for (name, text) in [
            ("remedy_zh", reason?.chineseRemedy), ("remedy_en", reason?.englishRemedy),
        ] where parts[name] == nil { parts[name] = .text(text ?? "") }
        return .object(parts)
    }

    /// A link that this node needs and has not, with the reason and its remedy.
    private func silentPeers(_ peers: [PeerView], _ now: UInt64) -> [JSONValue] {
        let parent = engine.current.node.parentKey
        return peers.filter { !$0.isCutOff && $0.state != .connected }.compactMap { view in
            let age = view.lastContact.map { now > $0 ? now - $0 : 0 }
            let isOld = age.map { $0 > Self.silenceMax } ?? true
            guard view.key == parent || view.waitingOut > 0 || isOld else { return nil }
            let reason = Reason.of(view.reason)
            let waiting = view.waitingOut
            let isUpstream = view.key == parent
            return .object([
                "code": .text(isUpstream || waiting > 0 ? "not_delivered" : "village_silent"),
                "reason": .text(reason.code), "peer": .text(view.name),
                "zh": .text(
                    "与 \(view.name) 没有连接(\(reason.chinese))"
                        + (waiting > 0 ? ",\(waiting) 条等待送达" : "")),
                "en": .text(
                    "no link with \(view.name) (\(reason.english))"
                        + (waiting > 0 ? "; \(waiting) entries wait" : "")),
                "remedy_zh": .text(
                    reason.chineseRemedy.isEmpty ? "gridctl why \(view.name)" : reason.chineseRemedy
                ),
                "remedy_en": .text(
                    reason.englishRemedy.isEmpty ? "gridctl why \(view.name)" : reason.englishRemedy
                ),
            ])
        }
    }

    /// Nodes that this one is told to call and has never met, nor has any word of.
    private func strangers(_ peers: [PeerView]) -> [JSONValue] {
        let known = Set(peers.map(\.key))
        return board.statuses.filter { !known.contains($0.key) && $0.value.state == .waiting }
            .sorted { $0.key < $1.key }.map { key, status in
                let reason = Reason.of(status.reason)
                let address = status.address ?? "?"
                let name = "\(key.description.prefix(8))…@\(address)"
                return .object([
                    "code": .text("not_delivered"), "reason": .text(reason.code),
                    "peer": .text(key.description),
                    "zh": .text("设置里的节点 \(name) 连不上(\(reason.chinese))"),
                    "en": .text(
                        "the node \(name) of the settings is not reached (\(reason.english))"),
                    "remedy_zh": .text(reason.chineseRemedy),
                    "remedy_en": .text(reason.englishRemedy),
                ])
            }
    }

    /// What the store tells.
    private func lookedAt(_ now: UInt64) throws -> [JSONValue] {
        var items: [JSONValue] = []
        let conflicts = try engine.store.counts().reduce(0) { $0 + $1.counts.conflicts }
        if conflicts > 0 {
            items.append(
                Self.finding(
                    "conflicts_open", "\(conflicts) 处冲突等待核实",
                    "\(conflicts) conflicts wait for a decision"))
        }
        let aside =
            try engine.store.hasQuarantine
            ? engine.store.quarantine().reduce(0) { $0 + $1.entries.count } : 0
        if aside > 0 {
            items.append(
                Self.finding(
                    "quarantine_waiting", "隔离区有 \(aside) 条等待处理",
                    "\(aside) entries wait in quarantine"))
        }
        let notes = try engine.store.backupNotes()
        let made = notes.first { $0.kind == .backup }?.takenAt
        if made.map({ now > $0 + Self.backupAgeMax }) ?? true {
            let days = made.map { (now - min(now, $0)) / 86_400_000 }
            items.append(
                Self.finding(
                    "no_backup", days.map { "上次备份已过 \($0) 天" } ?? "从未备份",
                    days.map { "the last backup is \($0) days old" } ?? "there is no backup"))
        }
        let tried = notes.first { $0.kind == .drill }?.at
        if tried.map({ now > $0 + Self.drillAgeMax }) ?? true {
            items.append(
                Self.finding(
                    "no_drill", tried == nil ? "从未做过恢复演练" : "很久没有做恢复演练",
                    tried == nil ? "no restore was ever tried" : "no restore was tried for long"))
        }
        return items
    }

    /// What the machine tells: its disk and its clock.
    private func machineFindings(_ peers: [PeerView], _ now: UInt64) -> [JSONValue] {
        var items: [JSONValue] = []
        let attributes = try? FileManager.default.attributesOfFileSystem(
            forPath: engine.store.folder.path)
        if let free = attributes?[.systemFreeSize] as? UInt64, free < Self.freeBytesMin {
            items.append(
                Self.finding(
                    "disk_low", "磁盘只剩 \(free >> 20) MiB",
                    "only \(free >> 20) MiB are left on the disk"))
        }
        // Nobody writes tomorrow: where the newest entries are ahead, this clock is behind.
        let newest = (try? engine.store.logs().map(\.timestamp.milliseconds).max()) ?? nil
        if let newest, newest > now + Self.silenceMax {
            items.append(
                Self.finding(
                    "clock_wrong", "已有的内容写在本机时钟之后:本机或写入者的时钟不对",
                    "entries here were written after this clock's time: it is behind, or a writer ahead"
                ))
        }
        return items
    }
}
