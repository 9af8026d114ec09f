// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How much the works hold (Benchmarks/README.md). That of divergence has one size, and a tenth of
/// it, to try it.
enum WorkSize: String, CaseIterable, ExpressibleByArgument {
    case small = "s"
    case medium = "m"
    case large = "l"

    /// Records that are created, and then updates of single fields.
    var counts: (records: Int, updates: Int) {
        switch self {
        case .small: (1_000, 9_000)
        case .medium: (10_000, 90_000)
        case .large: (100_000, 900_000)
        }
    }
}

/// What the notes are made of: ten sentences, or characters that no dictionary shortens.
enum NoteKind: String, CaseIterable, ExpressibleByArgument {
    case stock
    case rare
}
