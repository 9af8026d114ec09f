// SPDX-License-Identifier: Apache-2.0

/// The word with which a called node hangs up before the handshake is done: one byte in a record of
/// its own (Protocol/transport.md, "The last word").
///
/// It is not authenticated: whoever sits on the line can say it, as he can cut the line. So it is
/// something to tell people, and nothing to act on.
package enum LinkRefusal: UInt8, Error, Hashable, Sendable, CaseIterable {
    /// The first message does not open with the key of the node that was called.
    case wrongKey = 1
    /// The wire has another version here.
    case otherVersion = 2
    case paused = 3
    /// The certificate shown is not taken.
    case certificateNotTaken = 4
    case foreignRoot = 5
    /// The certificate does not let its holder read the area it asks for.
    case mayNotRead = 6
    /// No version of the protocol in common.
    case noCommonVersion = 7
    /// A reference to a certificate that is not known here: the whole chain is to be shown.
    case certificateUnknown = 8

    /// The record that says it.
    var record: [UInt8] { [0, 1, rawValue] }
}
