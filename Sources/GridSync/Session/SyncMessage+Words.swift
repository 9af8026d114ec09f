// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog

/// Logs that have ended and the words of offices by which they did (Protocol/cutoffs.md, "Words").
extension SyncMessage {
    /// The messages that name logs behind words: whoever never met a word, because the entry that it
    /// stood in does not count any more, cannot know what has ended by it.
    ///
    /// - Parameters:
    ///   - logs: ascending.
    ///   - words: those by which logs have ended last.
    static func naming(_ logs: [LogIdentity], after words: [AuthorityWord]) -> [SyncMessage] {
        guard !words.isEmpty else { return logs.isEmpty ? [] : [.ended(logs)] }
        var parts: [[AuthorityWord]] = []
        var bytes = 0
        // From the end, so that the last message has as many as it can beside the names.
        let room = ProtocolLimits.frameBytesMax - logs.count * Self.nameBytesMax - 16
        for word in words.reversed() {
            let size = word.content.count + 8
            let isFull = parts.last.map { $0.count == ProtocolLimits.wordsMax } ?? true
            if isFull || bytes + size > room {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(word)
            bytes += size
        }
        return parts.enumerated().reversed().map { place, part in
            .words(part.reversed(), ending: place == 0 ? logs : [])
        }
    }

    /// What the name of a log takes at most, in bytes.
    private static let nameBytesMax = 64
}
