// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What people type.
enum Terminal {
    private static let lineBytesMax = 1_024
    /// What Ctrl-C types.
    private static let interrupt: UInt8 = 3

    /// Whether somebody is there to ask.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks for a line; nil when there is none.
    static func line(_ question: String) -> String? {
        Screen.error(question, ends: false)
        return line().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Asks for a line that does not appear on the screen; nil when there is none. Ctrl-C ends the line,
    /// and not the program, which would leave the terminal mute.
    static func secretLine(_ question: String) -> [UInt8]? {
        Screen.error(question, ends: false)
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
        withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = interrupt }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Screen.error("")
        }
        guard let line = line(), !line.contains(interrupt) else { return nil }
        return line
    }

    private static func line() -> [UInt8]? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < lineBytesMax {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? nil : bytes }
            if byte == 0x0A { break }
            bytes.append(byte)
            if byte == interrupt { break }
        }
        return bytes
    }
}
