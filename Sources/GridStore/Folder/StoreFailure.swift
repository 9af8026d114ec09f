// SPDX-License-Identifier: Apache-2.0

/// What can go wrong with a data folder. The text says what, where and what to do.
package enum StoreFailure: Error, Hashable, Sendable {
    case cannotOpen(path: String, reason: String)
    /// Another process has the folder open.
    case folderInUse(path: String, processID: Int32?)
    /// There is no node in this folder.
    case notANode(path: String)
    /// There is a node in this folder already.
    case alreadyANode(path: String)
    /// The node has no certificate yet.
    case notEnrolled(path: String)
    /// A setting that durability hangs on did not take.
    case settingRefused(name: String, value: String)
    /// What lies in the database is not what was written there.
    case damaged(what: String)
    /// The file itself is no whole database any more: SQLite cannot find its way in it.
    case corrupt(path: String, reason: String)
    /// Rebuilding would throw away what no other node is known to have; nothing was changed.
    case irreplaceable(what: String)
    /// There is no room left; nothing was changed.
    case diskFull(path: String)
    /// SQLite could not read or write.
    case databaseFailed(path: String, reason: String)
    /// The folder's path leaves no room for the name of its socket.
    case pathTooLong(path: String)
    /// The database was made by a newer program.
    case tooNew(path: String)
    /// The folder's data is sealed for another key than this one, 64 hexadecimal digits.
    case keyDoesNotOpen(path: String, key: String)
}

extension StoreFailure {
    /// What happened, where, and what to do, in Chinese.
    package var chinese: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "无法打开 \(path):\(reason)。请检查路径和权限。"
        case .folderInUse(let path, let processID):
            "数据目录 \(path) 正被进程 \(processID.map(String.init) ?? "?") 使用,请先停止它。"
        case .notANode(let path):
            "\(path) 还不是节点目录,请先运行 gridctl init、join 或 request。"
        case .alreadyANode(let path):
            "\(path) 已经是节点目录,不会覆盖。"
        case .notEnrolled(let path):
            "\(path) 的节点还没有证书,请运行 gridctl join 或 gridctl accept。"
        case .settingRefused(let name, let value):
            "数据库设置 \(name) 为 \(value),不能保证写入不丢,拒绝启动。"
        case .damaged(let what):
            "数据库损坏:\(what)。请运行 gridctl verify。"
        case .irreplaceable(let what):
            "账本有损坏,而且没有其他节点确认过这些内容,重建会丢失它们,所以没有改动:\(what)"
        case .diskFull(let path):
            "磁盘已满,\(path) 没有改动。请腾出空间。"
        case .databaseFailed(let path, let reason):
            "数据库 \(path) 出错:\(reason)。请检查磁盘。"
        case .pathTooLong(let path):
            "目录路径太长(最多 \(NodeFolder.pathBytesMax) 字节):\(path)。请换一个短的目录。"
        case .tooNew(let path):
            "\(path) 由更新的版本创建,请升级程序。"
        case .keyDoesNotOpen(let path, let key):
            "\(path) 的数据是用另一个节点密钥封存的,公钥 \(key) 打不开。请放回原来的 keys/node.key,或从备份恢复。"
        case .corrupt(let path, let reason):
            "数据库文件 \(path) 已损坏:\(reason)。请检查磁盘,保留文件,从备份或其他节点恢复。"
        }
    }

    /// The same in English.
    package var english: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open \(path): \(reason); check the path and its permissions"
        case .folderInUse(let path, let processID):
            "the data folder \(path) is in use by process \(processID.map(String.init) ?? "?"); stop it first"
        case .notANode(let path):
            "\(path) holds no node; run gridctl init, join or request first"
        case .alreadyANode(let path):
            "\(path) already holds a node; nothing was overwritten"
        case .notEnrolled(let path):
            "the node in \(path) has no certificate yet; run gridctl join or gridctl accept"
        case .settingRefused(let name, let value):
            "the database setting \(name) is \(value); writes would not be safe, so the node does not start"
        case .damaged(let what):
            "the database is damaged: \(what); run gridctl verify"
        case .irreplaceable(let what):
            "the ledger is damaged and no other node is known to have what is lost, so nothing was changed: \(what)"
        case .diskFull(let path):
            "the disk is full, \(path) was not changed; make room"
        case .databaseFailed(let path, let reason):
            "the database \(path) failed: \(reason); check the disk"
        case .pathTooLong(let path):
            "the path \(path) is longer than \(NodeFolder.pathBytesMax) bytes; choose a shorter one"
        case .tooNew(let path):
            "\(path) was made by a newer version; upgrade this program"
        case .keyDoesNotOpen(let path, let key):
            "the data in \(path) is sealed for another node's key, \(key) does not open it; put the former keys/node.key back, or restore a backup"
        case .corrupt(let path, let reason):
            "the database file \(path) is corrupt: \(reason); check the disk, keep the files, restore from a backup or a peer"
        }
    }
}

extension StoreFailure: CustomStringConvertible {
    package var description: String { "\(chinese) / \(english)" }
}
