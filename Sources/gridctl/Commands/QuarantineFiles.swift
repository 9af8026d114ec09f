// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridStore

/// Quarantines on their way from a machine to its office.
extension Quarantine {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "导出给上级,本机的保留 / write it to a file for an office; it stays here")
        @OptionGroup var common: CommonOptions
        @Option(help: "给谁:名称、区划代码或公钥 / for whom: name, area or key") var to: String
        @Argument(help: "存储盘上的新文件 / a new file on the stick") var file: String

        func run() throws {
            let made = try DaemonClient(try common.folder()).send(
                .post, "/v1/quarantine/export", .object(["to": .text(to)]), seconds: nil)
            guard let path = made["path"]?.string, case .object(var parts) = made else {
                throw CommandFailure(.failed, "节点的答复看不懂。", "the daemon's answer is not understood")
            }
            defer { try? FileManager.default.removeItem(atPath: path) }
            do throws(BundleFailure) {
                try BundleFiles.copy(path, to: file)
            } catch {
                throw CommandFailure(error, file: file)
            }
            parts["path"] = nil
            parts["file"] = .text(file)
            if common.json { return Screen.json(.object(parts)) }
            let name = Screen.plain(made["to"]?["name"]?.shown ?? "")
            Screen.line(
                "已写入 / written \(file):\(made["entries"]?.shown ?? "") 条,\(made["bytes"]?.shown ?? "") 字节,"
                    + "只有 \(name) 能打开 / entries, bytes; only the recipient can open it")
            Screen.line("本机的仍在隔离区 / what is here stays in quarantine")
            if made["noted"]?.boolean == false {
                Screen.line(
                    "本机公钥已停用,不能再写审计记录 / this key was cut off: its audit trail takes no more")
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "收进隔离区,可重复 / take it into quarantine here; twice does no harm")
        @OptionGroup var common: CommonOptions
        @Argument(help: "文件,只读 / the file, which is only read") var file: String

        func run() throws {
            let answer = try BundleIntake(folder: try common.folder(), kind: .quarantine).send(
                "/v1/quarantine/import", file, isListed: false)
            if common.json { Screen.json(answer) } else { show(answer) }
            guard let problem = answer["problem"], problem != .null else { return }
            throw CommandFailure(
                .badData, "\(file) 没有完整收下:\(problem["zh"]?.shown ?? "")",
                "\(file) was not taken in whole: \(problem["en"]?.shown ?? "")",
                details: ["  [\(problem["code"]?.shown ?? "")]"])
        }

        private func show(_ answer: JSONValue) {
            guard answer["from"] != nil else { return }
            Screen.line(
                "来自 \(Screen.plain(answer["from"]?["name"]?.shown ?? "")):新 "
                    + "\(answer["new_entries"]?.shown ?? "0") 条,已有 \(answer["known_runs"]?.shown ?? "0") 段 / "
                    + "new entries, known runs")
            for refused in answer["refused"]?.items ?? [] {
                Screen.line(
                    "  拒收 \(refused["runs"]?.shown ?? "") 段 / refused [\(refused["code"]?.shown ?? "")] "
                        + "\(refused["zh"]?.shown ?? "") / \(refused["en"]?.shown ?? "")")
            }
            for writer in answer["writers"]?.items ?? [] {
                Screen.line(
                    "  用 gridctl quarantine show \(Screen.plain(writer["name"]?.shown ?? "")) 查看 / look at it"
                )
            }
        }
    }

    /// Who has carried some writing here, for people; empty where nobody has.
    static func carriers(_ item: JSONValue) -> String {
        (item["carried_by"]?.items ?? []).map { each in
            let name = Screen.plain(each["name"]?.shown ?? "")
            let shown = name.isEmpty ? String((each["key"]?.shown ?? "").prefix(16)) : name
            return "\(shown) \((each["at"]?.shown ?? "").prefix(10))"
        }.joined(separator: "、")
    }
}
