// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import GridCore
import GridStore

/// Carries records in files, where there is no link.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "数据包:用存储盘传送 / carry records in files on a stick",
        subcommands: [
            PlanBundle.self, ExportBundle.self, ImportBundles.self, InspectBundle.self,
        ])
}

/// What says what goes into a bundle.
struct BundleOptions: ParsableArguments {
    @Option(help: "给谁:名称、区划代码或公钥 / for whom: name, area or key") var to: String
    @Flag(help: "已在路上的也再导出一次 / also what is on the road already") var again = false

    /// - Parameter maxSize: of a file, `700M`.
    func body(maxSize: String? = nil) throws -> JSONValue {
        var parts: [String: JSONValue] = ["to": .text(to), "again": .boolean(again)]
        if let maxSize {
            guard let bytes = Self.bytes(maxSize) else {
                throw ValidationError(
                    "--max-size 应为字节数,可带 K、M、G / --max-size is a number of bytes with K, M or G")
            }
            parts["max_bytes"] = .integer(bytes)
        }
        return .object(parts)
    }

    /// Reads `700M`; the letters are powers of 1,024.
    static func bytes(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let last = text.last.map { Character($0.uppercased()) }
        let unit = last.flatMap { units[$0] }
        guard let number = Int64(unit == nil ? text[...] : text.dropLast()), number > 0 else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }
}

/// Shows what a bundle would carry.
struct PlanBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "要带多少内容 / what an export would carry")

    @OptionGroup var common: CommonOptions
    @OptionGroup var bundle: BundleOptions

    func run() throws {
        let plan = try DaemonClient(try common.folder()).send(
            .post, "/v1/bundles/plan", try bundle.body())
        if common.json { return Screen.json(plan) }
        let name = Screen.plain(plan["to"]?["name"]?.shown ?? "")
        Screen.line(
            "给 \(name) 要带 \(plan["entries"]?.shown ?? "0") 条,约 \(plan["bytes"]?.shown ?? "0") 字节 / "
                + "entries and bytes to carry")
        BundleText.showLanes(plan)
        BundleText.showRoad(plan["on_the_road"], name: name)
    }
}

/// Writes bundles for one node until nothing is left or the stick is full.
struct ExportBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "导出给一个节点;放不下的,换盘再运行一次 / export; run again with the next stick")

    @OptionGroup var common: CommonOptions
    @OptionGroup var bundle: BundleOptions
    @Option(help: "单个文件的最大字节数,如 700M / largest file, such as 700M") var maxSize: String?
    @Option(help: "最多写几个文件 / at most so many files") var files: Int?
    @Argument(help: "存储盘上的目录 / a folder on the stick") var directory: String

    func run() throws {
        let client = DaemonClient(try common.folder())
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            throw CommandFailure(
                .notFound, "没有目录 \(directory)。请插好存储盘,写它上面的目录。",
                "there is no folder \(directory); plug the stick in, and name a folder on it")
        }
        var body = try bundle.body(maxSize: maxSize)
        var made: [JSONValue] = []
        var failure: CommandFailure?
        repeat {
            let part: JSONValue
            do {
                part = try one(client, body)
            } catch let stopped as CommandFailure where !made.isEmpty {
                failure = stopped
                break
            }
            made.append(part)
            // What this run has written is not to be repeated by its next file.
            if case .object(var parts) = body {
                parts["again"] = .boolean(false)
                body = .object(parts)
            }
        } while made.last?["has_more"]?.boolean == true && made.count < files ?? .max
        show(made)
        if let failure { throw failure }
    }

    /// Has one file made, carries it to the stick, and says so.
    private func one(_ client: DaemonClient, _ body: JSONValue) throws -> JSONValue {
        let part = try client.work("/v1/bundles/export", body, "导出 / exporting")
        guard let path = part["path"]?.string, let id = part["id"]?.string,
            let number = part["part"]?.integer, case .object(var parts) = part
        else {
            throw CommandFailure(.failed, "节点的答复看不懂。", "the daemon's answer is not understood")
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = "\(directory)/\(BundleText.fileName(part))"
        do throws(BundleFailure) {
            try BundleFiles.copy(path, to: file)
        } catch {
            throw CommandFailure(error, file: file)
        }
        _ = try client.send(
            .post, "/v1/bundles/carried", .object(["id": .text(id), "part": .integer(number)]))
        parts["path"] = nil
        parts["file"] = .text(file)
        return .object(parts)
    }

    private func show(_ made: [JSONValue]) {
        if common.json {
            return Screen.json(
                .object(["schema": .text("onegrid.bundle_export/1"), "items": .list(made)]))
        }
        for part in made {
            Screen.line(
                "已写入 / written \(part["file"]?.shown ?? ""):数据包 \(part["name"]?.shown ?? "") "
                    + "第 \(part["part"]?.shown ?? "") 份,\(part["entries"]?.shown ?? "") 条,"
                    + "\(part["bytes"]?.shown ?? "") 字节 / bundle, part, entries, bytes")
        }
        Screen.line(
            made.last?["has_more"]?.boolean == true
                ? "还有内容没有导出:换一个存储盘再运行一次 / more is left: run it again with the next stick"
                : "全部导出,只有 \(Screen.plain(made.last?["to"]?["name"]?.shown ?? "")) 能打开 / "
                    + "all is exported; only the recipient can open it")
    }
}

