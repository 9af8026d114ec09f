// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

extension Desk {
    package func digest() throws -> JSONValue {
        let areas = try engine.store.digests().map { digests in
            JSONValue.object([
                "area": .text(digests.area.description),
                "frontier": .text(digests.frontier.description),
                "tables": .text(digests.tables.description),
                "logs": Self.count(digests.logs), "entries": Self.count(digests.entries),
                "records": Self.count(digests.records),
            ])
        }
        return Self.answer("digest", ["areas": .list(areas)])
    }

    package func verify() throws -> JSONValue {
        defer { FreedMemory.giveBack() }
        let began = WallClock.steady
        var parts = try engine.store.verify().parts
        parts["seconds"] = .number(Double(WallClock.steady - began) / 1000)
        return Self.answer("verify", parts)
    }

    package func rebuild(caller: String = "") async throws -> JSONValue {
        defer { FreedMemory.giveBack() }
        let began = WallClock.steady
        let rebuilding = try await engine.rebuild()
        // Sessions that live have told their peers of entries that are to be sent again.
        if !rebuilding.cuts.isEmpty { board.closeAll() }
        let records = try engine.store.counts().reduce(0) { $0 + $1.counts.records }
        var parts = rebuilding.parts
        parts["records"] = Self.count(records)
        parts["seconds"] = .number(Double(WallClock.steady - began) / 1000)
        parts["noted"] = .boolean(
            await engine.noteDone(
                AuditNote(
                    .rebuild, caller: caller,
                    details: [
                        "records": .integer(Int64(records)),
                        "cuts": .integer(Int64(rebuilding.cuts.count)),
                    ])))
        return Self.answer("rebuild", parts)
    }

    package func sql(_ text: String, _ sight: Sight = .masked) throws -> JSONValue {
        Self.answer("sql", try queried(text, sight, QueryLimits()))
    }

    /// The same within bounds that the asker has set.
    ///
    /// - Parameters:
    ///   - rows: most rows of the answer, 1...10,000.
    ///   - seconds: 1...10.
    package func query(_ text: String, rows: Int?, seconds: Int?) throws -> JSONValue {
        var limits = QueryLimits()
        let (rows, seconds) = (rows ?? limits.rowsMax, seconds ?? limits.secondsMax)
        guard (1...limits.rowsMax).contains(rows), (1...limits.secondsMax).contains(seconds) else {
            throw DeskRefusal(
                .malformed, "bad_limit",
                chinese: "limit 应为 1 到 \(limits.rowsMax),seconds 应为 1 到 \(limits.secondsMax)。",
                english: """
                    limit is 1...\(limits.rowsMax), and seconds 1...\(limits.secondsMax).
                    """)
        }
        (limits.rowsMax, limits.secondsMax) = (rows, seconds)
        return Self.answer("query", try queried(text, .masked, limits))
    }

    private func queried(
        _ text: String, _ sight: Sight, _ limits: QueryLimits
    ) throws -> [String: JSONValue] {
        do {
            let answer = try engine.store.query(text, isPlain: sight.isPlain, limits: limits)
            return [
                "columns": .list(answer.columns.map { .text($0) }),
                "rows": .list(answer.rows.map { .list($0) }), "cut": .boolean(answer.isCut),
                "masked": .list(answer.masked.map { .text($0) }),
            ]
        } catch QueryRefusal.notReading {
            throw DeskRefusal(
                .notAllowed, "not_reading", chinese: "只能查询(SELECT、WITH、VALUES、EXPLAIN)。",
                english: "Only reading statements are allowed (SELECT, WITH, VALUES, EXPLAIN).")
        } catch QueryRefusal.unmaskableJoin {
            throw DeskRefusal(
                .notAllowed, "unmaskable_join",
                chinese: "不看原值时,查询里不能有 USING 和 NATURAL,请改写成 JOIN … ON。",
                english: """
                    Without plain values a query has no USING and NATURAL; write JOIN ... ON.
                    """)
        } catch QueryRefusal.wrong(let reason) {
            throw DeskRefusal(
                .malformed, "sql_wrong", chinese: "SQL 有误:\(reason)",
                english: "The SQL is wrong: \(reason)")
        } catch QueryRefusal.tooSlow(let seconds) {
            throw DeskRefusal(
                .notAllowed, "sql_too_slow", chinese: "查询超过 \(seconds) 秒,已停止。请缩小范围。",
                english: "The query ran over \(seconds) s and was stopped; ask for less.")
        } catch QueryRefusal.tooLarge(let bytes) {
            throw DeskRefusal(
                .notAllowed, "sql_too_large", chinese: "结果超过 \(bytes >> 20) MiB。请缩小范围。",
                english: "The answer is over \(bytes >> 20) MiB; ask for less.")
        }
    }

    package func authority() -> JSONValue {
        let current = engine.current
        return Self.answer(
            "authority",
            [
                "chain": .text(
                    Hexadecimal.text(CertificateChain(current.chain.certificates).encoded)),
                "key": .text(current.chain.leaf.subject.description),
                "name": .text(current.chain.leaf.name),
                "area": .text(current.chain.leaf.area.description),
                "root_key": .text(current.directory.root.description),
            ])
    }

    /// Takes a certificate that this node's admin has issued, to be written into lane 0.
    package func addCertificate(
        _ hexadecimal: String, caller: String = ""
    ) async throws -> JSONValue {
        guard let bytes = Hexadecimal.bytes(hexadecimal),
            let certificate = try? Certificate(decoding: bytes)
        else {
            throw DeskRefusal(
                .malformed, "bad_certificate", chinese: "这不是证书。",
                english: "This is no certificate.")
        }
        let digest = try await engine.publish(certificate, caller: caller)
        return Self.answer("certificate", ["digest": .text(digest)])
    }
}
