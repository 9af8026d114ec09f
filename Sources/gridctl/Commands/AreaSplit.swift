// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GridCore

extension Area {
    /// A part of a village becomes another village, or goes into one.
    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "分村:几个网格划给另一个村 / some grids go to another village",
            discussion: """
                两边都留有分村以前的全部记录。--rest 给留下的部分换一个代码;不换的话,它以后写的新村也看得到。
                Both hold what was written before. --rest gives the part that stays a code of its own; \
                without it the new village reads what is written there later, too.
                """)
        @OptionGroup var options: Options
        @Option(help: "划走的网格,如 003,004 或 003=001 / the grids that go, with their new numbers")
        var grids: String
        @Option(help: "留下的部分的新代码 / a code of its own for what stays") var rest: String?

        func run() throws {
            let changing = AreaChanging(options: options)
            let (from, to) = (try changing.from, try changing.to)
            let moves = try grids.split(separator: ",").map { try Self.grid($0, from, to) }
            guard !moves.isEmpty, Set(moves.map(\.to)).count == moves.count,
                Set(moves.map(\.from)).count == moves.count
            else {
                throw CommandFailure(
                    .badData, "--grids 应为各不相同的网格,如 003,004 或 003=001。没有改动。",
                    "--grids takes different grids, as 003,004 or 003=001; nothing was changed")
            }
            // Nobody may read more before the grids are known to go.
            var steps = moves + [AreaMap.Step(from: from, to: to, kind: .split)]
            if let rest {
                guard try AreaChanging.code(rest) != to else {
                    throw CommandFailure(
                        .badData, "--rest 应为另一个代码,不能与 \(to) 相同。没有改动。",
                        "--rest takes another code than \(to); nothing was changed")
                }
                steps.append(
                    AreaMap.Step(from: from, to: try AreaChanging.code(rest), kind: .renumber))
            }
            let answers = try changing.publish(steps)
            if options.common.json {
                return Screen.json(
                    .object(["schema": .text("onegrid.area_split/1"), "items": .list(answers)]))
            }
            for step in steps { Screen.line("\(step.from) → \(step.to)") }
            Screen.line(
                "各节点下次联系时得知;旧记录不改写 / others learn it at their next contact; nothing is rewritten")
            Screen.line(
                "说明了网格的户和人、积分、走访等在 \(to) 下查到,其余留在 \(rest ?? "\(from)") / what says one of these grids is found there"
            )
            guard rest == nil else { return }
            Screen.line(
                "注意:\(from) 没有换代码,它以后写的 \(to) 也看得到(见 --rest) / \(to) reads what \(from) writes later, too"
            )
        }

        /// - Parameter text: `003`, `003=001`, or the same with whole codes.
        private static func grid(
            _ text: Substring, _ from: AreaCode, _ to: AreaCode
        ) throws -> AreaMap.Step {
            let sides = text.split(separator: "=", omittingEmptySubsequences: false)
            func code(_ number: Substring, in village: AreaCode) throws -> AreaCode {
                let text = number.count == 3 ? village.description + number : String(number)
                guard let code = try? AreaCode(parsing: text), code.level == .grid,
                    village.contains(code)
                else {
                    throw CommandFailure(
                        .badData,
                        "\(number) 不是 \(village) 的网格:写三位编号,如 003,或者完整代码。没有改动。",
                        """
                        \(number) is no grid of \(village): write its three digits, as 003, or its \
                        whole code; nothing was changed
                        """)
                }
                return code
            }
            guard let last = sides.last, sides.count <= 2 else {
                throw CommandFailure(
                    .badData, "“\(text)”看不懂,应为 003 或 003=001。没有改动。",
                    "\"\(text)\" is neither 003 nor 003=001; nothing was changed")
            }
            let old = try code(sides[0], in: from)
            let isSame = sides.count == 1
            let new = try code(isSame ? Substring(old.description.suffix(3)) : last, in: to)
            return AreaMap.Step(from: old, to: new, kind: .renumber)
        }
    }
}
