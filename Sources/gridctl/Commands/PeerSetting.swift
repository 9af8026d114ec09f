// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridStore

/// The node to call, in a folder's settings.
enum PeerSetting {
    /// The addresses of `gridd.yaml` that name no other key than the parent's, in their order.
    static func addresses(in folder: NodeFolder) -> [String] {
        guard let data = FileManager.default.contents(atPath: folder.configurationPath) else {
            return []
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard let start = lines.firstIndex(where: { $0.hasPrefix("peers:") }) else { return [] }
        return lines[(start + 1)...].prefix { $0.hasPrefix("  - ") || $0.hasPrefix("- ") }
            .map { line in
                line.drop { $0 == " " || $0 == "-" }.trimmingCharacters(
                    in: CharacterSet(charactersIn: " \"'"))
            }.filter { !$0.contains("@") }
    }

    /// Writes an address into `gridd.yaml`, unless that names peers already.
    /// - Returns: whether the file names peers now that were not there, this one.
    static func add(_ address: String, to folder: NodeFolder) throws -> Bool {
        let path = folder.configurationPath
        let old = FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self)
        }
        var text = old ?? ""
        guard !text.split(separator: "\n").contains(where: { $0.hasPrefix("peers:") }) else {
            return false
        }
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        text += "peers:\n  - \"\(address)\"\n"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw CommandFailure(
                .failed, "不能写入 \(path):\(error.localizedDescription)", "cannot write \(path)")
        }
        return true
    }
}
