// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import Testing

@testable import GridStore

struct StoreFailureTests {
    private let folder = NodeFolder("/data/node")

    @Test(arguments: [ResultCode.SQLITE_FULL, .SQLITE_IOERR_SHMSIZE])
    func whereThereIsNoRoomTheDiskIsFull(code: ResultCode) {
        let failure = StoreFailure(DatabaseError(resultCode: code), in: folder)
        #expect(failure == .diskFull(path: "/data/node"))
    }

    @Test(arguments: [ResultCode.SQLITE_CORRUPT, .SQLITE_CORRUPT_VTAB, .SQLITE_NOTADB])
    func whatCannotBeReadAsADatabaseIsCorrupt(code: ResultCode) {
        let failure = StoreFailure(DatabaseError(resultCode: code, message: "page 7"), in: folder)
        #expect(failure == .corrupt(path: "/data/node/grid.db", reason: "page 7"))
    }

    /// After any of these nothing is known of what lies on the disk.
    @Test(arguments: [
        ResultCode.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_WRITE, .SQLITE_IOERR_READ,
        .SQLITE_READONLY, .SQLITE_BUSY, .SQLITE_CONSTRAINT_UNIQUE,
    ])
    func everyOtherErrorIsAFailureOfTheDatabase(code: ResultCode) {
        let failure = StoreFailure(DatabaseError(resultCode: code, message: "why"), in: folder)
        guard case .databaseFailed(let path, let reason)? = failure else {
            Issue.record("\(code) became \(String(describing: failure))")
            return
        }
        #expect(path == "/data/node/grid.db")
        #expect(reason.contains("why"))
    }

    @Test func bytesThatAreNotWhatWasWrittenAreDamage() {
        for error in [
            DecodingViolation.truncated, RunViolation.signatureWrong, AreaCodeError.notDigits,
            ChainRefusal.signatureWrong,
        ] as [any Error] {
            guard case .damaged? = StoreFailure(error, in: folder) else {
                Issue.record("\(error) is not told as damage")
                continue
            }
        }
    }

    @Test func whatIsNotTheStoresIsLeftAlone() {
        struct Other: Error {}
        #expect(StoreFailure(Other(), in: folder) == nil)
        #expect(StoreFailure(StoreFailure.damaged(what: "x"), in: folder) == .damaged(what: "x"))
    }

    @Test func everyFailureSaysWhatAndWhereInBothLanguages() {
        let all: [StoreFailure] = [
            .cannotOpen(path: "/p", reason: "r"), .folderInUse(path: "/p", processID: 7),
            .folderInUse(path: "/p", processID: nil), .notANode(path: "/p"),
            .alreadyANode(path: "/p"), .notEnrolled(path: "/p"),
            .settingRefused(name: "/p", value: "0"), .damaged(what: "/p"),
            .corrupt(path: "/p", reason: "r"), .irreplaceable(what: "/p"), .diskFull(path: "/p"),
            .databaseFailed(path: "/p", reason: "r"), .pathTooLong(path: "/p"),
            .tooNew(path: "/p"),
        ]
        for failure in all {
            #expect(failure.chinese.contains("/p") && failure.english.contains("/p"), "\(failure)")
            #expect(failure.chinese.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(failure)")
            #expect(!failure.english.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(failure)")
            #expect(failure.description == "\(failure.chinese) / \(failure.english)")
        }
    }
}
