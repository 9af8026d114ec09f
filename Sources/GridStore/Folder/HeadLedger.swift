// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCodec
package import GridCore
package import GridLog

/// A small append-only file beside the database with the heights and heads of one's own logs. It
/// may lag the database, never lead it; a database that lags *it* is an older image.
///
/// It speaks of one replica only: the one this folder writes as. Rows have one size: checksum,
/// sequence and head hash, then the log, padded. Torn or damaged rows fail their checksum and are
/// skipped.
package final class HeadLedger {
    package struct Row: Hashable, Sendable {
        package let log: LogID
        package let height: UInt64
        package let head: Bytes32

        package init(log: LogID, height: UInt64, head: Bytes32) {
            self.log = log
            self.height = height
            self.head = head
        }
    }

    private static let rowBytes = 96

    private let folder: NodeFolder
    private let bytesMax: Int
    private var descriptor: Int32
    private var size: Int
    private var needsSync = false
    /// Something that was appended may not be in the file.
    private var isTorn = false
    /// The last row of each log.
    package private(set) var rows: [LogID: Row]

    /// - Parameter bytesMax: beyond this the file is written anew with only the last row of each
    ///   log.
    package init(_ folder: NodeFolder, bytesMax: Int = 4_194_304) throws(StoreFailure) {
        self.folder = folder
        self.bytesMax = bytesMax
        let path = folder.headLedgerPath
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        let bytes = Self.contents(descriptor)
        rows = Self.rows(in: bytes)
        size = bytes.count
        // After a torn last row the next one would not start on a boundary.
        isTorn = !size.isMultiple(of: Self.rowBytes)
    }

    deinit { close(descriptor) }

    /// Whether the database is not the one that this file was written beside: it lacks entries
    /// that were committed, holds others in their place, or writes as another replica.
    package func isAhead(of logs: [LogState], as replica: ReplicaID) -> Bool {
        let states = Dictionary(
            logs.map { ($0.identity.log, $0) }, uniquingKeysWith: { first, _ in first })
        return rows.values.contains { row in
            guard row.log.replica == replica else { return true }
            guard let state = states[row.log] else { return row.height > 0 }
            return row.height > state.height || row.height == state.height && row.head != state.head
        }
    }

    /// Begins anew for a replica that has written nothing yet. A crash in between leaves a file of
    /// another replica, for which a further one is made.
    package func begin(as replica: ReplicaID, in area: AreaCode) {
        let log = LogID(replica: replica, domain: Domain(area: area, lane: .authority))
        rows = [log: Row(log: log, height: 0, head: .zero)]
        isTorn = !rewrite()
    }

    /// Adds rows after they have been committed. Failure is not fatal: the ledger may lag.
    package func append(_ more: [Row]) {
        guard !more.isEmpty else { return }
        for row in more { rows[row.log] = row }
        let bytes = more.flatMap(Self.encode)
        if isTorn || size + bytes.count > bytesMax {
            isTorn = !rewrite()
        } else {
            isTorn = write(descriptor, bytes, bytes.count) != bytes.count
            if !isTorn { size += bytes.count }
        }
        needsSync = true
    }

    /// Adds what a replica has committed and the file lacks, as after a crash between the two.
    package func catchUp(with logs: [LogState], of replica: ReplicaID) {
        let missing = logs.filter {
            $0.identity.log.replica == replica
                && $0.height > rows[$0.identity.log]?.height ?? 0
        }
        append(missing.map { Row(log: $0.identity.log, height: $0.height, head: $0.head) })
    }

    /// Makes what was appended durable. Called within a second of each append.
    ///
    /// When it throws, what was appended is written anew with the next row: a second sync of the
    /// same bytes would prove nothing.
    package func sync() throws(StoreFailure) {
        guard needsSync else { return }
        needsSync = false
        guard fdatasync(descriptor) != 0 else { return }
        let failure = errno
        isTorn = true
        throw failure == ENOSPC
            ? .diskFull(path: folder.path)
            : .databaseFailed(
                path: folder.headLedgerPath, reason: String(cString: strerror(failure)))
    }

    /// Writes a new file with the last row of each log and moves it into place.
    private func rewrite() -> Bool {
        let temporary = folder.headLedgerPath + ".new"
        let fresh = open(
            temporary, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard fresh >= 0 else { return false }
        let bytes = rows.values.sorted { $0.log < $1.log }.flatMap(Self.encode)
        guard write(fresh, bytes, bytes.count) == bytes.count, fsync(fresh) == 0,
            rename(temporary, folder.headLedgerPath) == 0
        else {
            close(fresh)
            return false
        }
        close(descriptor)
        descriptor = fresh
        size = bytes.count
        let directory = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
        return true
    }

    private static func contents(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(bytes.count))
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    private static func encode(_ row: Row) -> [UInt8] {
        var writer = ByteWriter(reserving: rowBytes)
        writer.unsigned(row.height)
        writer.raw(row.head)
        writer.log(row.log)
        let room = rowBytes - 8 - writer.bytes.count
        precondition(room >= 0, "a row of \(writer.bytes.count) bytes has no room")
        let body = writer.bytes + [UInt8](repeating: 0, count: room)
        return checksum(body) + body
    }

    /// The last row of each log in a file's bytes, which may be anything at all.
    static func rows(in bytes: [UInt8]) -> [LogID: Row] {
        var rows: [LogID: Row] = [:]
        for start in stride(from: 0, to: bytes.count - rowBytes + 1, by: rowBytes) {
            let body = Array(bytes[start + 8..<start + rowBytes])
            guard Array(bytes[start..<start + 8]) == checksum(body) else { continue }
            var reader = ByteReader(body)
            guard let height = try? reader.unsigned(), let head = try? reader.bytes32(),
                let log = try? reader.log()
            else { continue }
            rows[log] = Row(log: log, height: height, head: head)
        }
        return rows
    }

    private static func checksum(_ body: [UInt8]) -> [UInt8] {
        Array(Hashing.digest(body, personal: .frontier).array.prefix(8))
    }
}
