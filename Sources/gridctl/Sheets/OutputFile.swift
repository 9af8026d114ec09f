// SPDX-License-Identifier: Apache-2.0

import CXlsxWriter
import Foundation
import GridCore
import GridSheet

/// A sheet that is being written, row by row: CSV with a byte order mark or in GB18030, or XLSX.
final class OutputFile {
    private enum Form {
        case csv(FileHandle, TextConversion?)
        case xlsx(
            book: UnsafeMutablePointer<lxw_workbook>, sheet: UnsafeMutablePointer<lxw_worksheet>,
            head: UnsafeMutablePointer<lxw_format>, text: UnsafeMutablePointer<lxw_format>)
    }

    private static let rowsOfXLSXMax = 1_048_576

    private let path: String
    private let form: Form
    private var rows: UInt32 = 0
    private var pending: [UInt8] = []

    /// - Parameter isXLSX: nil to tell by the end of the name.
    init(_ path: String, isXLSX: Bool? = nil, gb18030: Bool = false) throws {
        self.path = path
        if isXLSX ?? path.lowercased().hasSuffix(".xlsx") {
            var options = lxw_workbook_options()
            options.constant_memory = 1
            guard let book = workbook_new_opt(path, &options),
                let sheet = workbook_add_worksheet(book, nil),
                let head = workbook_add_format(book), let text = workbook_add_format(book)
            else { throw Self.cannotWrite(path) }
            format_set_bold(head)
            // As text: long numbers keep their digits, and nothing is a formula.
            format_set_num_format(head, "@")
            format_set_num_format(text, "@")
            form = .xlsx(book: book, sheet: sheet, head: head, text: text)
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Self.cannotWrite(path) }
        form = .csv(file, gb18030 ? try TextConversion.writingGB18030() : nil)
        if !gb18030 { pending = TextEncoding.mark }
    }

    /// - Parameter isGuarded: whether what looks like a formula is made harmless in a CSV.
    func add(_ cells: [String], isHead: Bool = false, isGuarded: Bool = true) throws {
        switch form {
        case .csv(_, let conversion):
            let text = Array(CSVText.row(cells, isGuarded: isGuarded).utf8)
            do {
                pending += try conversion?.convert(text, isLast: true) ?? text
            } catch { throw Self.cannotWrite(path) }
            if pending.count > 65_536 { try flush() }
        case .xlsx(_, let sheet, let head, let text):
            guard rows < Self.rowsOfXLSXMax else {
                throw CommandFailure(
                    .badData, "XLSX 最多 \(Self.rowsOfXLSXMax) 行,请用 --csv 或 --area 分开导出。",
                    "an XLSX has at most \(Self.rowsOfXLSXMax) rows; use --csv, or --area")
            }
            for (column, cell) in cells.enumerated() {
                if isHead { worksheet_set_column(sheet, UInt16(column), UInt16(column), 18, text) }
                guard !cell.isEmpty else { continue }
                worksheet_write_string(sheet, rows, UInt16(column), cell, isHead ? head : text)
            }
            if isHead { worksheet_freeze_panes(sheet, rows + 1, 0) }
        }
        rows += 1
    }

    func close() throws {
        switch form {
        case .csv(let file, _):
            try flush()
            try file.close()
        case .xlsx(let book, _, _, _):
            guard workbook_close(book) == LXW_NO_ERROR else { throw Self.cannotWrite(path) }
        }
    }

    private func flush() throws {
        guard case .csv(let file, _) = form else { return }
        do {
            try file.write(contentsOf: Data(pending))
            pending.removeAll(keepingCapacity: true)
        } catch { throw Self.cannotWrite(path) }
    }

    /// Writes a whole CSV in UTF-8.
    static func writeCSV(_ rows: [[String]], to path: String) throws {
        let file = try OutputFile(path, isXLSX: false)
        for row in rows { try file.add(row) }
        try file.close()
    }

    static func cannotWrite(_ path: String) -> CommandFailure {
        CommandFailure(.notAllowed, "不能写入 \(path)。", "cannot write \(path)")
    }
}