/// Takes in the bundles of a stick, which is only read.
struct ImportBundles: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "导入;只读存储盘,可重复导入 / import; the stick is only read")

    @OptionGroup var common: CommonOptions
    @Argument(help: "目录或文件 / folders or files") var paths: [String]

    func run() throws {
        let carried = BundleIntake(folder: try common.folder())
        var items: [JSONValue] = []
        for path in paths {
            for file in try BundleText.list(path) {
                items.append(try carried.send("/v1/bundles/import", file, isListed: file != path))
            }
        }
        if common.json {
            Screen.json(
                .object(["schema": .text("onegrid.bundle_import/1"), "items": .list(items)]))
        } else {
            for item in items { BundleText.showImport(item) }
            if items.isEmpty { Screen.line("没有数据包文件 / no bundles there") }
        }
        let wrong = items.filter { $0["problem"] != nil && $0["problem"] != .null }
        guard wrong.isEmpty else {
            throw CommandFailure(
                .badData, "\(wrong.count) 个文件没有完整收下。",
                "\(wrong.count) file(s) were not taken in whole",
                details: wrong.map {
                    "  \($0["file"]?.shown ?? "") [\($0["problem"]?["code"]?.shown ?? "")] "
                        + "\($0["problem"]?["zh"]?.shown ?? "") / \($0["problem"]?["en"]?.shown ?? "")"
                })
        }
    }
}

/// Shows what anybody, or its recipient, may see of a bundle.
struct InspectBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "查看数据包,不导入 / look at a bundle without taking it in")

    @OptionGroup var common: CommonOptions
    @Argument(help: "文件 / the file") var file: String

    func run() throws {
        let prelude: BundlePrelude
        do throws(BundleFailure) {
            prelude = try BundleReader.prelude(file)
        } catch {
            throw CommandFailure(error, file: file)
        }
        let item = try BundleIntake(folder: try common.folder()).send(
            "/v1/bundles/inspect", file, isListed: true)
        if common.json { return Screen.json(item) }
        Screen.line(
            "数据包 \(prelude.name) 第 \(prelude.part) 份,给公钥 \(prelude.recipient) / bundle, part, for the key"
        )
        guard item["from"] != nil else {
            return Screen.line(
                (item["problem"]?["zh"]?.shown ?? item["skipped"]?["zh"]?.shown ?? "") + " / "
                    + (item["problem"]?["en"]?.shown ?? item["skipped"]?["en"]?.shown ?? ""))
        }
        Screen.line(
            "来自 \(Screen.plain(item["from"]?["name"]?.shown ?? ""))(\(item["from"]?["area"]?.shown ?? "")),"
                + "\(item["made_at"]?.shown ?? "") / from, made at")
        BundleText.showLanes(item)
        if item["has_more"]?.boolean == true {
            Screen.line("后面还有 / another part follows")
        }
    }
}
