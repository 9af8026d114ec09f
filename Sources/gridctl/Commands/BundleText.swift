// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridStore

/// Brings files from a stick to the daemon.
struct BundleIntake {
    let folder: NodeFolder
    var kind: BundlePrelude.Kind = .bundle

    /// Copies a file into the node's folder, and has the daemon look at it there.
    ///
    /// - Parameter isListed: it was found in a folder, and may be for somebody else.
    /// - Returns: the answer, with `file`, and `problem` or `skipped` where it was not taken.
    func send(_ path: String, _ file: String, isListed: Bool) throws -> JSONValue {
        do {
            return try merged(ask(path, file), ["file": .text(file)])
        } catch let failure as BundleFailure {
            let words = Self.words(failure.code, failure.chinese, failure.english)
            if case .forAnother = failure, isListed {
                return .object(["file": .text(file), "skipped": words])
            }
            return .object(["file": .text(file), "problem": words])
        } catch let failure as CommandFailure where failure.kind != .notRunning {
            return .object([
                "file": .text(file),
                "problem": Self.words(
                    failure.code ?? "failed", failure.chinese, failure.english),
            ])
        }
    }

    private func ask(_ path: String, _ file: String) throws -> JSONValue {
        let client = DaemonClient(folder)
        let own = try client.get("/v1/status")["node"]?["key"]?.string
        let recipient = try BundleReader.prelude(file, as: kind).recipient.description
        guard recipient == own else { throw BundleFailure.forAnother(key: recipient) }
        let name = "in-\(UUID().uuidString)\(BundleFiles.suffix)"
        let copy = "\(try BundleFiles.makeFolder(of: folder))/\(name)"
        try BundleFiles.copy(file, to: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try client.work(path, .object(["file": .text(name)]), "读取 / reading")
    }

    private func merged(_ answer: JSONValue, _ more: [String: JSONValue]) -> JSONValue {
        guard case .object(let parts) = answer else { return answer }
        return .object(parts.merging(more) { $1 })
    }

    private static func words(_ code: String, _ chinese: String, _ english: String) -> JSONValue {
        .object(["code": .text(code), "zh": .text(chinese), "en": .text(english)])
    }
}

/// What the commands about bundles say.
enum BundleText {
    /// The bundles that a path names.
    static func list(_ path: String) throws -> [String] {
        do throws(BundleFailure) {
            return try BundleFiles.list(path)
        } catch {
            throw CommandFailure(error, file: path)
        }
    }

    /// In ASCII, for any stick; names in the order in which they were made.
    static func fileName(_ part: JSONValue) -> String {
        let area = part["to"]?["area"]?.string ?? ""
        let time = (part["made_at"]?.string ?? "").prefix(16).filter(\.isNumber)
        let name = (part["name"]?.string ?? "").filter { $0 != "-" }
        let number = String(part["part"]?.integer ?? 0)
        let padded = String(repeating: "0", count: max(0, 5 - number.count)) + number
        return "onegrid-\(area)-\(time)-\(name)-\(padded)\(BundleFiles.suffix)"
    }

    static func showLanes(_ answer: JSONValue) {
        let words = ["authority": "授权", "urgent": "紧急", "routine": "日常"]
        for lane in answer["lanes"]?.items ?? [] {
            let code = lane["lane"]?.string ?? ""
            Screen.line(
                "  \(words[code] ?? "") \(code):\(lane["entries"]?.shown ?? "") 条,"
                    + "\(lane["bytes"]?.shown ?? "") 字节 / entries, bytes")
        }
    }

    /// What is on the road; nothing where nothing is.
    static func showRoad(_ road: JSONValue?, name: String) {
        guard let text = Self.road(road) else { return }
        Screen.line("\(name):\(text)")
    }

    static func road(_ road: JSONValue?) -> String? {
        guard let road, road != .null else { return nil }
        let bundles = (road["bundles"]?.items ?? []).map { each in
            "\(each["name"]?.shown ?? "")/\(each["part"]?.shown ?? "")"
        }
        let since = (road["since"]?.string ?? "").prefix(10)
        let entries = road["entries"]?.shown ?? ""
        let names = bundles.prefix(4).joined(separator: "、") + (bundles.count > 4 ? "…" : "")
        return "\(entries) 条在路上(\(since) 起,数据包 \(names)) / "
            + "\(entries) entries on the road since \(since), bundle \(names)"
    }

    static func showImport(_ item: JSONValue) {
        let file = item["file"]?.shown ?? ""
        if let skipped = item["skipped"] {
            return Screen.line(
                "跳过 / skipped \(file):\(skipped["zh"]?.shown ?? "") / \(skipped["en"]?.shown ?? "")"
            )
        }
        guard item["from"] != nil else { return }
        Screen.line(
            "\(file):来自 \(Screen.plain(item["from"]?["name"]?.shown ?? "")),数据包 "
                + "\(item["name"]?.shown ?? "") 第 \(item["part"]?.shown ?? "") 份 / from, bundle, part"
        )
        Screen.line(
            "  新 \(item["new_entries"]?.shown ?? "0") 条,已有 \(item["known_runs"]?.shown ?? "0") 段,"
                + "等待前文 \(item["parked_runs"]?.shown ?? "0") 段;"
                + "对方已确认本节点 \(item["acknowledged_entries"]?.shown ?? "0") 条 / "
                + "new entries, known runs, parked runs; entries acknowledged")
        for refused in item["refused"]?.items ?? [] {
            Screen.line(
                "  拒收 \(refused["runs"]?.shown ?? "") 段 / refused [\(refused["code"]?.shown ?? "")] "
                    + "\(refused["zh"]?.shown ?? "") / \(refused["en"]?.shown ?? "")")
        }
        if let parked = item["parked_runs"]?.integer, parked > 0 {
            Screen.line("  请导入前面的部分 / import the earlier parts, too")
        }
        if let aside = item["set_aside_runs"]?.integer, aside > 0 {
            Screen.line(
                "  分叉日志中不计入的 \(aside) 段已另存,见 gridctl fork list / "
                    + "runs of a branch that does not count, kept aside")
        }
        if item["has_more"]?.boolean == true { Screen.line("  后面还有 / another part follows") }
    }
}

extension CommandFailure {
    init(_ failure: BundleFailure, file: String) {
        let kind: Kind =
            switch failure {
            case .notABundle, .notAQuarantine, .forAnother, .incomplete, .damaged, .malformed,
                .badRecipient:
                .badData
            case .missing: .notFound
            case .noRoom: .tryAgain
            case .system: .failed
            }
        self.init(kind, "\(file):\(failure.chinese)", "\(file): \(failure.english)")
    }
}
