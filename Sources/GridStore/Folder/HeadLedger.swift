// SPDX-License-Identifier: Apache-2.0

import Glibc
import GridCodec
package import GridCore
import GridLog

/// A small append-only file beside the database with the heights and heads of one's own logs. It
/// may lag the database, never lead it; a database that lags *it* is an older image.
///
/// Rows have one size: checksum, sequence and head hash, then the log, padded. Torn or damaged rows fail their
/// checksum and are skipped.
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
    /// Beyond this the file is written anew with only the last row of each log.
    private static let compactionBytes = 4_194_304

    private let path: String
    private var descriptor: Int32
    private var size: Int
    private var needsSync = false
    /// The last row of each log.
    package private(set) var rows: [LogID: Row]

    package init(_ folder: NodeFolder) throws(StoreFailure) {
        path = folder.headLedgerPath
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        let bytes = Self.contents(descriptor)
        rows = Self.rows(in: bytes)
        size = bytes.count
        if !size.isMultiple(of: Self.rowBytes) {
            // A torn last row: start the next one on a boundary.
            size -= size % Self.rowBytes
            _ = ftruncate(descriptor, off_t(size))
        }
    }

    deinit { close(descriptor) }

    /// Adds rows after they have been committed. Failure is not fatal: the ledger may lag.
    package func append(_ more: [Row]) {
        guard !more.isEmpty else { return }
        var bytes: [UInt8] = []
        for row in more {
            bytes += Self.encode(row)
            rows[row.log] = row
        }
        if size + bytes.count > Self.compactionBytes { compact() } else { write(bytes) }
        needsSync = true
    }

    /// Makes what was appended durable. Called within a second of each append.
    package func sync() {
        guard needsSync else { return }
        needsSync = false
        _ = fdatasync(descriptor)
    }

    private func write(_ bytes: [UInt8]) {
        let written = Glibc.write(descriptor, bytes, bytes.count)
        if written == bytes.count {
            size += written
        } else if written > 0 {
            _ = ftruncate(descriptor, off_t(size))
        }
    }

    /// Writes a new file and moves it into place.
    private func compact() {
        let temporary = path + ".new"
        let fresh = open(
            temporary, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard fresh >= 0 else { return }
        let bytes = rows.values.sorted { $0.log < $1.log }.flatMap(Self.encode)
        guard Glibc.write(fresh, bytes, bytes.count) == bytes.count, fsync(fresh) == 0,
            rename(temporary, path) == 0
        else {
            close(fresh)
            return
        }
        close(descriptor)
        descriptor = fresh
        size = bytes.count
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
        let body = writer.bytes + [UInt8](repeating: 0, count: rowBytes - 8 - writer.bytes.count)
        return checksum(body) + body
    }

    private static func rows(in bytes: [UInt8]) -> [LogID: Row] {
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
