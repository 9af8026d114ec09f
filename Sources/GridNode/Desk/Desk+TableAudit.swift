// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// Holding this node's tables against a peer's (Protocol/table-audit.md).
extension Desk {
    /// Who asks waits no longer, in milliseconds.
    private static let auditPatience: UInt64 = 60_000
    /// Records that one finding names.
    private static let namedMax = 3

    /// Whether this node's tables and a peer's are the same, area by area.
    package func audit(peer text: String) async throws -> JSONValue {
        let view = try theView(text)
        return Self.answer("tables", try parts(of: view, try await outcomes(with: view)))
    }

    /// What a peer's logs have beside this node's, and the records that differ where they have the
    /// same, as this side has them.
    package func difference(peer text: String) async throws -> JSONValue {
        let view = try theView(text)
        let outcomes = try await outcomes(with: view)
        var parts = try parts(of: view, outcomes)
        let logs = try logsApart(from: view)
        parts["logs"] = .list(logs.map(\.json))
        parts["out"] = Self.sum(of: logs.filter { $0.here > $0.there })
        parts["in"] = Self.sum(of: logs.filter { $0.here < $0.there })
        parts["records"] = .list(
            outcomes.flatMap { area, outcome -> [JSONValue] in
                guard case .differ(let finding) = outcome else { return [] }
                return finding.records.map { record($0, in: area, isWhole: true) }
            })
        return Self.answer("difference", parts)
    }

    /// Findings of audits that stand, one for each peer.
    func tableFindings(_ peers: [PeerView]) -> [JSONValue] {
        let wrong = engine.audits.audits.filter { $0.finding != nil }
        return peers.filter { !$0.isCutOff }.compactMap { view in
            let audits = wrong.filter { $0.peer == view.key }
            let records = audits.flatMap { $0.finding?.records ?? [] }
            guard !audits.isEmpty else { return nil }
            let areas = audits.map(\.area.description).joined(separator: "、")
            let isWhole = audits.allSatisfy { $0.finding?.isWhole ?? true }
            let count = "\(isWhole ? "" : "≥ ")\(records.count)"
            let names = records.prefix(Self.namedMax).map { record in
                let collection = collectionName(record.name.collection)
                return "\(collection) \(record.name.id)"
            }.joined(separator: ", ")
            let more = records.count > Self.namedMax || !isWhole ? " …" : ""
            return Self.finding(
                "tables_differ",
                "与 \(view.name) 的日志相同而表不同(\(areas)):\(count) 条记录,\(names)\(more)",
                "the tables differ from those of \(view.name), with the same logs (\(areas)): "
                    + "\(count) records, \(names)\(more)")
        }
    }

    private func theView(_ text: String) throws -> PeerView {
        let key = try peerKey(text)
        return try Self.theOne(of: try peerViews().filter { $0.key == key }, named: text)
    }

    /// Has the link with a peer audit all that the two share.
    private func outcomes(
        with view: PeerView
    ) async throws -> [(area: AreaCode, outcome: AuditOutcome)] {
        let areas = Set(engine.current.frontier.rows.map(\.log.domain.area))
            .filter(view.isShared).sorted()
        return await withTaskGroup { group in
            for area in areas {
                group.addTask { (area, await outcome(of: area, with: view.key)) }
            }
            var outcomes: [(area: AreaCode, outcome: AuditOutcome)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.area < $1.area }
        }
    }

