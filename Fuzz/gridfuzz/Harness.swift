// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCodec
import GridTransport

/// Something that takes bytes of a stranger, and must neither trap, nor grow without bound, nor
/// take two forms for one.
enum Harness: String, CaseIterable {
    /// Values of fields, and their order.
    case values
    /// What people and spreadsheets write for values.
    case texts
    /// Greetings, messages, certificates and chains.
    case messages
    /// Runs in their envelopes, and the entries in them.
    case runs
    /// Sets of certificates, in any order.
    case directories
    /// Noise handshakes.
    case handshakes
    /// The encrypted link and its frames.
    case links
    /// One conversation with a peer.
    case sessions
    /// Runs of writers who hold certificates and wish us ill.
    case admissions
    /// Sheets of CSV.
    case sheets
    /// What lies in a bundle, unsealed.
    case bundles
    /// What a folder holds, should it be damaged.
    case stores

    static let named = getenv("ONEGRID_HARNESS").flatMap { Harness(rawValue: String(cString: $0)) }

    /// Longest input. Where it is less than what a peer may send, more of the same would only make
    /// each test slower.
    var inputBytesMax: Int {
        switch self {
        case .values, .stores: 4_096
        case .texts: 512
        case .messages: ProtocolLimits.greetingBytesMax
        case .runs, .bundles: 65_536
        case .directories, .handshakes: 512
        case .links: 8_192
        case .sessions, .admissions: 4_096
        case .sheets: 16_384
        }
    }

    func test(_ input: [UInt8]) {
        switch self {
        case .values: ValuesHarness.test(input)
        case .texts: TextsHarness.test(input)
        case .messages: MessagesHarness.test(input)
        case .runs: RunsHarness.test(input)
        case .directories: DirectoriesHarness.test(input)
        case .handshakes: HandshakesHarness.test(input)
        case .links: LinksHarness.test(input)
        case .sessions: SessionsHarness.test(input)
        case .admissions: AdmissionsHarness.test(input)
        case .sheets: SheetsHarness.test(input)
        case .bundles: BundlesHarness.test(input)
        case .stores: StoresHarness.test(input)
        }
    }
}
