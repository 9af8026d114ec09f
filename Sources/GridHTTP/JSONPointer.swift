// SPDX-License-Identifier: Apache-2.0

/// Places in JSON documents (RFC 6901).
enum JSONPointer {
    /// One step down, into a member of an object.
    static func step(_ name: String) -> String {
        "/"
            + String(
                name.flatMap { character -> [Character] in
                    switch character {
                    case "~": ["~", "0"]
                    case "/": ["~", "1"]
                    default: [character]
                    }
                })
    }
}
