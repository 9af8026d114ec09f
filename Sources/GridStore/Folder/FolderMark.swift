// SPDX-License-Identifier: Apache-2.0

import CFileBirth
import Glibc
import GridCodec

/// Which file on which machine a folder's database is. A copy of the folder, and a backup put in
/// its place, are other files: they know it at their first start, before any peer can tell.
///
/// A disk that is put back as a whole leaves every file where it was; that is for the head ledger
/// and for peers to find.
enum FolderMark {
    private static let machinePath = "/etc/machine-id"

    /// The mark of a database, for a store to keep; nil where the system does not tell.
    static func of(_ folder: NodeFolder) -> [UInt8]? {
        var birth = file_birth()
        guard file_birth_of(folder.databasePath, &birth) == 0 else { return nil }
        var writer = ByteWriter(reserving: 64)
        writer.unsigned(birth.number)
        writer.signed(birth.seconds)
        writer.unsigned(birth.nanoseconds)
        writer.raw(machine())
        return writer.bytes
    }

    /// The machine's name for itself, 32 digits and a line feed; empty where there is none.
    private static func machine() -> [UInt8] {
        let descriptor = open(machinePath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }
}

extension Store {
    /// Whether this folder's database is a copy of the one it was: another file, or a file on
    /// another machine.
    package func isCopy() throws -> Bool {
        guard let mark = FolderMark.of(folder) else { return false }
        return try read { try Self.meta("mark", in: $0) }.map { $0 != mark } ?? false
    }

    /// Keeps which file the database is now.
    package func mark() throws {
        guard let mark = FolderMark.of(folder) else { return }
        try write { database in
            guard try Self.meta("mark", in: database) != mark else { return }
            try Self.setMeta("mark", mark, in: database)
        }
    }
}
