// SPDX-License-Identifier: Apache-2.0

/// How the text of a file is written. GB18030 covers what calls itself GB2312 or GBK.
package enum TextEncoding: String, Sendable {
    case utf8 = "UTF-8"
    /// With a byte order mark before it.
    case markedUTF8 = "UTF-8 BOM"
    case gb18030 = "GB18030"

    /// What Excel looks for before it takes a CSV for UTF-8.
    package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// Finds out how a text is written, from all of its bytes: a file of thousands of rows may hold its
/// first Chinese character in the last of them. What is no UTF-8 is taken for GB18030.
package struct EncodingProbe: Sendable {
    private var isUTF8 = true
    private var start: [UInt8] = []
    /// The first bytes of a character that the next part goes on with.
    private var begun: [UInt8] = []

    package init() {}

    /// Looks at the next part of the text.
    package mutating func take(_ bytes: [UInt8]) {
        if start.count < TextEncoding.mark.count {
            start += bytes.prefix(TextEncoding.mark.count - start.count)
        }
        guard isUTF8 else { return }
        let whole = begun + bytes
        let end = Self.endOfWholeCharacters(whole)
        isUTF8 = String(validating: whole[..<end], as: UTF8.self) != nil
        begun = Array(whole[end...])
    }

    /// What the parts so far are written in.
    package var encoding: TextEncoding {
        guard isUTF8, begun.isEmpty else { return .gb18030 }
        return start == TextEncoding.mark ? .markedUTF8 : .utf8
    }

    /// Where a character begins that does not end in the bytes; their count when all do.
    private static func endOfWholeCharacters(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte < 0x80 { return bytes.count }
            guard byte >= 0xC0 else { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
