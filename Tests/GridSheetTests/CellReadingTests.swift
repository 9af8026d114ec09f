// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet
import Testing

/// Cells as people and spreadsheets write them.
struct CellReadingTests {
    private static let label = FieldType.set(
        .structure([.init(name: "label", isRequired: true, type: .text(min: 1, max: 40))]))

    private static func plain(_ cell: String, as type: FieldType) throws -> String {
        type.text(of: try type.parse(CellReading.text(of: cell, as: type)))
    }

    @Test(arguments: [
        "2024-3-5", "2024/03/05", "2024.3.5", "2024年3月5日", "20240305", "45356", "45356.0",
        "２０２４－３－５", "2024/3/5 0:00:00",
    ])
    func datesAreReadAsPeopleAndSpreadsheetsWriteThem(cell: String) throws {
        #expect(try Self.plain(cell, as: .date) == "2024-03-05")
    }

    @Test(arguments: ["2024-13-05", "2024", "3月5日", "99999999", "1990", "453560"])
    func whatIsNoDayIsLeftForTheCatalogueToRefuse(cell: String) throws {
        #expect(try CellReading.text(of: cell, as: .date) == cell)
        #expect(throws: Problem.self) { try FieldType.date.parse(cell) }
    }

    @Test(arguments: [
        ("是", "true"), ("有", "true"), ("√", "true"), ("✔", "true"), ("1", "true"),
        ("否", "false"), ("无", "false"), ("×", "false"), ("✘", "false"), ("0", "false"),
    ])
    func yesAndNoHaveManyForms(cell: String, value: String) throws {
        #expect(try Self.plain(cell, as: .boolean) == value)
    }

    @Test(arguments: ["低保、党员", "低保;党员", "低保；党员", "低保，党员", "低保,党员", "低保|党员", "低保\n党员"])
    func setsAreTakenApartAtAnyMark(cell: String) throws {
        let words = FieldType.set(.enumeration([], isOpen: true))
        #expect(try Self.plain(cell, as: words) == "低保|党员")
        #expect(try Self.plain(cell, as: Self.label) == "label=低保|label=党员")
    }

    @Test func numbersLoseSpacesQuotesAndWidth() throws {
        for cell in ["'11010519491231002x", "１１０１０５ 19491231 002Ｘ", "‘11010519491231002X"] {
            #expect(try Self.plain(cell, as: .idNumber) == "11010519491231002X")
        }
        for cell in ["138 1234 5678", "138-1234-5678", "+86 13812345678", "13812345678.0"] {
            #expect(try Self.plain(cell, as: .phone) == "13812345678")
        }
        #expect(try Self.plain("522730103210003.0", as: .areaCode([.grid])) == "522730103210003")
    }

    @Test(arguments: ["1.10105E+17", "1.10105e17", "5.2273019491231E+17", "１.1E+17"])
    func aScientificNumberIsNamedAndNotGuessed(cell: String) {
        for type in [FieldType.idNumber, .phone, .areaCode([.grid]), .organisationCode] {
            #expect(throws: SheetProblem.mangledNumber) {
                try CellReading.text(of: cell, as: type)
            }
        }
    }

    @Test func namesWithLettersAndDigitsAreNoScientificNumbers() throws {
        #expect(throws: SheetProblem.mangledNumber) {
            try CellReading.text(of: "1.5E+10", as: .text(min: 1, max: 20))
        }
        for cell in ["2E10", "E+5", "A1E+5", "3号楼"] {
            #expect(try CellReading.text(of: cell, as: .text(min: 1, max: 20)) == cell)
        }
    }

    @Test(arguments: [
        "=1+1", "+86138", "-2+3", "@SUM(A1)", "\u{FF1D}1", "'=1", "''=1", "\tx", "-", "'", "'a",
        "张三",
        "-5", "-5.5", "",
    ])
    func guardedTextsComeBackAsTheyWere(text: String) {
        #expect(FormulaGuard.unguarded(FormulaGuard.guarded(text)) == text)
    }

    @Test func whatSpreadsheetsCalculateBeginsWithAQuote() {
        for text in ["=1+1", "+86138", "-2+3", "@SUM(A1)", "\u{FF1D}1", "\u{FF0B}1"] {
            #expect(FormulaGuard.guarded(text) == "'" + text)
        }
        for text in ["-5", "-5.25", "张三", "'a", "5"] {
            #expect(FormulaGuard.guarded(text) == text)
        }
        #expect(CSVText.row(["a,b", "c\"d", "=e"]) == "\"a,b\",\"c\"\"d\",'=e\r\n")
    }

    @Test func problemsOfASheetSayWhatToDoInBothLanguages() {
        for problem in [SheetProblem.mangledNumber, .repeatedKey(row: 7)] {
            #expect(!problem.code.isEmpty && problem.chinese.contains("请"))
            #expect(!problem.english.isEmpty)
        }
    }
}
