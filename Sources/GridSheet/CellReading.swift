// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// Brings a cell to the text that its field's type reads (`FieldType.parse`): what spreadsheets make
/// of dates and numbers, and the ways in which people write them there and nowhere else.
package enum CellReading {
    /// Days from the day 0 of spreadsheets, 1899-12-30, to 1970-01-01.
    private static let serialOfEpoch: Int32 = 25_569

    /// The same text where there is nothing to do; wrong values are left for the catalogue to name.
    ///
    /// Throws where a spreadsheet has destroyed the value: what it was is not guessed.
    package static func text(
        of cell: String, as type: FieldType
    ) throws(SheetProblem) -> String {
        switch type {
        case .date: return date(cell)
        case .boolean: return boolean(cell)
        case .idNumber, .organisationCode, .areaCode:
            return try digits(cell, isJoined: true)
        case .phone, .integer: return try digits(cell, isJoined: false)
        case .text:
            // `1.5E+10` in a column of names is a household number that was.
            guard isScientific(cell, hasPlus: true) else { return cell }
            throw .mangledNumber
        case .set(let element), .list(let element): return elements(cell, of: element)
        case .reference, .party: return withoutQuote(cell)
        case .longText, .decimal, .time, .enumeration, .point, .attachment, .bytes, .structure:
            return cell
        }
    }

    /// The number of a day, as spreadsheets count them, becomes the day. Five digits only: four of
    /// them are a year to people.
    private static func date(_ cell: String) -> String {
        let code = withoutZeroFraction(TextFolding.code(cell))
        guard code.utf8.count == 5, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let serial = Int32(code), serial >= 10_000,
            let day = CivilDate(days: serial - serialOfEpoch)
        else { return cell }
        return day.description
    }

    private static func boolean(_ cell: String) -> String {
        switch TextFolding.code(cell) {
        case "✓", "✔", "☑", "对", "1.0": "是"
        case "✗", "✘", "×", "x", "X", "☐", "错", "0.0": "否"
        default: cell
        }
    }

    private static func digits(
        _ cell: String, isJoined: Bool
    ) throws(SheetProblem) -> String {
        var code = withoutQuote(TextFolding.code(cell))
        guard !isScientific(code, hasPlus: false) else { throw .mangledNumber }
        code = withoutZeroFraction(code)
        return isJoined ? code.filter { !$0.isWhitespace } : code
    }

    /// Elements between any of the marks that people use become elements between `|`.
    private static func elements(_ cell: String, of element: FieldType) -> String {
        switch element {
        case .structure where cell.contains("="): return cell
        case .structure, .text, .integer, .decimal, .boolean, .date, .areaCode, .enumeration,
            .idNumber, .organisationCode, .phone, .reference, .party:
            // What is escaped was written by an export and needs nothing.
            guard !cell.contains("\\") else { return cell }
            let marks: Set<Character> = ["、", ";", "；", "，", ",", "|", "\u{FF5C}", "\n"]
            return String(cell.map { marks.contains($0) ? "|" : $0 })
        case .longText, .time, .point, .attachment, .bytes, .set, .list: return cell
        }
    }

    /// Spreadsheets put `'` before digits that are to stay text.
    private static func withoutQuote(_ cell: String) -> String {
        String(cell.drop { $0 == "'" || $0 == "\u{2018}" || $0 == "\u{2019}" })
    }

    /// `13800001234.0`, as programs write the numbers of spreadsheets.
    private static func withoutZeroFraction(_ code: String) -> String {
        guard let point = code.firstIndex(of: "."), code[..<point].allSatisfy(\.isNumber),
            !code[..<point].isEmpty, code[point...].dropFirst().allSatisfy({ $0 == "0" })
        else { return code }
        return String(code[..<point])
    }

    /// `1.10105E+17`.
    private static func isScientific(_ cell: String, hasPlus: Bool) -> Bool {
        let parts = TextFolding.code(cell).uppercased()
            .split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return false }
        let sign = parts[1].first == "+"
        guard sign || !hasPlus else { return false }
        let exponent = sign ? parts[1].dropFirst() : parts[1]
        let isFraction = parts[0].allSatisfy { $0 == "." || $0.isASCII && $0.isNumber }
        return isFraction && (1...3).contains(exponent.count)
            && exponent.allSatisfy { $0.isASCII && $0.isNumber }
    }
}

/// What is wrong with a sheet itself, before its values are looked at. Codes are never renamed.
package enum SheetProblem: Error, Hashable, Sendable {
    /// A long number stands as `1.10105E+17`: its last digits are gone.
    case mangledNumber
    /// An earlier row has the same key; carries its number.
    case repeatedKey(row: Int)

    package var code: String {
        switch self {
        case .mangledNumber: "mangled_number"
        case .repeatedKey: "repeated_key"
        }
    }

    package var chinese: String {
        switch self {
        case .mangledNumber: "表格软件把号码变成了科学计数,后几位已丢失。请把这一列设为“文本”格式,按原件重新填写。"
        case .repeatedKey(let row): "与第 \(row) 行的关键字段相同。请删去或改正其中一行。"
        }
    }

    package var english: String {
        switch self {
        case .mangledNumber:
            "The spreadsheet made a scientific number of it and lost digits; make the column text and type it again."
        case .repeatedKey(let row): "Row \(row) has the same key; delete or correct one of them."
        }
    }
}
