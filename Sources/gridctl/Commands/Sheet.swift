// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import SwiftCSV

/// The rows of a CSV file under the fields of a collection.
struct Sheet {
    /// Rows as field name to text, with their numbers in the file, counted from 1.
    let rows: [(number: Int, cells: [String: String])]
    /// Heads that name no field.
    let unknownHeads: [String]
    let encoding: String

    /// The head may stand in any of the first rows.
    private static let headRowsMax = 10

    init(path: String, collection: JSONValue) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        let bytes = Array(data)
        let text: String
        do throws(TextDecoding.Failure) {
            (text, encoding) = try TextDecoding.text(bytes)
        } catch {
            let row = bytes.prefix(error.offset).count { $0 == 0x0A } + 1
            throw CommandFailure(
                .badData, "\(path) 第 \(row) 行不是 UTF-8 也不是 GB18030 编码,请另存为 CSV UTF-8。",
                "\(path) row \(row) is neither UTF-8 nor GB18030; save it as CSV UTF-8")
        }
        let table: [[String]]
        do {
            table = try EnumeratedCSV(string: text, delimiter: .comma, loadColumns: false)
                .headed
        } catch {
            throw CommandFailure(.badData, "\(path) 不是 CSV:\(error)", "\(path) is no CSV: \(error)")
        }
        let fields = Self.fields(of: collection)
        let scores = table.prefix(Self.headRowsMax).map { row in
            row.count { fields[Self.plain($0)] != nil }
        }
        guard let best = scores.max(), best > 0, let head = scores.firstIndex(of: best) else {
            throw CommandFailure(
                .badData, "\(path) 前 \(Self.headRowsMax) 行里没有找到表头。",
                "no row among the first \(Self.headRowsMax) of \(path) names fields")
        }
        let columns = table[head].map { fields[Self.plain($0)] }
        unknownHeads = zip(table[head], columns)
            .filter { $0.1 == nil && !Self.plain($0.0).isEmpty }.map(\.0)
        rows = table.enumerated().dropFirst(head + 1).compactMap { index, row in
            var cells: [String: String] = [:]
            for (name, text) in zip(columns, row) {
                let trimmed = TextFolding.trimmed(text)
                if let name, !trimmed.isEmpty { cells[name] = trimmed }
            }
            return cells.isEmpty ? nil : (index + 1, cells)
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

    /// A head without marks, spaces and width.
    private static func plain(_ head: String) -> String {
        TextFolding.words(head.filter { $0 != "*" && $0 != "*" }).lowercased()
    }
}

extension EnumeratedCSV {
    /// Head and rows alike.
    fileprivate var headed: [[String]] { [header] + rows }
}
