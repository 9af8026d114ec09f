# SPDX-License-Identifier: Apache-2.0
"""Promises of the local API about records, batches, and requests that are wrong."""

import http.client
import json
import pathlib
import re
import threading

from county import ROOT, VILLAGE, OneNode
from processes.node import App
from processes.telling import eventually

MATTER = {"title": "路灯不亮", "place": "村口", "grid_code": "522730103210003"}


class API(OneNode):
    """One village, asked as an app asks it."""

    def ask(self, method, path, body=None, headers=None, raw=None):
        """Returns status, answer and headers."""
        app = App(self.village.folder / "gridd.sock")
        try:
            data = raw if raw is not None else None if body is None else json.dumps(body)
            sent = {} if data is None else {"Content-Type": "application/json"}
            app.connection.request(method, path, data, {**sent, **(headers or {})})
            answer = app.connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text), answer.headers
        finally:
            app.close()

    def code(self, *words, **named):
        status, answer, _ = self.ask(*words, **named)
        return status, answer.get("code")

    def matter(self, **fields):
        status, answer, headers = self.ask(
            "POST", "/v1/records/matters", {"fields": {**MATTER, **fields}})
        self.assertEqual(status, 201, answer)
        self.assertEqual(headers["ETag"], answer["etag"])
        return f"/v1/records/matters/{answer['id']}", answer["etag"]

    # One record

    def test_two_writers_who_read_the_same_state_do_not_overwrite_each_other(self):
        path, first = self.matter()
        status, record, headers = self.ask("GET", path)
        self.assertEqual((status, headers["ETag"], record["etag"]), (200, first, first))
        status, answer, headers = self.ask(
            "PATCH", path, {"fields": {"place": "村尾"}}, {"If-Match": first})
        self.assertEqual(status, 200)
        self.assertEqual(self.ask("GET", path)[2]["ETag"], answer["etag"])
        status, problem, headers = self.ask(
            "PATCH", path, {"fields": {"place": "桥头"}}, {"If-Match": first})
        self.assertEqual((status, problem["code"]), (412, "record_changed"))
        self.assertEqual((problem["etag"], headers["ETag"]), (answer["etag"], answer["etag"]))
        self.assertEqual(problem["present"], {"place": "村尾"})
        for method in ("PUT", "DELETE"):
            body = {"fields": MATTER} if method == "PUT" else None
            self.assertEqual(
                self.code(method, path, body, {"If-Match": first}), (412, "record_changed"))
        self.assertEqual(self.ask("GET", path)[1]["fields"]["place"], "村尾")
        self.assertEqual(
            self.ask("PATCH", path, {"fields": {"place": "桥头"}},
                     {"If-Match": f'"0", {answer["etag"]}'})[0], 200)
        self.assertEqual(
            self.ask("PATCH", path, {"fields": {"place": "井边"}}, {"If-Match": "*"})[0], 200)

    def test_a_replaced_record_has_what_was_given_and_what_only_grows(self):
        path, tag = self.matter(content="一直不亮")
        self.assertEqual(
            self.code("PUT", path, {"fields": MATTER}), (428, "condition_missing"))
        status, answer, _ = self.ask(
            "PUT", path, {"fields": {**MATTER, "place": "村尾"}}, {"If-Match": tag})
        self.assertEqual(status, 200, answer)
        fields = self.ask("GET", path)[1]["fields"]
        # Its number was given to it at its creation, and stays.
        self.assertRegex(fields["matter_no"], r"^522730103210-\d{8}-")
        self.assertEqual(
            fields, {**MATTER, "place": "村尾", "matter_no": fields["matter_no"]})
        status, again, _ = self.ask(
            "PUT", path, {"fields": fields}, {"If-Match": answer["etag"]})
        self.assertEqual((status, again["entries"]), (200, []))
        status, problem, _ = self.ask(
            "PUT", path, {"fields": {**fields, "events": [{"act": "report"}]}},
            {"If-Match": again["etag"]})
        self.assertEqual(status, 422, problem)

    def test_an_archived_record_is_archived_once(self):
        path, tag = self.matter()
        status, answer, _ = self.ask("DELETE", path, headers={"If-Match": tag})
        self.assertEqual((status, len(answer["entries"])), (200, 1))
        self.assertTrue(self.ask("GET", path)[1]["archived"])
        self.assertEqual(self.ask("DELETE", path)[1]["entries"], [])

    def test_a_history_is_read_page_by_page(self):
        path, _ = self.matter()
        for number in range(4):
            self.ask("PATCH", path, {"fields": {"place": f"第{number}处"}})
        whole = self.ask("GET", path + "/history")[1]
        self.assertIsNone(whole["next"])
        found, after = [], ""
        while after is not None:
            page = self.ask("GET", f"{path}/history?limit=2{after}")[1]
            found += page["items"]
            after = page["next"] and "&after=" + page["next"].replace("#", "%23")
        self.assertEqual(found, whole["items"])
        self.assertEqual(len(found), 5)
        self.assertEqual(self.code("GET", path + "/history?after=x"), (400, "bad_after"))
        self.assertEqual(self.code("GET", path + "/history?limit=0"), (400, "bad_limit"))

    # Lists

    def test_a_list_is_ordered_and_its_pages_hold_under_writes(self):
        for number in (3, 1, 2, 5, 4):
            self.matter(title=f"排序{number}", place="排序处")
        self.matter(title="排序6")
        def titles(query):
            found, after = [], ""
            while after is not None:
                page = self.ask("GET", f"/v1/records/matters?place=%E6%8E%92%E5%BA%8F%E5%A4%84"
                                       f"&limit=2&{query}{after}")[1]
                found += [each["fields"]["title"] for each in page["items"]]
                after = page["next"] and "&after=" + page["next"]
                # What comes in between moves nobody.
                self.matter(title="别处")
            return found
        self.assertEqual(titles("order=title"), [f"排序{n}" for n in (1, 2, 3, 4, 5)])
        self.assertEqual(titles("order=-title"), [f"排序{n}" for n in (5, 4, 3, 2, 1)])
        self.assertEqual(titles("order=-created_at"), [f"排序{n}" for n in (4, 5, 2, 1, 3)])
        self.assertEqual(titles("order=updated_at"), [f"排序{n}" for n in (3, 1, 2, 5, 4)])
        self.assertEqual(sorted(titles("order=content")), [f"排序{n}" for n in (1, 2, 3, 4, 5)])
        first = self.ask("GET", "/v1/records/matters?limit=1&order=title")[1]["next"]
        for query in (f"after={first}", "after=x", f"order=-title&after={first}"):
            self.assertEqual(
                self.code("GET", "/v1/records/matters?limit=1&" + query), (400, "bad_after"))
        self.assertEqual(
            self.code("GET", "/v1/records/matters?order=events"), (400, "unknown_field"))
        self.assertEqual(
            self.code("GET", "/v1/records/residents?order=name"), (403, "masked_field"))

    # Several at once

    def test_a_batch_is_written_whole_or_not_at_all(self):
        path, tag = self.matter()
        before = self.ask("GET", "/v1/changes")[1]["next"]
        entries = self.ask("GET", "/v1/status")[1]["ledger"]["entries"]
        writes = [
            {"collection": "matters", "fields": MATTER},
            {"collection": "matters", "id": path.rsplit("/", 1)[1], "if_match": tag,
             "fields": {"place": "村尾"}},
            {"collection": "matters", "fields": {"title": "x" * 5000}}]
        status, problem, _ = self.ask("POST", "/v1/batch", {"writes": writes})
        self.assertEqual((status, problem["code"]), (422, "wrong_values"))
        self.assertEqual(problem["errors"][0]["pointer"], "/writes/2/fields/title")
        self.assertEqual(self.ask("GET", "/v1/changes")[1]["next"], before)
        self.assertEqual(self.ask("GET", "/v1/status")[1]["ledger"]["entries"], entries)
        status, answer, _ = self.ask("POST", "/v1/batch", {"writes": writes[:2]})
        self.assertEqual((status, len(answer["items"])), (200, 2))
        self.assertEqual(answer["items"][1]["etag"], self.ask("GET", path)[2]["ETag"])
        self.assertEqual(len(self.ask("GET", f"/v1/changes?since={before}")[1]["items"]), 2)
        status, problem, _ = self.ask("POST", "/v1/batch", {"writes": writes[:2]})
        self.assertEqual((status, problem["code"]), (412, "record_changed"))
        self.assertEqual(problem["errors"][0]["pointer"], "/writes/1")
        for wrong, code in (
                ([], (400, "too_many_rows")), ([{"collection": "matters"}] * 501,
                                               (400, "too_many_rows")),
                ([{"collection": "cats", "fields": {}}], (404, "unknown_collection")),
                ([{"fields": {}}], (400, "bad_body")),
                ([{"collection": "matters", "colour": 1}], (400, "bad_body")),
                ([{"collection": "matters", "id": path.rsplit("/", 1)[1], "replace": True}],
                 (428, "condition_missing"))):
            self.assertEqual(self.code("POST", "/v1/batch", {"writes": wrong}), code)

    def test_a_write_with_a_key_is_carried_out_once_over_kills(self):
        body = {"fields": {**MATTER, "title": "只登记一次"}}
        key = {"Idempotency-Key": "app-1/0001"}
        status, first, _ = self.ask("POST", "/v1/records/matters", body, key)
        self.assertEqual(status, 201)
        self.village.kill()
        self.village.start()
        self.assertEqual(self.ask("POST", "/v1/records/matters", body, key)[:2], (201, first))
        found = self.ask("GET", "/v1/records/matters?title=%E5%8F%AA%E7%99%BB%E8%AE%B0%E4%B8%80%E6%AC%A1")
        self.assertEqual(len(found[1]["items"]), 1)
        body["fields"]["place"] = "别处"
        self.assertEqual(
            self.code("POST", "/v1/records/matters", body, key), (422, "key_reused"))
        self.assertEqual(
            self.code("POST", "/v1/batch", {"writes": []},
                      {"Idempotency-Key": "空".encode().decode("latin-1")}), (400, "bad_key"))
        # What was refused wrote nothing, and is looked at anew.
        wrong = {"fields": {"title": ""}}
        other = {"Idempotency-Key": "app-1/0002"}
        self.assertEqual(
            self.code("POST", "/v1/records/matters", wrong, other), (422, "empty_record"))
        self.assertEqual(
            self.ask("POST", "/v1/records/matters", {"fields": MATTER}, other)[0], 201)
        # A write that changes nothing is remembered as well.
        path = f"/v1/records/matters/{first['id']}"
        same = {"fields": {"place": MATTER["place"]}}
        third = {"Idempotency-Key": "app-1/0003"}
        self.assertEqual(self.ask("PATCH", path, same, third)[1]["entries"], [])
        self.ask("PATCH", path, {"fields": {"place": "村尾"}})
        self.assertEqual(self.ask("PATCH", path, same, third)[1]["entries"], [])
        self.assertEqual(self.ask("GET", path)[1]["fields"]["place"], "村尾")

    def test_one_key_from_many_at_once_is_written_once(self):
        body = {"writes": [{"collection": "matters", "fields": {**MATTER, "title": "一起"}}] * 3}
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(self.ask(
                "POST", "/v1/batch", body, {"Idempotency-Key": "many"})[:2]))
            for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(len(answers), 8)
        self.assertEqual([each for each in answers if each != answers[0]], [])
        found = self.ask("GET", "/v1/records/matters?title=%E4%B8%80%E8%B5%B7")[1]["items"]
        self.assertEqual(len(found), 3)

    # The state of the node

    def test_lag_names_what_waits_and_why(self):
        self.matter()
        answer = self.ask("GET", "/v1/lag")[1]
        (item,) = answer["items"]
        self.assertEqual((item["name"], item["state"], item["reason"]),
                         ("谷脚镇", "absent", "never_met"))
        self.assertGreater(item["out"]["waiting_entries"], 0)
        self.assertEqual((answer["out"]["settled_peers"], item["last_contact"]), (0, None))

    def test_a_query_is_held_to_its_bounds(self):
        self.matter()
        self.matter()
        status, answer, _ = self.ask(
            "POST", "/v1/query", {"sql": "SELECT title FROM matters", "limit": 1})
        self.assertEqual((status, answer["columns"], answer["cut"]), (200, ["title"], True))
        endless = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                   "SELECT count(*) FROM n")
        for sql, more, code in (
                (endless, {"seconds": 1}, (403, "sql_too_slow")),
                ("DELETE FROM matters", {}, (403, "not_reading")),
                ("WITH x AS (SELECT 1) DELETE FROM matters", {}, (403, "not_reading")),
                ("SELECT * FROM nowhere", {}, (400, "sql_wrong")),
                ("SELECT * FROM matters NATURAL JOIN matters", {}, (403, "unmaskable_join")),
                ("SELECT zeroblob(16777217)", {}, (403, "sql_too_large")),
                ("SELECT 1", {"limit": 0}, (400, "bad_limit")),
                ("SELECT 1", {"seconds": 11}, (400, "bad_limit"))):
            self.assertEqual(self.code("POST", "/v1/query", {"sql": sql, **more}), code, sql)

    # What is wrong

    def test_a_problem_is_a_document_in_the_language_asked_for(self):
        path = "/v1/records/matters/0000000000000000"
        for languages, tag, title in (
                (None, "zh", "没有找到"), ("en", "en", "Not Found"), ("fr", "zh", "没有找到"),
                ("zh-CN, en;q=0.5", "zh", "没有找到"), ("en-GB, zh;q=0.9", "en", "Not Found"),
                ("en;q=0.1, zh;q=0.2", "zh", "没有找到"), ("en;q=x", "zh", "没有找到")):
            headers = {"Accept-Language": languages} if languages else {}
            status, problem, sent = self.ask("GET", path, headers=headers)
            self.assertEqual(sent["Content-Type"], "application/problem+json; charset=utf-8")
            self.assertEqual((status, problem["status"], problem["code"]),
                             (404, 404, "unknown_record"))
            self.assertEqual((problem["title"], sent["Content-Language"]), (title, tag))
            self.assertEqual(problem["detail"], problem[tag])
            self.assertEqual(problem["type"], "urn:onegrid:problem:unknown_record")
            self.assertEqual((problem["instance"], problem["errors"]), (path, []))

    def test_bodies_that_decoders_would_guess_at_are_refused_with_the_place(self):
        for raw, code, pointer in (
                ('{"fields":{"title":"a","title":"b"}}', "name_twice", "/fields/title"),
                ('{"fields":{"title":"a","t\\u0069tle":"b"}}', "name_twice", "/fields/title"),
                ('{"fields":{"a/b~":1,"a/b~":1}}', "name_twice", "/fields/a~1b~0"),
                ('{"fields":{"x":[{"a":1},{"a":1,"a":2}]}}', "name_twice", "/fields/x/1/a"),
                ('{"fields":{"x":[[[[[[[1]]]]]]]}}', "too_deep", "/fields/x/0/0/0/0/0/0"),
                ("[" * 100_000, "too_deep", "/0/0/0/0/0/0/0/0"),
                ('{"fields":', "bad_json", None), ("{'a':1}", "bad_json", None),
                ('"text"', "bad_body", None), ("{} {}", "bad_json", None),
                ('{"colour":1}', "bad_body", "/colour"),
                ('{"fields":[]}', "bad_body", "/fields"),
                ('{"area":5}', "bad_body", "/area")):
            status, problem, _ = self.ask("POST", "/v1/records/matters", raw=raw)
            found = [each["pointer"] for each in problem["errors"]]
            self.assertEqual((status, problem["code"]), (400, code), raw[:60])
            self.assertEqual(found, [] if pointer is None else [pointer], raw[:60])
        # Seven levels below the body are as many as there may be, and quotes are no levels.
        for raw in ('{"fields":{"x":[[[[[[1]]]]]]}}', '{"fields":{"x":"[[[[[[[[[{{\\"["}}'):
            self.assertEqual(self.code("POST", "/v1/records/matters", raw=raw),
                             (422, "wrong_values"))
        status, problem, _ = self.ask(
            "POST", "/v1/records/matters", {"fields": {"colour": "red", "title": "x" * 5000}})
        self.assertEqual(
            {each["pointer"]: each["code"] for each in problem["errors"]}["/fields/colour"],
            "unknown_field")

    def test_methods_and_types_that_are_not_there_are_named(self):
        status, problem, headers = self.ask("PUT", "/v1/records/matters", {})
        self.assertEqual((status, problem["code"]), (405, "no_such_method"))
        self.assertEqual(headers["Allow"], "GET, POST")
        _, _, headers = self.ask("POST", "/v1/records/matters/0000000000000000", {})
        self.assertEqual(headers["Allow"], "DELETE, GET, PATCH, PUT")
        self.assertEqual(self.code("GET", "/v1/nowhere"), (404, "no_such_path"))
        self.assertEqual(self.code("GET", "/"), (404, "no_such_path"))
        self.assertEqual(
            self.code("GET", "/v1/status", headers={"Accept": "text/csv"}),
            (406, "not_acceptable"))
        self.assertEqual(
            self.code("POST", "/v1/records/matters", raw="title=1",
                      headers={"Content-Type": "application/x-www-form-urlencoded"}),
            (415, "wrong_type"))
        self.assertEqual(
            self.code("POST", "/v1/sql", raw=b" " * (16 * 1024 * 1024 + 1)),
            (413, "body_too_large"))

    def test_long_work_goes_on_as_a_job(self):
        for number in range(300):
            self.ask("POST", "/v1/records/households", {"fields": {"household_no": f"{number:05}"}})
        status, job, headers = self.ask(
            "POST", "/v1/verify", {}, headers={"Prefer": "respond-async"})
        self.assertEqual((status, job["kind"]), (202, "verify"))
        place = headers["Location"]
        ended = eventually(
            lambda: (lambda each: each["state"] != "running" and each)(self.ask("GET", place)[1]),
            "a job ends")
        self.assertEqual((ended["state"], ended["status"]), ("done", 200))
        self.assertEqual((ended["result"]["schema"], ended["result"]["ok"]),
                         ("onegrid.verify/1", True))
        progress = ended["progress"]
        self.assertEqual((progress["unit"], progress["done"]), ("runs", progress["total"]))
        self.assertGreater(progress["total"], 0)
        self.assertEqual(self.ask("GET", "/v1/jobs")[1]["items"][0]["id"], job["id"])
        # What fails says why, as the request would have been told.
        _, job, _ = self.ask("POST", "/v1/bundles/import", {"file": "none"},
                             headers={"Prefer": "respond-async", "Accept-Language": "en"})
        ended = eventually(
            lambda: (lambda each: each["state"] != "running" and each)(
                self.ask("GET", f"/v1/jobs/{job['id']}")[1]), "a job fails")
        self.assertEqual((ended["state"], ended["status"]), ("failed", 404))
        self.assertEqual(ended["problem"]["code"], "file_missing")
        self.assertEqual(self.code("GET", "/v1/jobs/nothing"), (404, "unknown_job"))
        # What is wrong with the request itself is told at once.
        self.assertEqual(
            self.code("POST", "/v1/verify", {"x": 1}, headers={"Prefer": "respond-async"}),
            (400, "bad_body"))
