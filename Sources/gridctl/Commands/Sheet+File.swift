// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridSheet

extension Sheet {
    /// Reads a file that a person names, for a collection as the desk describes it.
    init(path: String, collection: JSONValue) throws {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        do throws(SheetViolation) {
            try self.init(Array(content), fields: Self.fields(of: collection))
        } catch {
            throw CommandFailure(.badData, error.chinese(path), error.english(path))
        }
    }

    /// Field names by name and by Chinese label.
    private static func fields(of collection: JSONValue) -> [String: String] {
        var fields: [String: String] = [:]
        for field in collection["fields"]?.items ?? []
        where field["kind"]?.string != "derived" {
            guard let name = field["field"]?.string else { continue }
            fields[name] = name
            if let label = field["label"]?.string { fields[label] = name }
        }
        return fields
    }
}

extension SheetViolation {
    fileprivate func chinese(_ path: String) -> String {
        switch self {
        case .unknownEncoding(let row):
            "\(path) 第 \(row) 行不是 UTF-8 也不是 GB18030 编码,请另存为 CSV UTF-8。"
        case .notCSV(let reason): "\(path) 不是 CSV:\(reason)"
        case .noHead: "\(path) 前 \(Sheet.headRowsMax) 行里没有找到表头。"
        }
    }

    fileprivate func english(_ path: String) -> String {
        switch self {
        case .unknownEncoding(let row):
            "\(path) row \(row) is neither UTF-8 nor GB18030; save it as CSV UTF-8"
        case .notCSV(let reason): "\(path) is no CSV: \(reason)"
        case .noHead: "no row among the first \(Sheet.headRowsMax) of \(path) names fields"
        }
    }
}
