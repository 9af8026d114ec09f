// SPDX-License-Identifier: Apache-2.0

import GridSheet
import Testing

struct SheetTests {
    private let fields = ["name": "name", "姓名": "name", "code": "code"]

    private func sheet(_ text: String) throws -> Sheet {
        try Sheet(Array(text.utf8), fields: fields)
    }

    @Test func rowsStandUnderTheFieldsOfTheirHeads() throws {
        let sheet = try sheet("登记表\n\u{FF0A}姓名,*code,other\n张三,1,x\n,,\n\"a \"\"b\"\"\nc\",2\n")
        #expect(sheet.rows.map(\.number) == [3, 5])
        #expect(
            sheet.rows.map(\.cells) == [
                ["name": "张三", "code": "1"], ["name": "a \"b\"\nc", "code": "2"],
            ])
        #expect(sheet.unknownHeads == ["other"])
        #expect(sheet.encoding == "UTF-8")
    }

    /// The reader of CSV would fill each row up to the longest: 28 million cells of 18 KiB.
    @Test func aWideRowDoesNotMakeOthersWide() throws {
        let wide = "1" + String(repeating: ",", count: 7_000) + "\n"
        let text = "name\n" + wide + String(repeating: "1\n", count: 4_000)
        #expect(try sheet(text).rows.count == 4_001)
    }

    @Test func bytesOfNoEncodingAreNamedByTheirRow() {
        #expect(throws: SheetViolation.unknownEncoding(row: 2)) {
            try Sheet(Array("name\n".utf8) + [0xFF, 0xFF], fields: fields)
        }
        #expect(throws: SheetViolation.unknownEncoding(row: 2)) {
            try Sheet(Array("name\n".utf8) + [0xD5], fields: fields)
        }
    }

    @Test func textWithoutHeadsOrQuotesIsRefused() {
        #expect(throws: SheetViolation.noHead) { try sheet("a,b\n1,2\n") }
        #expect(throws: SheetViolation.noHead) { try sheet("") }
        #expect(throws: SheetViolation.self) { try sheet("name\n\"a\"b\n") }
    }
}