    /// One audit; tried again while a side only wants a moment.
    private func outcome(of area: AreaCode, with peer: PublicKey) async -> AuditOutcome {
        let deadline = WallClock.steady + Self.auditPatience
        while true {
            let outcome = await attempt(area, with: peer, until: deadline)
            switch outcome {
            case .notComparable(.busy), .notComparable(.unsettled): break
            case .equal, .differ, .notComparable: return outcome
            }
            guard WallClock.steady + 1_000 < deadline, !Task.isCancelled else { return outcome }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func attempt(
        _ area: AreaCode, with peer: PublicKey, until deadline: UInt64
    ) async -> AuditOutcome {
        let (outcomes, report) = AsyncStream<AuditOutcome>.makeStream()
        engine.audits.send(
            AuditErrand(area: area, isFresh: true) { outcome in
                report.yield(outcome)
                report.finish()
            }, to: peer)
        let now = WallClock.steady
        return await withTaskGroup { group in
            group.addTask {
                for await outcome in outcomes { return outcome }
                return AuditOutcome.notComparable(.linkEnded)
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(deadline - min(now, deadline)))
                return AuditOutcome.notComparable(.noAnswer)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .notComparable(.noAnswer)
        }
    }

    private func parts(
        of view: PeerView, _ outcomes: [(area: AreaCode, outcome: AuditOutcome)]
    ) throws -> [String: JSONValue] {
        var state = outcomes.isEmpty ? "not_comparable" : "equal"
        var differing = 0
        for (_, outcome) in outcomes {
            switch outcome {
            case .equal: break
            case .differ(let finding):
                state = "differ"
                differing += finding.records.count
            case .notComparable: if state == "equal" { state = "not_comparable" }
            }
        }
        let areas = outcomes.map { JSONValue.object(parts(of: $0.outcome, in: $0.area)) }
        return [
            "node": .text(view.key.description), "name": .text(view.name),
            "area": .text(view.area.description), "state": .text(state),
            "differing": Self.count(differing),
            "areas": .list(areas),
        ]
    }

    private func parts(
        of outcome: AuditOutcome, in area: AreaCode
    ) -> [String: JSONValue] {
        var parts: [String: JSONValue] = [
            "area": .text(area.description), "here": .null, "there": .null,
            "whole": .boolean(true), "records": .list([]), "reason": .null,
        ]
        switch outcome {
        case .equal(let records):
            parts["state"] = .text("equal")
            parts["here"] = Self.count(records)
            parts["there"] = Self.count(records)
        case .differ(let finding):
            parts["state"] = .text("differ")
            parts["here"] = Self.count(finding.here)
            parts["there"] = Self.count(finding.there)
            parts["whole"] = .boolean(finding.isWhole)
            parts["records"] = .list(
                finding.records.map { record($0, in: area, isWhole: false) })
            parts.merge(Self.words("tables_differ")) { $1 }
        case .notComparable(let hindrance):
            parts["state"] = .text("not_comparable")
            parts.merge(Self.words(hindrance.code)) { $1 }
            if case .frontierDiffers(let theirs) = hindrance {
                let rows = engine.current.frontier.rows.filter { $0.log.domain.area == area }
                parts["entries_here"] = Self.count(rows.reduce(UInt64(0)) { $0 + $1.height })
                parts["entries_there"] = Self.count(theirs)
            }
        }
        return parts
    }

    private static func words(_ code: String) -> [String: JSONValue] {
        let reason = Reason.of(code)
        return [
            "reason": .text(reason.code), "zh": .text(reason.chinese),
            "en": .text(reason.english), "remedy_zh": .text(reason.chineseRemedy),
            "remedy_en": .text(reason.englishRemedy),
        ]
    }

    /// A record that differs.
    ///
    /// - Parameter isWhole: with its fields as this side has them, sensitive ones masked.
    private func record(
        _ record: AuditFinding.Record, in area: AreaCode, isWhole: Bool
    ) -> JSONValue {
        let name = record.name
        var parts: [String: JSONValue] = [
            "collection": .text(collectionName(name.collection)),
            "id": .text(name.id.description), "area": .text(area.description),
            "lane": .text(name.lane.word), "kind": .text(record.kind.rawValue),
        ]
        guard isWhole else { return .object(parts) }
        parts["fields"] = .null
        if record.kind != .missingHere,
            let collection = catalogue.collection(numbered: name.collection),
            let display = try? engine.store.record(name.id, in: collection),
            case .object(let shown)? = try? self.record(display, .masked)
        {
            parts["fields"] = shown["fields"] ?? .null
        }
        return .object(parts)
    }

    private func collectionName(_ number: UInt32) -> String {
        catalogue.collection(numbered: number)?.name ?? "#\(number)"
    }

    /// The shared logs of which one side has more, as far as the peer has said what it has.
    private func logsApart(from view: PeerView) throws -> [LogApart] {
        let states = try logsByID()
        let logs = Set(view.frontier.rows.map(\.log)).union(view.held.rows.map(\.log))
            .filter { view.isShared($0.domain.area) && view.frontier[$0] != view.held[$0] }
        return try logs.sorted().map { log in
            let (here, there) = (view.frontier[log], view.held[log])
            let range = FetchRequest.Range(log: log, first: there + 1)
            return LogApart(
                log: log, here: here, there: there,
                bytes: here > there
                    ? try engine.store.totals([range]).reduce(0) { $0 + $1.bytes } : nil,
                author: states[log].map { author($0.identity.key) } ?? .null)
        }
    }

    private static func sum(of logs: [LogApart]) -> JSONValue {
        let isKnown = logs.allSatisfy { $0.bytes != nil }
        return .object([
            "logs": count(logs.count), "entries": count(logs.reduce(0) { $0 + $1.entries }),
            "bytes": isKnown ? count(logs.reduce(0) { $0 + ($1.bytes ?? 0) }) : .null,
        ])
    }
}

/// A log of which one side has more than the other.
private struct LogApart {
    let log: LogID
    let here: UInt64
    let there: UInt64
    /// What of it the peer lacks, as it is packed; nil where it is this side that lacks some.
    let bytes: UInt64?
    let author: JSONValue

    var entries: UInt64 { max(here, there) - min(here, there) }

    var json: JSONValue {
        .object([
            "log": .text("\(log)"), "area": .text(log.domain.area.description),
            "lane": .text(log.domain.lane.word), "author": author, "here": Desk.count(here),
            "there": Desk.count(there), "lacks": .text(here > there ? "there" : "here"),
            "entries": Desk.count(entries), "bytes": bytes.map { Desk.count($0) } ?? .null,
        ])
    }
}
