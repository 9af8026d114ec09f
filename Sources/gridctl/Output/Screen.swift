// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCore

/// Where lines go.
enum Screen {
    static func line(_ text: String = "", ends: Bool = true) {
        print(text, terminator: ends ? "\n" : "")
    }

    static func error(_ text: String, ends: Bool = true) {
        _ = (ends ? text + "\n" : text).withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }

    /// What somebody else has written, without what a terminal obeys or what turns its direction.
    static func plain(_ text: String) -> String { without(text, isObeyed) }

    /// The same of what may have several lines.
    static func plainLines(_ text: String) -> String {
        without(text) { isObeyed($0) && $0 != "\n" && $0 != "\t" }
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func without(_ text: String, _ isWrong: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: isWrong) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { isWrong($0) ? "·" : $0 }))
    }

    static func json(_ value: JSONValue) { print(value.description) }

    /// Lets others see at once what was printed so far.
    static func flush() { fflush(nil) }
}
