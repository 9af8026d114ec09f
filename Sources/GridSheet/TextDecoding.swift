// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads a file's text in the encodings that spreadsheets write: UTF-8, with or without a byte
/// order mark, or GB18030 (by glibc's `iconv`).
enum TextDecoding {
    struct Failure: Error {
        /// Position of the first byte that fits no encoding.
        let offset: Int
    }

    static func text(_ bytes: [UInt8]) throws(Failure) -> (text: String, encoding: String) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            if let text = String(validating: bytes.dropFirst(3), as: UTF8.self) {
                return (text, "UTF-8 BOM")
            }
        } else if let text = String(validating: bytes, as: UTF8.self) {
            return (text, "UTF-8")
        }
        return (try gb18030(bytes), "GB18030")
    }

    private static func gb18030(_ bytes: [UInt8]) throws(Failure) -> String {
        guard let descriptor = iconv_open("UTF-8", "GB18030"),
            Int(bitPattern: descriptor) != -1
        else { throw Failure(offset: 0) }
        defer { iconv_close(descriptor) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // GB18030 grows by at most a half: two bytes become three.
        var output = [CChar](repeating: 0, count: bytes.count * 2 + 16)
        var inputLeft = input.count
        var outputLeft = output.count
        let total = output.count
        let result = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var source = input.baseAddress
                var target = output.baseAddress
                return iconv(descriptor, &source, &inputLeft, &target, &outputLeft)
            }
        }
        let converted = output.prefix(total - outputLeft).map { UInt8(bitPattern: $0) }
        guard result != -1, inputLeft == 0,
            let text = String(validating: converted, as: UTF8.self)
        else { throw Failure(offset: bytes.count - inputLeft) }
        return text
    }
}
