// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What it takes to see sensitive values as they are.
struct PlainOptions: ParsableArguments {
    @Flag(help: "显示原值,不遮盖;会记入操作日志 / unmasked; noted in the audit trail")
    var plain = false
    @Option(help: "查看原值的理由,会随日志上报 / why; the nodes above can read it")
    var reason: String?

    /// The reason, for which plain values are asked; nil for masked ones.
    var given: String? {
        get throws {
            guard plain == (reason != nil) else {
                throw ValidationError(
                    "--plain 和 --reason 要一起给出 / --plain and --reason go together")
            }
            return reason
        }
    }

    var query: [(String, String)] {
        get throws { try given.map { [("plain", "1"), ("reason", $0)] } ?? [] }
    }
}
