// SPDX-License-Identifier: Apache-2.0

import GRDB
import GridCodec
import GridCore
import GridLog

extension StoreFailure {
    /// What an error from below means for a folder; nil for one that is not the store's.
    init?(_ error: any Error, in folder: NodeFolder) {
        switch error {
        case let failure as StoreFailure: self = failure
        case let error as DatabaseError: self.init(database: error, in: folder)
        case is DecodingViolation, is RunViolation, is ChainRefusal, is AreaCodeError,
            is RowDecodingError:
            self = .damaged(what: "\(folder.databasePath): \(error)")
        default: return nil
        }
    }

    private init(database error: DatabaseError, in folder: NodeFolder) {
        let reason = error.message ?? "\(error.resultCode)"
        switch error.extendedResultCode {
        // The index of the write-ahead log holds no data. It finds no room before the data does.
        case .SQLITE_IOERR_SHMSIZE:
            self = .diskFull(path: folder.path)
            return
        default: break
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: folder.path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .corrupt(path: folder.databasePath, reason: reason)
        default:
            self = .databaseFailed(
                path: folder.databasePath, reason: "\(reason) (\(error.extendedResultCode))")
        }
    }
}
