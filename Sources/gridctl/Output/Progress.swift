// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One line on the error output that is written over, where a person looks; nothing elsewhere.
final class Progress {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var width = 0

    func show(_ text: String) {
        guard isShown else { return }
        let line = DisplayWidth.cut(text, to: 78)
        Screen.error("\r" + DisplayWidth.padded(line, to: width), ends: false)
        width = DisplayWidth.of(line)
    }

    func end() {
        guard isShown, width > 0 else { return }
        Screen.error("\r" + String(repeating: " ", count: width) + "\r", ends: false)
        width = 0
    }
}
