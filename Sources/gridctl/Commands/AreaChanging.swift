// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore

/// Signs changes of area codes with the office's key and hands them to the daemon, one by one.
struct AreaChanging {
    let options: Area.Options

    /// The one change that the arguments say.
    func run(_ kind: AreaMap.Kind) throws {
        let step = AreaMap.Step(from: try from, to: try to, kind: kind)
        let answers = try publish([step])
        if options.common.json { return Screen.json(answers[0]) }
        Screen.line("\(step.from) → \(step.to),各节点下次联系时得知 / others learn it at their next contact")
        Screen.line("旧记录不改写,在新代码下查到 / nothing is rewritten; records are found under the new code")
    }

    var from: AreaCode { get throws { try Self.code(options.from) } }
    var to: AreaCode { get throws { try Self.code(options.to) } }

    /// Changes that count already are passed over, so what was interrupted can be repeated.
    ///
    /// - Returns: the daemon's answers; of those passed over null.
    /// - Throws: `CommandFailure`, before anything is changed where a step is unsound, or one of several
    ///   could not be taken after those before it.
    func publish(_ steps: [AreaMap.Step]) throws -> [JSONValue] {
        try Sodium.start()
        let folder = try options.common.folder()
        try CutOffOrder.check(note: options.note)
        for step in steps where !step.isSound {
            throw CommandFailure(
                .badData, "\(step.from) → \(step.to):应为同一乡镇里同一级的两个村或两个网格。没有改动。",
                """
                \(step.from) to \(step.to): it takes two villages or two grids of one township; \
                nothing was changed
                """)
        }
        let day = try self.day
        let client = DaemonClient(folder)
        let known = try client.get("/v1/authority/areas")
        guard var order = known["next_order"]?.integer, order > 0 else {
            throw CommandFailure(.failed, "节点的答复不完整。", "the daemon's answer is incomplete")
        }
        if steps.count > 1 { try check(steps, after: known, client) }
        let office = try IssuingOffice(folder, passphrase: options.passphrase)
        var done: [AreaMap.Step] = []
        return try steps.map { step in
            guard steps.count == 1 || !Self.counts(step, in: known) else { return .null }
            defer { done.append(step) }
            let change = AreaChange(
                step, day: day, order: UInt64(order), note: options.note,
                issuedAt: Enrolment.now, issuedBy: office.author)
            order += 1
            do {
                return try client.send(
                    .post, "/v1/authority/areas",
                    .object(["change": .text(Hexadecimal.text(change.encoded))]))
            } catch let failure as CommandFailure where !done.isEmpty {
                throw Self.stopped(failure, at: step, after: done)
            }
        }
    }

    /// Looks whether all steps can be taken, for none can be taken back.
    private func check(
        _ steps: [AreaMap.Step], after known: JSONValue, _ client: DaemonClient
    ) throws {
        var map = AreaMap()
        for item in known["items"]?.items ?? [] where item["standing"]?.string == "counts" {
            guard
                let kind = AreaMap.Kind.allCases.first(where: { $0.word == item["kind"]?.string }),
                let from = item["from"]?.string.flatMap({ try? AreaCode(parsing: $0) }),
                let to = item["to"]?.string.flatMap({ try? AreaCode(parsing: $0) })
            else { continue }
            _ = map.take(AreaMap.Step(from: from, to: to, kind: kind))
        }
        for step in steps where !Self.counts(step, in: known) {
            // Who comes to a code that others have left would be one with them; and what is called
            // otherwise by now goes under its new code.
            let isFree =
                (step.kind == .merge || map.current(step.to) == step.to)
                && map.current(step.from) == step.from
            guard isFree, map.take(step) else {
                throw CommandFailure(
                    .different,
                    "\(step.from) → \(step.to) 与已有的区划变更矛盾,见 gridctl area list。没有改动。",
                    """
                    \(step.from) to \(step.to) contradicts a change that there is, see gridctl area \
                    list; nothing was changed
                    """, code: "area_change_contradicted")
            }
            try checkUse(of: step, client)
        }
    }

    /// Two grids with one number, or two villages with one code, would be one from then on.
    private func checkUse(of step: AreaMap.Step, _ client: DaemonClient) throws {
        func isUsed(_ collection: String, by field: String) throws -> Bool {
            let query = [(field, step.to.description), ("archived", "1"), ("limit", "1")]
            let found = try client.get("/v1/records/\(collection)", query: query)
            return !(found["items"]?.items.isEmpty ?? true)
        }
        guard step.kind == .renumber else { return }
        let isGrid = step.from.level == .grid
        let field = isGrid ? "grid_code" : "area"
        guard try isUsed("grids", by: field) || isUsed("households", by: field) else { return }
        guard isGrid else {
            throw CommandFailure(
                .badData, "\(step.to) 已经有网格或户:--rest 应为没有用过的代码。没有改动。",
                """
                \(step.to) has grids or households already: --rest takes a code that was never used; \
                nothing was changed
                """)
        }
        let number = step.from.description.suffix(3)
        throw CommandFailure(
            .badData, "已经有网格 \(step.to):请给划走的网格另一个编号,如 \(number)=021。没有改动。",
            """
            there is a grid \(step.to) already: give the one that goes another number, as \
            \(number)=021; nothing was changed
            """)
    }

    /// What stands already is said: nobody can take it back.
    private static func stopped(
        _ failure: CommandFailure, at step: AreaMap.Step, after done: [AreaMap.Step]
    ) -> CommandFailure {
        let stands = done.map { "\($0.from) → \($0.to)" }.joined(separator: ", ")
        return CommandFailure(
            failure.kind,
            "\(step.from) → \(step.to) 没有成功:\(failure.chinese) 此前的已经生效:\(stands)",
            "\(step.from) to \(step.to) failed: \(failure.english); these stand: \(stands)",
            details: failure.details, code: failure.code)
    }

    private static func counts(_ step: AreaMap.Step, in known: JSONValue) -> Bool {
        (known["items"]?.items ?? []).contains {
            $0["standing"]?.string == "counts" && $0["kind"]?.string == step.kind.word
                && $0["from"]?.string == step.from.description
                && $0["to"]?.string == step.to.description
        }
    }

    private var day: UInt64 {
        get throws {
            let text = options.date
            let today = ChinaTime.day(of: Int64(clamping: Enrolment.now))
            guard let text else { return UInt64(clamping: today) }
            guard let date = CivilDate(parsing: text), date.days >= 0 else {
                throw CommandFailure(
                    .badData, "日期“\(text)”看不懂,应为 2026-12-01。",
                    "\"\(text)\" is no date; write 2026-12-01")
            }
            return UInt64(date.days)
        }
    }

    static func code(_ text: String) throws -> AreaCode {
        guard let code = try? AreaCode(parsing: text) else {
            throw CommandFailure(
                .badData, "“\(text)”不是区划代码。", "\"\(text)\" is no area code")
        }
        return code
    }
}
