// SPDX-License-Identifier: Apache-2.0

package import GridSync

/// What an act's code says to people.
package enum AuditWords {
    /// The code itself for an act that this program does not know.
    package static func of(_ act: AuditAct) -> (chinese: String, english: String) {
        table[act] ?? (act.rawValue, act.rawValue)
    }

    private static let table: [AuditAct: (chinese: String, english: String)] = [
        .certificate: ("签发证书", "certificate issued"),
        .plainRead: ("查看原值", "plain values read"),
        .plainHistory: ("查看原值的来历", "plain history read"),
        .plainSQL: ("查询原值", "plain values queried"),
        .importing: ("导入", "sheet imported"),
        .rebuild: ("重建所有表", "tables rebuilt"),
        .cutOff: ("停用公钥", "key cut off"),
        .forkClosing: ("裁定分叉的日志", "forked log closed"),
        .adopting: ("认领被隔离的内容", "quarantined entries adopted"),
        .discarding: ("丢弃被隔离的内容", "quarantined entries thrown away"),
        .redaction: ("删除内容", "values redacted"),
        .redactionDone: ("已执行删除", "redaction carried out"),
        .bundleExport: ("导出数据包", "bundle exported"),
        .bundleImport: ("导入数据包", "bundle imported"),
        .quarantineExport: ("导出被隔离的内容", "quarantined entries exported"),
        .quarantineImport: ("导入被隔离的内容", "quarantined entries imported"),
        .pause: ("暂停连接", "link paused"),
        .resume: ("恢复连接", "link resumed"),
    ]
}
