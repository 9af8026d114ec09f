// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

/// How bundles are shown.
extension Desk {
    static let lanes: [Lane: String] = [
        .authority: "authority", .urgent: "urgent", .routine: "routine",
    ]

    func recipient(_ peer: VerifiedChain) -> [String: JSONValue] {
        [
            "to": .object([
                "key": .text(peer.leaf.subject.description), "name": .text(peer.leaf.name),
                "area": .text(peer.leaf.area.description),
            ])
        ]
    }

    func show(_ part: BundlePart, of peer: VerifiedChain, path: String) -> [String: JSONValue] {
        var parts = recipient(peer)
        parts["path"] = .text(path)
        parts["id"] = .text(Hexadecimal.text(part.id))
        parts["name"] = .text(BundlePrelude.name(of: part.id))
        parts["part"] = Self.count(part.part)
        parts["made_at"] = Self.time(part.madeAt)
        parts["entries"] = Self.count(part.entries)
        parts["bytes"] = Self.count(part.bytes)
        parts["has_more"] = .boolean(part.hasMore)
        return parts
    }

    func sender(
        _ leaf: Certificate, _ prelude: BundlePrelude, _ header: BundleHeader
    ) -> [String: JSONValue] {
        [
            "from": .object([
                "key": .text(leaf.subject.description), "name": .text(leaf.name),
                "area": .text(leaf.area.description),
                "replica": .text(
                    LogIdentity.replica(key: leaf.subject, nonce: header.nonce).description),
            ]),
            "name": .text(prelude.name), "part": Self.count(prelude.part),
            "made_at": Self.time(header.time), "software": .text(header.software),
        ]
    }

    static func show(_ outcome: BundleImport.Outcome) -> [String: JSONValue] {
        [
            "runs": count(outcome.runs), "new_entries": count(outcome.admitted),
            "known_runs": count(outcome.known), "parked_runs": count(outcome.parked),
            "set_aside_runs": count(outcome.setAside),
            "acknowledged_entries": count(outcome.acknowledged),
            "has_more": .boolean(outcome.hasMore),
            "gaps": .list(outcome.gaps.sorted().map { .text("\($0)") }),
            "refused": refused(outcome.refused),
            "problem": outcome.problem.map(wrong) ?? .null,
        ]
    }

    /// Runs that were turned away, by reason.
    static func refused(_ runs: [String: UInt64]) -> JSONValue {
        .list(
            runs.sorted { $0.key < $1.key }.map { code, runs in
                let words = Reason.of(code)
                return .object([
                    "code": .text(code), "runs": count(runs), "zh": .text(words.chinese),
                    "en": .text(words.english),
                ])
            })
    }

    /// What is in a bundle, without taking it in.
    static func look(_ reader: consuming BundleReader) throws -> [String: JSONValue] {
        var runs: [Lane: (entries: Int, bytes: Int)] = [:]
        var (holds, belief) = (0, 0)
        var hasMore = false
        var failure: BundleFailure?
        do throws(BundleFailure) {
            while let item = try reader.next() {
                switch item {
                case .holds(let rows): holds += rows.count
                case .belief(let rows): belief += rows.count
                case .ended, .receipt: break
                case .run(let envelope):
                    guard let run = try? RunEnvelope.open(envelope) else {
                        throw .damaged(what: "run")
                    }
                    let sum = runs[run.identity.domain.lane] ?? (0, 0)
                    runs[run.identity.domain.lane] = (
                        sum.entries + run.count, sum.bytes + envelope.count
                    )
                case .end(_, let more): hasMore = more
                }
            }
        } catch {
            failure = error
        }
        return [
            "lanes": .list(
                runs.sorted { $0.key < $1.key }.map { lane, sum in
                    .object([
                        "lane": .text(lanes[lane] ?? ""), "entries": count(sum.entries),
                        "bytes": count(sum.bytes),
                    ])
                }),
            "logs_held": count(holds), "logs_believed": count(belief),
            "has_more": .boolean(hasMore), "problem": failure.map(wrong) ?? .null,
        ]
    }

    /// What is on the road to a peer: null where nothing is.
    static func road(_ road: BundlesOnRoad) -> JSONValue {
        guard let first = road.parts.first, road.entries > 0 else { return .null }
        return .object([
            "entries": count(road.entries), "since": time(first.madeAt),
            "bundles": .list(
                road.parts.map { part in
                    .object([
                        "name": .text(BundlePrelude.name(of: part.id)), "part": count(part.part),
                        "made_at": time(part.madeAt), "entries": count(part.entries),
                    ])
                }),
        ])
    }

    static func wrong(_ failure: BundleFailure) -> JSONValue {
        .object([
            "code": .text(failure.code), "zh": .text(failure.chinese),
            "en": .text(failure.english),
        ])
    }
}

extension DeskRefusal {
    init(_ failure: BundleFailure) {
        let kind: Kind =
            switch failure {
            case .notABundle, .notAQuarantine, .forAnother, .incomplete, .damaged, .malformed:
                .malformed
            case .badRecipient: .wrongValues
            case .missing: .notFound
            case .noRoom: .tryAgain
            case .system: .failed
            }
        self.init(kind, failure.code, chinese: failure.chinese, english: failure.english)
    }
}
