// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCore

/// Where lines go.
enum Screen {
    static func line(_ text: String = "") { print(text) }

    static func error(_ text: String, ends: Bool = true) {
        _ = (ends ? text + "\n" : text).withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }

    static func json(_ value: JSONValue) { print(value.description) }

    /// Lets others see at once what was printed so far.
    static func flush() { fflush(nil) }
}
