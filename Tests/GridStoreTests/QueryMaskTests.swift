// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// Nothing gets around the mask of queries.
struct QueryMaskTests {
    private static let people = Catalogue.made(
        """
        edition 1
        collection 16|people|人|routine
        1|name|姓名|text(1..40)|register shown|R|P2
        2|id_no|号码|text(1..40)|register shown|O|P3
        3|class|类别|set(text(1..40))|set|O|P4
        """)
    private static let secret = "绝密五二二七三〇"

    private func withPeople(_ body: (Node) throws -> Void) throws {
        try withFolder { folder in
            let node = try Node(11, in: folder, catalogue: Self.people)
            try node.author(
                .raw(
                    16, .new, lane: .routine,
                    [
                        FieldWrite(field: 1, operation: .assign(.text("钱雷"))),
                        FieldWrite(field: 2, operation: .assign(.text(Self.secret))),
                        FieldWrite(field: 3, operation: .add([.text(Self.secret)])),
                    ]),
                .raw(
                    99, .new, lane: .routine,
                    [FieldWrite(field: 1, operation: .assign(.text(Self.secret)))]))
            try body(node)
        }
    }

    @Test(arguments: [
        "SELECT * FROM people", "SELECT id_no FROM people",
        "SELECT p.ID_NO AS x FROM main.People p",
        "WITH q(a, b, c, d, e, f, g, h, i, j, k, l) AS (SELECT * FROM people) SELECT * FROM q",
        "SELECT (SELECT id_no FROM people)", "SELECT max(id_no) OVER () FROM people",
        "SELECT group_concat(id_no), json_group_array(class) FROM people",
        "SELECT x.* FROM people x LEFT JOIN people y ON x.id_no = y.id_no",
        "SELECT name, value FROM people LEFT JOIN json_each(class)",
        "SELECT hex(_merge) FROM people",
        "SELECT name FROM people UNION ALL SELECT id_no FROM people",
        "SELECT hex(_merge) FROM other_records", "SELECT CAST(_merge AS TEXT) FROM other_records",
        "SELECT hex(envelope) FROM runs", "SELECT * FROM runs", "SELECT * FROM other_records",
        "SELECT iif(1, id_no, 0) FROM people ORDER BY id_no", "SELECT count(id_no) FROM people",
        "SELECT y.id_no FROM people x FULL JOIN people y ON 1",
        "VALUES ((SELECT [id_no] FROM people))",
    ])
    func sensitiveColumnsReadAsNothing(sql: String) throws {
        try withPeople { node in
            let answer = try node.store.query(sql)
            #expect(!answer.rows.isEmpty)
            let text = JSONValue.list(answer.rows.map { .list($0) }).description
            #expect(!text.contains(Self.secret))
            #expect(!text.lowercased().contains(Hexadecimal.text(Array(Self.secret.utf8))))
        }
    }

    @Test(arguments: [
        "SELECT id_no FROM people FULL JOIN (SELECT NULL AS id_no) USING (id_no)",
        "SELECT * FROM people FULL JOIN (SELECT 1 AS id_no)using(id_no)",
        "SELECT name FROM people NATURAL JOIN (SELECT '1' AS id_no)",
        "SELECT name FROM people\nNatural/**/JOIN (SELECT '1' AS id_no)",
    ])
    func joinsThatMasksDoNotReachAreRefused(sql: String) throws {
        try withPeople { node in
            #expect(throws: QueryRefusal.unmaskableJoin) { try node.store.query(sql) }
            let plain = try node.store.query(sql, isPlain: true)
            #expect(!plain.columns.isEmpty)
        }
    }

    @Test func theOthersAreReadAndTheMaskedOnesNamed() throws {
        try withPeople { node in
            let answer = try node.store.query("SELECT name, id_no FROM people")
            #expect(answer.rows == [[.text("钱雷"), .null]])
            #expect(answer.masked == ["people.id_no"])
            #expect(try node.store.query("SELECT name FROM people").masked == [])
            let all = try node.store.query("SELECT * FROM people")
            #expect(all.masked == ["people.class", "people.id_no"])
        }
    }

    @Test func plainQueriesReadWhatTheTablesHold() throws {
        try withPeople { node in
            let answer = try node.store.query("SELECT id_no FROM people", isPlain: true)
            #expect(answer.rows == [[.text(Self.secret)]])
            #expect(answer.masked == [])
        }
    }
}
