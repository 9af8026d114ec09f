// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridCrypto
import GridSheet

/// A sheet that a person names: a CSV, or an XLSX, which the tool `xlsx2csv` turns into one. It is
/// read part by part, as often as asked.
struct SheetFile {
    private static let partBytes = 262_144

    enum Form { case csv, xlsx }

    let path: String
    let form: Form
    let encoding: TextEncoding
    /// Of the file, hexadecimal.
    let digest: String

    var name: String { URL(fileURLWithPath: path).lastPathComponent }

    init(_ path: String) throws {
        self.path = path
        let file = try Self.open(path)
        defer { try? file.close() }
        var probe = EncodingProbe()
        var stream = Blake2bStream(length: 32, personal: .none)
        var start: [UInt8] = []
        while let part = try file.read(upToCount: Self.partBytes), !part.isEmpty {
            let bytes = Array(part)
            if start.isEmpty { start = Array(bytes.prefix(4)) }
            stream.update(bytes)
            if start != Self.zip { probe.take(bytes) }
        }
        digest = Hexadecimal.text(stream.finish())
        guard !start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            throw CommandFailure(
                .badData, "\(path) 是旧版 .xls,请在表格软件里另存为 .xlsx 或 CSV 再导入。",
                "\(path) is an old .xls; save it as .xlsx or CSV first")
        }
        form = start == Self.zip ? .xlsx : .csv
        encoding = form == .xlsx ? .utf8 : probe.encoding
    }

    private static let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    var formName: String { form == .xlsx ? "XLSX" : encoding.rawValue }

    /// Hands over the rows below the head, and at the end what the columns hold.
    func read(
        _ heads: SheetHeads, _ take: (SheetRow, SheetRows) throws -> Void
    ) throws -> SheetRows {
        let (file, tool) = try source()
        defer { try? file.close() }
        var rows = SheetRows(heads)
        var reader = CSVReader()
        var row = 1
        do {
            let conversion = try TextConversion.reading(encoding)
            var isLast = false
            repeat {
                let part = try file.read(upToCount: Self.partBytes) ?? Data()
                isLast = part.isEmpty
                let text: [UInt8]
                do throws(TextConversion.Failure) {
                    text = try conversion.convert(Array(part), isLast: isLast)
                } catch {
                    let ends = error.converted.count { $0 == 0x0A }
                    throw SheetViolation.unknownEncoding(row: row + ends)
                }
                try reader.take(text)
                if isLast { try reader.finish() }
                while let cells = reader.next() {
                    row += 1
                    try rows.take(cells)
                    while let found = rows.next() { try take(found, rows) }
                }
            } while !isLast
            try rows.finish()
            while let found = rows.next() { try take(found, rows) }
        } catch let violation as SheetViolation {
            tool?.terminate()
            throw CommandFailure(
                .badData, violation.chinese(path), violation.english(path))
        }
        tool?.waitUntilExit()
        guard tool.map({ $0.terminationStatus == 0 }) ?? true else {
            throw CommandFailure(
                .badData, "\(path) 读不出来:xlsx2csv 报错。", "xlsx2csv cannot read \(path)")
        }
        return rows
    }

    private func source() throws -> (file: FileHandle, tool: Process?) {
        guard form == .xlsx else { return (try Self.open(path), nil) }
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = ["xlsx2csv", "-f", "%Y-%m-%d", "--", path]
        let pipe = Pipe()
        tool.standardOutput = pipe
        tool.standardError = FileHandle.nullDevice
        guard Self.hasTool else {
            throw CommandFailure(
                .notFound, "读取 XLSX 需要 xlsx2csv:请由管理员执行 apt-get install xlsx2csv,或另存为 CSV。",
                "reading XLSX takes xlsx2csv: apt-get install xlsx2csv, or save it as CSV")
        }
        try tool.run()
        return (pipe.fileHandleForReading, tool)
    }

    private static var hasTool: Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/xlsx2csv") }
    }

    private static func open(_ path: String) throws -> FileHandle {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(.notFound, "读不到文件 \(path)。", "cannot read \(path)")
        }
        return file
    }
}

extension SheetViolation {
    fileprivate func chinese(_ path: String) -> String {
        switch self {
        case .unknownEncoding(let row):
            "\(path) 第 \(row) 行不是 UTF-8 也不是 GB18030 编码,请另存为 CSV UTF-8。"
        case .openQuote(let row): "\(path) 第 \(row) 行的引号没有结束,请检查这一行。"
        case .textAfterQuote(let row): "\(path) 第 \(row) 行的引号之后还有文字,请检查这一行。"
        case .rowTooLong(let row): "\(path) 第 \(row) 行太长,不像是表格。"
        case .tooManyRows: "\(path) 超过 \(SheetRows.rowsMax) 行,请分成几个文件。"
        case .noHead: "\(path) 前 \(SheetRows.headRowsMax) 行里没有找到表头。"
        }
    }

    fileprivate func english(_ path: String) -> String {
        switch self {
        case .unknownEncoding(let row):
            "\(path) row \(row) is neither UTF-8 nor GB18030; save it as CSV UTF-8"
        case .openQuote(let row): "\(path) row \(row): a quote does not end"
        case .textAfterQuote(let row): "\(path) row \(row): text follows a closing quote"
        case .rowTooLong(let row): "\(path) row \(row) is too long for a sheet"
        case .tooManyRows: "\(path) has over \(SheetRows.rowsMax) rows; split it"
        case .noHead: "no row among the first \(SheetRows.headRowsMax) of \(path) names fields"
        }
    }
}
