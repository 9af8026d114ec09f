// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridSheet
import Testing

/// Whole files, from their bytes to their rows.
struct SheetTests {
    private struct Read {
        var encoding: TextEncoding
        var uses: [SheetHeads.Use]
        var rows: [SheetRow]

        /// The cells of fields, by row.
        var values: [[String: String]] {
            rows.map { row in
                Dictionary(
                    row.cells.compactMap { cell in
                        if case .field(let name) = cell.use { (name, cell.text) } else { nil }
                    }, uniquingKeysWith: { $1 })
            }
        }
    }

    private static let fields = [
        ("name", "姓名"), ("id_no", "身份证号"), ("code", "编码"), ("phone", "手机"),
        ("contact_phone", "联系电话"), ("birth_date", "出生日期"),
    ]

    private func read(
        _ bytes: [UInt8], inPartsOf size: Int = 3, mapping: [String: String?] = [:]
    ) throws -> Read {
        let parts = stride(from: 0, to: bytes.count, by: size).map {
            Array(bytes[$0..<min($0 + size, bytes.count)])
        }
        var probe = EncodingProbe()
        for part in parts { probe.take(part) }
        let conversion = try TextConversion.reading(probe.encoding)
        var reader = CSVReader()
        var rows = SheetRows(
            SheetHeads(fields: Self.fields, computed: ["under_14", "未满14岁"], mapping: mapping))
        var found: [SheetRow] = []
        for part in parts + [[]] {
            let text = try conversion.convert(part, isLast: part.isEmpty)
            try reader.take(text)
            if part.isEmpty { try reader.finish() }
            while let cells = reader.next() { try rows.take(cells) }
            if part.isEmpty { try rows.finish() }
            while let row = rows.next() { found.append(row) }
        }
        return Read(encoding: probe.encoding, uses: rows.uses, rows: found)
    }

    private func read(_ text: String, mapping: [String: String?] = [:]) throws -> Read {
        try read(Array(text.utf8), mapping: mapping)
    }

