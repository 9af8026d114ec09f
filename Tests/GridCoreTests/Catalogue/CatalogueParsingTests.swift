// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct CatalogueParsingTests {
    private static let sample = """
        edition 7
        # a remark

        collection 16|notes|笔记|urgent|code, kind
        1|code|编号|text(1..8)|fixed|R|P0
        2|body|内容|longtext(500)|register shown township|C kind=free and code!=x or seen absent|P1|no_personal_numbers; empty_when kind=fixed|for people; really
        3|kind|类别|enum(free:自由,fixed)|register quiet|O|P2
        4|lines|流水|struct(delta 数!:integer,on:date)|timeline ledger|O|P3
        5|seen|次数|integer|counter|O|P4
        6|total|合计|integer|derived|-|P0
        """

    @Test func everyColumnIsRead() throws {
        let catalogue = try Catalogue(parsing: Self.sample)
        #expect(catalogue.edition == 7)
        let notes = try #require(catalogue.collection(named: "notes"))
        #expect(notes.number == 16)
        #expect(notes.label == "笔记")
        #expect(notes.lane == .urgent)
        #expect(notes.namedBy == ["code", "kind"])
        let body = try #require(notes.field(named: "body"))
        #expect(body.type == .longText(max: 500))
        #expect(body.kind == .register)
        #expect(body.showsConflicts)
        #expect(body.owner == .township)
        #expect(
            body.requirement
                == .conditional(
                    Condition([
                        [
                            .equals(field: "kind", value: "free"),
                            .differs(field: "code", value: "x"),
                        ],
                        [.absent(field: "seen")],
                    ])))
        #expect(
            body.rules == [
                .noPersonalNumbers(isAdvice: false),
                .emptyWhen(Condition([[.equals(field: "kind", value: "fixed")]])),
            ])
        #expect(body.privacy == .p1)
        #expect(body.note == "for people; really")
        #expect(notes.field(named: "kind")?.showsConflicts == false)
        #expect(notes.field(named: "lines")?.isLedger == true)
        #expect(notes.field(named: "seen")?.kind == .counter)
        #expect(notes.field(named: "total")?.requirement == .derived)
    }

    @Test(arguments: [
        ("collection 16|a|甲|routine", "no edition"),
        ("edition 1\n1|a|甲|text(1..2)|fixed|R|P0", "a field before the first collection"),
        ("edition 1\ncollection 16|a|甲|slow", "unknown lane: slow"),
        ("edition 1\ncollection 16|a|甲", "4 or 5 columns"),
        ("edition 1\ncollection x|a|甲|routine", "no number: x"),
        ("edition 1\ncollection 16|a|甲|routine|b", "a: unknown field b"),
        (
            "edition 1\ncollection 16|a|甲|routine\ncollection 16|b|乙|routine",
            "two collections: b"
        ),
        ("edition 1\ncollection 70000|a|甲|routine", "no number: 70000"),
    ])
    func wrongCollectionsAreRefused(text: String, reason: String) {
        #expect { try Catalogue(parsing: text) } throws: { error in
            (error as? CatalogueViolation)?.reason == reason
        }
    }

    @Test(arguments: [
        ("1|a|甲|text(1..2)|fixed|R", "7 to 9 columns, not 6"),
        ("1|a|甲|text(2..1)|fixed|R|P0", "no lengths: 2..1"),
        ("1|a|甲|text(x)|fixed|R|P0", "no bounds: x"),
        ("1|a|甲|poem|fixed|R|P0", "unknown type: poem"),
        ("1|a|甲|poem(1)|fixed|R|P0", "unknown type: poem(1)"),
        ("1|a|甲|text(1..2|fixed|R|P0", "7 to 9 columns, not 4"),
        ("1|a|甲|area(moon)|fixed|R|P0", "unknown level: moon"),
        ("1|a|甲|struct(x)|fixed|R|P0", "no part: x"),
        ("1|a|甲|integer|sticky|R|P0", "unknown kind: sticky"),
        ("1|a|甲|integer|fixed quiet|R|P0", "unknown kind: fixed quiet"),
        ("1|a|甲|integer|fixed|X|P0", "unknown requirement: X"),
        ("1|a|甲|integer|derived|R|P0", "derived by halves"),
        ("1|a|甲|integer|fixed|C a|P0", "no comparison: a"),
        ("1|a|甲|integer|fixed|C a=1 or|P0", "empty condition"),
        ("1|a|甲|integer|fixed|C b=1|P0", "a: unknown field b"),
        ("1|a|甲|integer|fixed|R|P9", "unknown privacy: P9"),
        ("1|a|甲|integer|fixed|R|P0|dance", "unknown rule: dance"),
        ("1|a|甲|integer|fixed|R|P0|at_least b", "a: unknown field b"),
        ("1|a|甲|integer|fixed|R|P0|range 1", "no bounds: 1"),
        ("1|a|甲|point|fixed|R|P0|box 1,2", "no box: 1,2"),
        ("1|a|甲|integer|fixed|R|P0|year ..3", "no years: year ..3"),
    ])
    func wrongFieldsAreRefused(line: String, reason: String) {
        let text = "edition 1\ncollection 16|a|甲|routine\n\(line)"
        #expect { try Catalogue(parsing: text) } throws: { error in
            (error as? CatalogueViolation)?.reason == reason
        }
    }

    @Test func aViolationNamesItsLine() {
        #expect(throws: CatalogueViolation(line: 3, reason: "unknown kind: sticky")) {
            try Catalogue(
                parsing: "edition 1\ncollection 16|a|甲|routine\n1|a|甲|integer|sticky|R|P0")
        }
    }

    @Test func conditionsAreAskedOfDisplayedValues() throws {
        let condition = Condition([
            [.equals(field: "full_time", value: "true")],
            [.contains(field: "roles", value: "联户长"), .absent(field: "id_no")],
        ])
        #expect(condition.holds { $0 == "full_time" ? .boolean(true) : nil })
        #expect(!condition.holds { $0 == "full_time" ? .boolean(false) : nil })
        #expect(condition.holds { $0 == "roles" ? .list([.text("网格员"), .text("联户长")]) : nil })
        #expect(!condition.holds { $0 == "roles" ? .list([.text("联户长")]) : .text("x") })
        #expect(!condition.holds { _ in nil })
    }
}
