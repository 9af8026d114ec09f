// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore

/// The posts that the running node knows, as an office needs them.
struct PostBook {
    struct Held {
        let key: PublicKey
        let certificate: Certificate
    }

    private let folder: NodeFolder

    init(_ folder: NodeFolder) { self.folder = folder }

    /// Every key that holds a post now.
    func live() throws -> [Held] {
        let answer = try DaemonClient(folder).get("/v1/authority/posts")
        return (answer["items"]?.items ?? []).compactMap { item in
            guard item["state"]?.string == "holds",
                let certificate = item["certificate"]?.string.flatMap(Hexadecimal.bytes)
                    .flatMap({ try? Certificate(decoding: $0) })
            else { return nil }
            return Held(key: certificate.subject, certificate: certificate)
        }
    }

    /// The one that people mean by a key, a name or an area.
    func live(_ text: String) throws -> Held {
        let matches = try live().filter { held in
            held.key.description.hasPrefix(text.lowercased()) && text.count >= 8
                || held.certificate.name == text || held.certificate.area.description == text
        }
        guard let held = matches.first, matches.count == 1 else {
            throw matches.isEmpty
                ? CommandFailure(
                    .notFound, "没有名为“\(text)”的在任节点。", "no node \"\(text)\" holds a post")
                : CommandFailure(
                    .notFound, "“\(text)”指不止一个节点,请用完整的公钥。",
                    "\"\(text)\" means more than one node; give its whole key")
        }
        return held
    }
}
