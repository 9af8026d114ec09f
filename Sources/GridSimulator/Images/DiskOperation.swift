// SPDX-License-Identifier: Apache-2.0

import CFaultyDisk

/// One thing that SQLite did to a file, as the recording disk noted it.
struct DiskOperation: Sendable {
    enum Kind: Int32, Sendable {
        case create = 1
        case write = 2
        case truncate = 3
        case sync = 4
        case delete = 5
        case syncFolder = 6
    }

    let kind: Kind
    /// Which file, counted in the order of their making; 0 for the folder.
    let file: Int
    let name: String
    /// Of a write in the file; of a truncation the file's new size. Bytes.
    let offset: Int
    let bytes: [UInt8]

    /// How many operations were recorded in a folder up to now.
    static func count(in folder: String) -> Int { Int(faulty_disk_operation_count(folder)) }

    /// All operations recorded in a folder.
    static func all(in folder: String) -> [DiskOperation] {
        (0..<count(in: folder)).map { index in
            var noted = faulty_disk_operation()
            guard faulty_disk_operation_at(folder, UInt64(index), &noted) == 0,
                let kind = Kind(rawValue: noted.kind)
            else { preconditionFailure("operation \(index) of \(folder) is not there") }
            let bytes = UnsafeBufferPointer(start: noted.bytes, count: Int(noted.length))
            return DiskOperation(
                kind: kind, file: Int(noted.file),
                name: noted.name.map { String(cString: $0) } ?? "",
                offset: Int(noted.offset), bytes: Array(bytes))
        }
    }

    /// Places inside of a write at which a sector begins, as counts of its bytes.
    var cuts: [Int] {
        guard kind == .write else { return [] }
        let sector = 512
        let first = (offset / sector + 1) * sector - offset
        return Array(stride(from: first, to: bytes.count, by: sector))
    }
}
