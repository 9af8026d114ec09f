// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import GridCrypto
import GridStore

/// The admin's command of a node.
@main
struct GridControl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gridctl",
        abstract: "多网合一节点管理 / administers an Onegrid node",
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "入网 / Enrolment",
                subcommands: [
                    Init.self, Invite.self, Invitations.self, Join.self, Requests.self,
                    Approve.self, Reject.self, Request.self, Accept.self, Key.self,
                ]),
            CommandGroup(
                name: "授权 / Authority",
                subcommands: [
                    Posts.self, Handover.self, Renew.self, Revoke.self, Retire.self, CutOffs.self,
                    Exposure.self, Area.self,
                    Quarantine.self, ForkCommand.self, Redact.self, Redactions.self, Token.self,
                ]),
            CommandGroup(
                name: "记录 / Records",
                subcommands: [
                    Collections.self, Put.self, Get.self, List.self, History.self, Conflicts.self,
                    Resolve.self,
                    Import.self, Export.self, Template.self, Sheets.self, SQL.self,
                    ActCommand.self, ReportCommand.self, Events.self,
                ]),
            CommandGroup(
                name: "同步 / Sync",
                subcommands: [
                    Status.self, Peers.self, Lag.self, Why.self, Top.self, Sync.self,
                    Scopes.self, Log.self, Digest.self, Diff.self, Receipts.self, Pause.self,
                    Resume.self, BundleCommand.self,
                ]),
            CommandGroup(
                name: "维护 / Upkeep",
                subcommands: [
                    Doctor.self, Check.self, Explain.self, Support.self,
                    Verify.self, Rebuild.self, Audit.self,
                ]),
            CommandGroup(
                name: "备份与恢复 / Recovery",
                subcommands: [Backup.self, Restore.self, Drill.self, Incidents.self]),
        ])

    static func main() async {
        // Keys and databases are for this user alone.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch { exit(withError: error) }
        do {
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            failure.show()
            Glibc.exit(failure.exitCode)
        } catch let failure as StoreFailure {
            CommandFailure(failure).show()
            Glibc.exit(CommandFailure(failure).exitCode)
        } catch let refusal as InvitationRefusal {
            let failure = CommandFailure(refusal)
            failure.show()
            Glibc.exit(failure.exitCode)
        } catch let failure as BackupFailure {
            CommandFailure(failure).show()
            Glibc.exit(CommandFailure(failure).exitCode)
        } catch let failure as NodeKeyFailure {
            CommandFailure(failure).show()
            Glibc.exit(CommandFailure(failure).exitCode)
        } catch let failure as KeyFileFailure {
            let failure = CommandFailure(failure)
            failure.show()
            Glibc.exit(failure.exitCode)
        } catch {
            type(of: command).exit(withError: error)
        }
    }
}

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "数据目录,默认取环境变量 ONEGRID_DATA / the node's data folder")
    var data: String?

    @Flag(help: "输出 JSON / print JSON")
    var json = false

    func folder() throws -> NodeFolder {
        if let data { return NodeFolder(data) }
        if let path = getenv("ONEGRID_DATA").map({ String(cString: $0) }), !path.isEmpty {
            return NodeFolder(path)
        }
        throw ValidationError(
            "请给出 --data 目录,或设置 ONEGRID_DATA / give --data DIR or set ONEGRID_DATA")
    }
}
