// SPDX-License-Identifier: Apache-2.0

import Testing

/// How two sides greet: each with its frontier or with digests.
struct GreetingForms: Sendable, CustomTestStringConvertible {
    let callerDigests: Bool
    let calledDigests: Bool

    static let all = [false, true].flatMap { caller in
        [false, true].map { GreetingForms(callerDigests: caller, calledDigests: $0) }
    }

    var manners: (caller: LinkEnd.Manner, called: LinkEnd.Manner) {
        (callerDigests ? .digests : .frontier, calledDigests ? .digests : .frontier)
    }

    var testDescription: String {
        "\(callerDigests ? "digests" : "frontier"), \(calledDigests ? "digests" : "frontier")"
    }
}
