// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import GridCrypto
import GridLog
import GridStore
import Synchronization

/// The node keys that this command has opened: whoever typed a passphrase is not asked again.
enum OpenedKeys {
    private static let opened = Mutex<[String: SigningKey]>([:])

    /// The node's own key of a folder.
    static func key(of folder: NodeFolder) throws -> SigningKey {
        if let key = opened.withLock({ $0[folder.path] }) { return key }
        let key = try NodeKey.open(folder) { try passphrase(of: folder.nodeKeyPath) }
        opened.withLock { $0[folder.path] = key }
        return key
    }

    /// The key that is to take the place of the node's own; a new one where none lies there, sealed
    /// as that one is.
    static func next(of folder: NodeFolder) throws -> SigningKey {
        let path = folder.nextKeyPath
        let isSealed = try KeyFile.content(at: folder.nodeKeyPath).isSealed
        guard FileManager.default.fileExists(atPath: path) else {
            let key = SigningKey.generate()
            try KeyFile.create(
                key, at: path, sealedBy: isSealed ? KeyFile.Seal(neededPassphrase(of: path)) : nil)
            return key
        }
        let content = try KeyFile.content(at: path)
        let key = try content.open { try neededPassphrase(of: path) }
        if isSealed, !content.isSealed {
            try KeyFile.replace(
                with: key, at: path, sealedBy: KeyFile.Seal(neededPassphrase(of: path)))
        }
        return key
    }

    /// The key that is to take the place of the node's own, if one waits.
    ///
    /// - Parameter passphrase: by which it may be sealed; else whoever asks is asked.
    static func waiting(in folder: NodeFolder, sealedBy passphrase: Passphrase?) throws
        -> SigningKey?
    {
        let path = folder.nextKeyPath
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let content = try KeyFile.content(at: path)
        if let passphrase {
            do {
                return try content.open { passphrase }
            } catch let failure as KeyFileFailure where failure.reason == .wrongPassphrase {
                // It still has the one of before.
            }
        }
        return try content.open { try neededPassphrase(of: path) }
    }

    private static func neededPassphrase(of path: String) throws -> Passphrase {
        guard let passphrase = try passphrase(of: path) else {
            throw NodeKeyFailure.passphraseNeeded(path: path)
        }
        return passphrase
    }

    /// The passphrase of a node's key: as the environment gives it, else from the terminal; nil
    /// where there is neither.
    static func passphrase(of path: String) throws -> Passphrase? {
        let file = getenv("ONEGRID_PASSPHRASE_FILE").map { String(cString: $0) }
        if let given = try NodeKey.givenPassphrase(file: file?.isEmpty == true ? nil : file) {
            return given
        }
        guard Terminal.isThere else { return nil }
        let typed = Terminal.secretLine("节点密钥口令 / passphrase of \(path): ") ?? []
        return typed.isEmpty ? nil : Passphrase(typed)
    }
}

extension Store {
    /// Opens a folder whose daemon does not run, with its own key. Nobody is asked for a passphrase
    /// while another process has the folder.
    convenience init(_ folder: NodeFolder) throws {
        try Sodium.start()
        _ = try FolderLock(folder)
        try self.init(folder, owner: Author(OpenedKeys.key(of: folder)))
    }
}
