// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridSync
import Testing

@testable import GridStore

/// The door for other people's SQL.
struct QueryTests {
    @Test func readingStatementsAreAnswered() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"), .note("乙"))
            let answer = try node.store.query(
                "  SELECT title, NULL AS none, 1.5 AS half, x'0a' AS blob FROM notes ORDER BY 1")
            #expect(answer.columns == ["title", "none", "half", "blob"])
            #expect(
                answer.rows == [
                    [.text("乙"), .null, .number(1.5), .text("0a")],
                    [.text("甲"), .null, .number(1.5), .text("0a")],
                ])
            #expect(!answer.isCut)
            #expect(try node.row("WITH t AS (SELECT 2 AS two) SELECT two FROM t;") == ["2"])
            #expect(try node.row("VALUES (1, 2)") == ["1", "2"])
            #expect(try !node.row("EXPLAIN QUERY PLAN SELECT * FROM notes").isEmpty)
            #expect(try node.store.query("SELECT * FROM rules").columns.contains("points"))
        }
    }

    @Test(arguments: [
        "DELETE FROM notes", "INSERT INTO meta VALUES ('a', x'00')", "DROP TABLE notes",
        "UPDATE notes SET title = ''", "ATTACH '/tmp/other.db' AS other", "DETACH main",
        "PRAGMA journal_mode = DELETE", "PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM",
        "VACUUM INTO '/tmp/stolen.db'", "BEGIN IMMEDIATE", "REINDEX", "CREATE TABLE x (y)",
        "WITH t AS (SELECT 1) DELETE FROM notes",
        "WITH t AS (SELECT 1) INSERT INTO meta SELECT 1, 2",
        "-- SELECT\nDELETE FROM notes", "/* SELECT */ DELETE FROM notes", "", ";", "SELECTED",
        "REPLACE INTO meta VALUES ('a', x'00')",
    ])
    func whatDoesNotReadIsRefused(sql: String) throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            #expect(throws: QueryRefusal.self) { try node.store.query(sql) }
            #expect(try node.row("SELECT count(*) FROM notes") == ["1"])
        }
    }

    @Test(arguments: [
        "SELECT 1; DELETE FROM notes", "SELECT load_extension('/tmp/x.so')",
        "SELECT * FROM nothing", "SELECT writefile('/tmp/x', 'y')",
        "SELECT readfile('/etc/passwd')",
        "SELECT ?", "SELECT (", "SELECT fts3_tokenizer('simple', x'00')",
        "SELECT * FROM pragma_journal_mode('delete')",
        "EXPLAIN ATTACH '/tmp/other.db' AS other; SELECT 1",
    ])
    func whatSQLiteRefusesIsToldInItsWords(sql: String) throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            #expect {
                _ = try node.store.query(sql)
            } throws: { error in
                if case QueryRefusal.wrong(let reason) = error { !reason.isEmpty } else { false }
            }
            #expect(try node.row("SELECT count(*) FROM notes") == ["1"])
            #expect(try node.store.verify().findings == [])
        }
    }

    @Test func explainingAWriteWritesNothing() throws {
        try withFolder { folder in
            let node = try Node(11, in: folder)
            try node.author(.note("甲"))
            _ = try? node.store.query("EXPLAIN DELETE FROM notes")
            #expect(try node.row("SELECT count(*) FROM notes") == ["1"])
        }
    }

    @Test func rowsBeyondTheLimitAreCutAndSaidSo() throws {
        try withFolder { folder in
            let store = try Store(folder.folder, catalogue: .small)
            let endless = """
                WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n
                """
            var limits = QueryLimits()
            limits.rowsMax = 100
            let answer = try store.query(endless, limits: limits)
            #expect(answer.rows.count == 100)
            #expect(answer.isCut)
            #expect(answer.rows.last == [.integer(100)])
        }
    }

    @Test func aQueryWithoutEndIsStoppedInTime() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let node = try Node(11, in: folder)
        let began = ContinuousClock.now
        let refusal = await endlessQuery(node.store, seconds: 1)
        #expect(refusal == .tooSlow(seconds: 1))
        #expect(ContinuousClock.now - began >= .seconds(1))
        #expect(try node.row("SELECT 1") == ["1"])
    }

    /// Runs a query that has no rows and no end, apart from the threads that tasks share.
    private func endlessQuery(_ store: Store, seconds: Int) async -> QueryRefusal? {
        var limits = QueryLimits()
        limits.secondsMax = seconds
        let sql = """
            WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
            SELECT count(*) FROM n
            """
        return await withCheckedContinuation { [limits] continuation in
            DispatchQueue.global().async {
                do {
                    _ = try store.query(sql, limits: limits)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error as? QueryRefusal)
                }
            }
        }
    }

    @Test func anAnswerWithoutMeasureIsRefused() throws {
        try withFolder { folder in
            let store = try Store(folder.folder, catalogue: .small)
            for sql in [
                "SELECT zeroblob(900000000)", "SELECT randomblob(1000000000)",
                """
                WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
                SELECT hex(zeroblob(4000000)) FROM n
                """,
            ] {
                #expect(throws: QueryRefusal.tooLarge(bytes: 16_777_216)) {
                    try store.query(sql)
                }
            }
        }
    }

    @Test func slowQueriesKeepNobodyWaiting() async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let node = try Node(11, in: folder)
        let store = node.store
        // As many as the pool has readers.
        async let first = endlessQuery(store, seconds: 2)
        async let second = endlessQuery(store, seconds: 2)
        async let third = endlessQuery(store, seconds: 2)
        try await Task.sleep(for: .milliseconds(50))
        let began = ContinuousClock.now
        try node.author(.note("旱"))
        #expect(try store.logs().map(\.height) == [1])
        #expect(ContinuousClock.now - began < .milliseconds(1500))
        let refusals = await [first, second, third]
        #expect(refusals == [.tooSlow(seconds: 2), .tooSlow(seconds: 2), .tooSlow(seconds: 2)])
    }
}
