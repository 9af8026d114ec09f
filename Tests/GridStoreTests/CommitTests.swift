// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Glibc
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

struct CommitTests {
    private struct Stop: Error {}

    @Test func whatWasCommittedIsThereAfterReopening() throws {
        try withFolder { folder in
            let (records, logs, digests) = try {
                let node = try Node(11, in: folder)
                let write = try node.author(.note("旱"), .note("涝"))
                try node.author(
                    .write(
                        "notes", .existing(write.addresses[0]), set: ["title": .assign(.text("晴"))])
                )
                return (try node.records(), try node.store.logs(), try node.store.digests())
            }()
            let node = try Node(11, in: folder)
            #expect(try node.records() == records)
            #expect(records.count == 2)
            #expect(try node.store.logs() == logs)
            #expect(try node.store.digests() == digests)
            try node.author(.note("后"))
            #expect(try node.store.logs().map(\.height) == [3])
        }
    }

    @Test func aBatchThatThrowsLeavesNothing() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("before"))
            let (records, logs) = (try node.records(), try node.store.logs())
            #expect(throws: Stop.self) {
                try node.work { batch, transaction in
                    _ = try transaction.author([.note("lost")], in: &batch)
                    throw Stop()
                }
            }
            #expect(try node.records() == records)
            #expect(try node.store.logs() == logs)
            try node.author(.note("after"))
            #expect(try node.row("SELECT count(*) FROM notes") == ["2"])
            #expect(try node.store.verify().findings == [])
        }
    }

    /// A log that is new in a batch that fails gets its number again, for itself or another log.
    @Test func numbersOfLogsThatWereNotCommittedAreForgotten() throws {
        try withFolder { folder in
            let node = try Node(2, in: folder)
            #expect(throws: Stop.self) {
                try node.work { batch, transaction in
                    _ = try transaction.author([.note("lost", County.neighbour)], in: &batch)
                    _ = try transaction.author([.note("lost", County.village)], in: &batch)
                    throw Stop()
                }
            }
            try node.author(.note("kept", County.village))
            try node.author(.note("kept", County.neighbour))
            #expect(try node.store.digests().map(\.records) == [1, 1])
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func readersSeeAllOfACommitOrNothing() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("first"))
            try node.work { batch, transaction in
                _ = try transaction.author([.note("second")], in: &batch)
                #expect(try node.row("SELECT count(*) FROM notes") == ["1"])
            }
            #expect(try node.row("SELECT count(*) FROM notes") == ["2"])
        }
    }

    @Test func aFullDiskIsToldAndNothingIsHalfWritten() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("before"))
            func setPagesMax(_ sql: String) throws {
                try node.store.pool.writeWithoutTransaction {
                    _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(sql)")
                }
            }
            let pages = try node.store.pool.writeWithoutTransaction {
                try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            }
            try setPagesMax("\(pages)")
            try expectFullDisk(node, folder)
            try setPagesMax("1073741823")
            try expectRecovery(node)
        }
    }

    /// The same with a file system that is really full. Needs the right to mount one.
    @Test(.enabled(if: TinyDisk.canBeMade))
    func aFullFileSystemIsToldAndNothingIsHalfWritten() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.remove() }
        let node = try Node(11, in: disk.folder)
        try node.author(.note("before"))
        try disk.fill()
        try expectFullDisk(node, disk.folder)
        #expect(throws: StoreFailure.diskFull(path: disk.folder.folder.path)) {
            for number in 0..<1000 {
                try node.store.met(
                    PeerRecord(
                        key: County.author(UInt8(number % 250)).key,
                        name: String(repeating: "n", count: 2000), area: County.village,
                        replica: node.replica.id, software: "", lastContact: 0, clockSkew: 0))
            }
        }
        try disk.makeRoom()
        try expectRecovery(node)
    }

    private func expectFullDisk(_ node: Node, _ folder: TestFolder) throws {
        let long = String(repeating: "长", count: 15_000)
        #expect(throws: StoreFailure.diskFull(path: folder.folder.path)) {
            for _ in 0..<100 {
                try node.author(.write("notes", set: ["title": .assign(.text(long))]))
            }
        }
        // Reads go on, and what was acknowledged before is whole.
        let height = try #require(try node.store.logs().first?.height)
        #expect(node.replica.frontier.rows.map(\.height) == [height])
        #expect(try node.row("SELECT count(*) FROM notes") == ["\(height)"])
    }

    private func expectRecovery(_ node: Node) throws {
        try node.author(.note("after"))
        #expect(try node.row("SELECT count(*) FROM notes WHERE title = 'after'") == ["1"])
        #expect(try node.store.verify().findings == [])
    }
}

/// A file system of a few megabytes in memory.
private struct TinyDisk {
    let folder: TestFolder
    private var filler: String { "\(folder.folder.path)/filler" }

    static let canBeMade: Bool = {
        guard let disk = try? TinyDisk(megabytes: 1) else { return false }
        disk.remove()
        return true
    }()

    private struct NotMounted: Error {}

    init(megabytes: Int) throws {
        folder = try TestFolder()
        guard mount("none", folder.folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            folder.remove()
            throw NotMounted()
        }
    }

    func fill() throws {
        let file = open(filler, O_WRONLY | O_CREAT, 0o600)
        let zeros = [UInt8](repeating: 0, count: 4096)
        while write(file, zeros, zeros.count) > 0 {}
        close(file)
        #expect(errno == ENOSPC)
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: filler) }

    func remove() {
        umount2(folder.folder.path, Int32(MNT_DETACH))
        folder.remove()
    }
}
