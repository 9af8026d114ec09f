// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Bundles on their way between a folder and a stick.
package enum BundleFiles {
    package static let suffix = ".bundle"
    /// What else a file system takes for a file, and the last part that is not counted on.
    private static let spareBytes: UInt64 = 65_536

    /// Where bundles of a node lie before they are carried, and while they are taken in.
    package static func folder(of folder: NodeFolder) -> String { folder.path + "/bundles" }

    /// Deletes what was left there.
    package static func clear(_ folder: NodeFolder) {
        let path = self.folder(of: folder)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    /// - Throws: `BundleFailure`.
    package static func makeFolder(of folder: NodeFolder) throws(BundleFailure) -> String {
        let path = self.folder(of: folder)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .system(path: path, reason: "\(error.localizedDescription)")
        }
        return path
    }

    /// The bundles of a folder, or a file itself, by name.
    ///
    /// - Throws: `BundleFailure.missing`.
    package static func list(_ path: String) throws(BundleFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missing(path: path)
        }
        guard isFolder.boolValue else { return [path] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .missing(path: path)
        }
        return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted().map {
            "\(path)/\($0)"
        }
    }

    /// Free bytes where a folder is, for this user.
    ///
    /// - Throws: `BundleFailure.system`.
    package static func freeBytes(in folder: String) throws(BundleFailure) -> UInt64 {
        var found = statvfs()
        guard statvfs(folder, &found) == 0 else {
            throw .system(path: folder, reason: String(cString: strerror(errno)))
        }
        let (bytes, overflow) = UInt64(found.f_bavail).multipliedReportingOverflow(
            by: UInt64(found.f_frsize))
        return overflow ? .max : bytes
    }

    /// Copies a file: under a name that begins with a dot, synced, then renamed. The source is only
    /// read. What is there under the name stays, and is a failure.
    ///
    /// - Throws: `BundleFailure.noRoom` before anything is written, and others.
    package static func copy(_ source: String, to target: String) throws(BundleFailure) {
        guard let file = FileHandle(forReadingAtPath: source),
            let size = try? file.seekToEnd(), (try? file.seek(toOffset: 0)) != nil
        else { throw .missing(path: source) }
        defer { try? file.close() }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { String(target[..<$0]) } ?? "."
        let free = try freeBytes(in: folder)
        guard free >= size + spareBytes else {
            throw .noRoom(path: folder, needed: size + spareBytes, free: free)
        }
        let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
        let draft = "\(folder)/.\(name).part"
        defer { unlink(draft) }
        do throws(BackupFailure) {
            try write(size, from: file, to: draft, as: target)
        } catch {
            throw BundleFailure(error)
        }
    }

    private static func write(
        _ size: UInt64, from file: FileHandle, to draft: String, as target: String
    ) throws(BackupFailure) {
        let copy = try NewFile(draft)
        var rest = size
        while rest > 0 {
            guard let bytes = try? file.read(upToCount: 1 << 20), !bytes.isEmpty else {
                throw .system(path: target, reason: "read failed")
            }
            try copy.write(Array(bytes))
            rest -= min(rest, UInt64(bytes.count))
        }
        // A stick may know no links, so that the name is looked at first.
        guard access(target, F_OK) != 0 else { throw .alreadyThere(path: target) }
        try copy.finish(as: target, overwriting: true)
    }
}

extension BundleFailure {
    /// What went wrong with a file.
    init(_ failure: BackupFailure) {
        switch failure {
        case .system(let path, let reason): self = .system(path: path, reason: reason)
        case .alreadyThere(let path): self = .system(path: path, reason: "exists")
        case .missing(let path): self = .missing(path: path)
        case .notABackup, .otherSecret, .cannotBeOpened, .wrongContent, .badRecipient, .noMemory,
            .notEmpty:
            self = .system(path: "", reason: failure.english)
        }
    }
}
