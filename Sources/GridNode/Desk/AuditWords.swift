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
        .lookUp: ("按敏感值查找", "sensitive values looked up"),
        .importing: ("导入", "sheet imported"),
        .exporting: ("导出", "records exported"),
        .plainExport: ("导出原值", "plain values exported"),
        .rebuild: ("重建所有表", "tables rebuilt"),
        .cutOff: ("停用公钥", "key cut off"),
        .forkClosing: ("裁定分叉的日志", "forked log closed"),
        .adopting: ("认领被隔离的内容", "quarantined entries adopted"),
        .discarding: ("丢弃被隔离的内容", "quarantined entries thrown away"),
        .redaction: ("删除内容", "values redacted"),
        .redactionDone: ("已执行删除", "redaction carried out"),
        .readers: ("更改可见设备", "readers of a record changed"),
        .areaChange: ("变更区划代码", "area code changed"),
        .exposure: ("查看设备上有谁的信息", "exposure of a node listed"),
        .plainExposure: ("查看设备上有谁的信息(原名)", "exposure of a node listed by name"),
        .bundleExport: ("导出数据包", "bundle exported"),
        .bundleImport: ("导入数据包", "bundle imported"),
        .quarantineExport: ("导出被隔离的内容", "quarantined entries exported"),
        .quarantineImport: ("导入被隔离的内容", "quarantined entries imported"),
        .pause: ("暂停连接", "link paused"),
        .resume: ("恢复连接", "link resumed"),
    ]
}