    @Test func rowsStandUnderTheFieldsOfTheirHeads() throws {
        let sheet = try read(
            "登记表\r\n\u{FF0A}姓名,*code,other\r\n张三,1,x\r\n,,\r\n\"a \"\"b\"\"\nc\",2\r\n")
        #expect(sheet.rows.map(\.number) == [3, 5])
        #expect(
            sheet.values == [["name": "张三", "code": "1"], ["name": "a \"b\"\nc", "code": "2"]])
        #expect(sheet.uses == [.field("name"), .field("code"), .unknown(nearest: nil)])
        #expect(sheet.encoding == .utf8)
    }

    @Test func headsMayStandBelowTitlesWithMarksSpacesAndNotes() throws {
        let sheet = try read(
            """
            V2.3,,,
            龙里县实有人口信息采集表,,,
            填报单位:,,,
            姓 名*,公民身份号码(18位)*,手机号码,备注
            张三,522730194912310027,,
            """)
        #expect(sheet.uses.prefix(3) == [.field("name"), .field("id_no"), .field("phone")])
        #expect(sheet.rows.map(\.number) == [5])
    }

    @Test func mergedHeadsOfTwoRowsAreOneHead() throws {
        let sheet = try read(
            "采集表,,,\n姓名,证件,,联系电话\n,身份证号,编码,\n张三,1,2,3\n")
        #expect(
            sheet.uses == [
                .field("name"), .field("id_no"), .field("code"), .field("contact_phone"),
            ])
        #expect(sheet.values == [["name": "张三", "id_no": "1", "code": "2", "contact_phone": "3"]])
        #expect(sheet.rows.map(\.number) == [4])
    }

    @Test func theHeadThatNamesAFieldBestHasIt() throws {
        let sheet = try read("手机号码,手机,身份证,未满14岁,出生时间\n1,2,3,是,4\n")
        #expect(
            sheet.uses == [
                .repeated("phone"), .field("phone"), .field("id_no"), .computed,
                .unknown(nearest: "出生日期"),
            ])
    }

    @Test func aMappingNamesFieldsAndLeavesColumnsOut() throws {
        let sheet = try read(
            "户主名,人,手机\n甲,乙,1\n", mapping: ["人": "name", "户主名": nil])
        #expect(sheet.uses == [.leftOut, .field("name"), .field("phone")])
        #expect(sheet.values == [["name": "乙", "phone": "1"]])
    }

    @Test func rowsOfAnErrorFileKeepTheirNumbers() throws {
        let heads = CSVText.row(ErrorColumns.heads + ["姓名", "记录标识"])
        let sheet = try read(heads + "17,姓名,too_short,改,mend,张三,0000000000000000\r\n")
        #expect(sheet.rows.map(\.number) == [17])
        #expect(sheet.values == [["name": "张三"]])
        #expect(sheet.uses.last == .recordID)
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func textComesInThreeEncodingsWhereverItIsCut(size: Int) throws {
        let utf8: [UInt8] = Array("姓名\n张三\n".utf8)
        // 姓名, 张三 and 䶵, which takes four bytes.
        let gb18030: [UInt8] =
            [0xD0, 0xD5, 0xC3, 0xFB, 0x0A, 0xD5, 0xC5, 0xC8, 0xFD, 0x82, 0x35, 0x87, 0x38, 0x0A]
        let plain = try read(utf8, inPartsOf: size)
        let marked = try read(TextEncoding.mark + utf8, inPartsOf: size)
        let other = try read(gb18030, inPartsOf: size)
        #expect([plain, marked, other].map(\.encoding) == [.utf8, .markedUTF8, .gb18030])
        #expect(plain.values == [["name": "张三"]])
        #expect(marked.values == [["name": "张三"]])
        #expect(other.values == [["name": "张三䶵"]])
    }

    @Test func whatIsWrittenInGB18030IsReadAgain() throws {
        let conversion = try TextConversion.writingGB18030()
        let bytes = try conversion.convert(Array("姓名\n王䶮\n".utf8), isLast: true)
        let sheet = try read(bytes)
        #expect(sheet.encoding == .gb18030)
        #expect(sheet.values == [["name": "王䶮"]])
    }

    @Test func bytesOfNoEncodingAreRefused() {
        #expect(throws: TextConversion.Failure.self) {
            try read(Array("name\n".utf8) + [0xFF, 0xFF])
        }
        #expect(throws: TextConversion.Failure.self) { try read(Array("name\n".utf8) + [0xD5]) }
    }

    @Test func textWithoutHeadsIsRefused() {
        #expect(throws: SheetViolation.noHead) { try read("a,b\n1,2\n") }
        #expect(throws: SheetViolation.noHead) { try read("") }
        #expect(throws: SheetViolation.noHead) { try read(String(repeating: "x\n", count: 20)) }
    }

    @Test func brokenQuotesAreNamedByTheirRow() {
        #expect(throws: SheetViolation.textAfterQuote(row: 2)) { try read("name\n\"a\"b\n") }
        #expect(throws: SheetViolation.openQuote(row: 3)) { try read("name\n1\n\"a\nb\n") }
    }

    @Test func aRowWithoutEndIsRefusedBeforeItFillsTheMemory() throws {
        var reader = CSVReader()
        let part = [UInt8](repeating: 0x61, count: 65_536)
        for _ in 0..<16 { try reader.take(part) }
        #expect(throws: SheetViolation.rowTooLong(row: 1)) { try reader.take(part) }
        var wide = CSVReader()
        #expect(throws: SheetViolation.rowTooLong(row: 1)) {
            try wide.take([UInt8](repeating: 0x2C, count: CSVReader.columnsMax + 1))
        }
    }

    @Test func rowsEndWithEitherOrBothOfReturnAndLineFeed() throws {
        var reader = CSVReader()
        try reader.take(Array("a\rb\nc\r\n\r\n\"d\r\ne\"".utf8))
        try reader.finish()
        var rows: [[String]] = []
        while let row = reader.next() { rows.append(row) }
        #expect(rows == [["a"], ["b"], ["c"], [""], ["d\r\ne"]])
    }
}
