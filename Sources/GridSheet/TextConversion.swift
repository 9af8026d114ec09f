// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Brings a text from one encoding to another, part by part, by glibc's `iconv`.
package final class TextConversion {
    /// A part of the text fits no character of the encoding.
    package struct Failure: Error {
        /// What could be converted before it.
        package let converted: [UInt8]
    }

    private let descriptor: iconv_t?
    /// The first bytes of a character that the next part goes on with.
    private var begun: [UInt8] = []
    private var isAtStart = true

    /// Reads a text as UTF-8, without the mark.
    package static func reading(_ encoding: TextEncoding) throws(Failure) -> TextConversion {
        try TextConversion(from: encoding == .gb18030 ? "GB18030" : nil, to: "UTF-8")
    }

    /// Writes UTF-8 as GB18030.
    package static func writingGB18030() throws(Failure) -> TextConversion {
        try TextConversion(from: "UTF-8", to: "GB18030")
    }

    /// - Parameter source: nil for UTF-8 that stays so.
    private init(from source: String?, to target: String) throws(Failure) {
        guard let source else {
            descriptor = nil
            return
        }
        guard let opened = iconv_open(target, source), Int(bitPattern: opened) != -1 else {
            throw Failure(converted: [])
        }
        descriptor = opened
    }

    deinit { if let descriptor { iconv_close(descriptor) } }

    /// Converts the next part. A character that it only begins waits for the next one.
    package func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8] {
        var input = begun + bytes
        begun = []
        guard descriptor != nil else {
            if isAtStart, !isLast, input.count < TextEncoding.mark.count {
                begun = input
                return []
            }
            defer { isAtStart = false }
            if isAtStart, input.starts(with: TextEncoding.mark) { input.removeFirst(3) }
            return input
        }
        let (output, used, code) = step(&input)
        let rest = Array(input[used...])
        // 4 bytes are the longest character of GB18030 and of UTF-8.
        guard code == 0 || (code == EINVAL && !isLast && rest.count < 4) else {
            throw Failure(converted: output)
        }
        begun = rest
        return output
    }

    /// One call of `iconv`: what came out, how much of the input it used, and why it stopped.
    private func step(_ input: inout [UInt8]) -> (output: [UInt8], used: Int, code: Int32) {
        // Each byte of either becomes at most two of the other; a whole character four.
        var output = [UInt8](repeating: 0, count: input.count * 2 + 16)
        var inputLeft = input.count
        var outputLeft = output.count
        let result = input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                var source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
                var target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                return iconv(descriptor, &source, &inputLeft, &target, &outputLeft)
            }
        }
        let code = result == -1 ? errno : 0
        output.removeLast(outputLeft)
        return (output, input.count - inputLeft, code)
    }
}
