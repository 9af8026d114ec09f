# SPDX-License-Identifier: Apache-2.0
"""Promises about the change feed: in order, once each, over kills of whoever is in it."""

import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import county
from county import VILLAGE, OneNode, Wired, enrol, office
from processes.node import App
from processes.telling import eventually

# Follows the feed as a careful app does: what it was given and where it stands are one line of a
# file, so that a kill at any moment leaves either both or neither.
READER = r"""
import json, os, socket, http.client, sys, time
path, book = sys.argv[1], sys.argv[2]
class Local(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(path)
try:
    kept = open(book, "rb").read()
except FileNotFoundError:
    kept = b""
whole = kept[:kept.rfind(b"\n") + 1]
os.truncate(book, len(whole)) if len(whole) < len(kept) else None
last = json.loads(whole.splitlines()[-1])["id"] if whole else None
out = open(book, "ab", buffering=0)
while True:
    try:
        link = Local("localhost")
        headers = {"Accept": "application/x-ndjson"}
        if last:
            headers["Last-Event-ID"] = last
        link.request("GET", "/v1/changes?snapshot=1&heartbeat=1", headers=headers)
        answer = link.getresponse()
        assert answer.status == 200, answer.read()
        for line in answer:
            if not line.endswith(b"\n"):
                break
            event = json.loads(line)
            if event["event"] != "heartbeat":
                out.write(line)
            last = event["id"]
    except (OSError, http.client.HTTPException):
        time.sleep(0.02)
"""


def events(node, path="/v1/changes", accept="application/x-ndjson", count=1, headers=None):
    """The first events of a stream."""
    app = App(node.folder / "gridd.sock")
    try:
        app.connection.request("GET", path, headers={"Accept": accept, **(headers or {})})
        answer = app.connection.getresponse()
        if answer.status != 200:
            return answer.status, json.loads(answer.read())
        found, lines = [], []
        while len(found) < count:
            line = answer.readline().decode()
            if not line:
                break
            if accept == "application/x-ndjson":
                found.append(json.loads(line))
            elif line == "\n":
                found.append(dict(each.split(": ", 1) for each in lines))
                lines = []
            else:
                lines.append(line.rstrip("\n"))
        return answer.status, found
    finally:
        app.close()


class Feed(OneNode):
    """One village, and those who read what changes there."""

    def page(self, query=""):
        status, answer = self.village.send("GET", "/v1/changes" + query)
        self.assertEqual(status, 200, answer)
        return answer

    def report(self, title):
        return self.village.put("matters", f"title={title}", "place=村口",
                                "grid_code=522730103210003")

    def test_three_renderings_give_the_same_items(self):
        start = self.page()["next"]
        ids = [self.report(f"第{number}件") for number in range(3)]
        self.village.call("put", "matters", ids[0], "place=村尾")
        page = self.page(f"?since={start}")
        self.assertFalse(page["more"])
        self.assertEqual(
            [(each["operation"], each["record"]["id"]) for each in page["items"]],
            [("created", each) for each in ids] + [("changed", ids[0])])
        sequences = [each["sequence"] for each in page["items"]]
        self.assertEqual(sequences, list(range(sequences[0], sequences[0] + 4)))
        _, lines = events(self.village, f"/v1/changes?since={start}", count=4)
        self.assertEqual(lines, page["items"])
        _, sent = events(self.village, f"/v1/changes?since={start}", "text/event-stream", 4)
        self.assertEqual([json.loads(each["data"]) for each in sent], page["items"])
        self.assertEqual([each["id"] for each in sent], [each["id"] for each in page["items"]])
        self.assertEqual({each["event"] for each in sent}, {"change"})
        # An event source that comes back names where it was, beside the address it has.
        _, rest = events(
            self.village, f"/v1/changes?since={start}", count=1,
            headers={"Last-Event-ID": sent[2]["id"]})
        self.assertEqual(rest, page["items"][3:])

    def test_nothing_happens_and_the_reader_hears_that_the_link_works(self):
        _, (beat,) = events(self.village, "/v1/changes?heartbeat=1")
        self.assertEqual((beat["event"], beat["id"]), ("heartbeat", self.page()["next"]))

    def test_a_reader_of_one_collection_is_told_where_it_is(self):
        start = self.page()["next"]
        self.report("别的")
        _, (beat,) = events(self.village, f"/v1/changes?since={start}&collection=households")
        self.assertEqual((beat["event"], beat["id"]), ("heartbeat", self.page()["next"]))
        page = self.page(f"?since={start}&collection=matters&area={VILLAGE}")
        self.assertEqual(len(page["items"]), 1)
        self.assertEqual(self.page(f"?since={start}&area=522730103211")["items"], [])

    def test_what_no_feed_has_given_is_refused_by_name(self):
        for query, status, code in (
                ("?since=1", 400, "bad_position"), ("?limit=0", 400, "bad_limit"),
                ("?limit=501", 400, "bad_limit"), ("?area=5", 400, "bad_area"),
                ("?colour=red", 400, "bad_body"), ("?collection=cats", 404, "unknown_collection"),
                ("?since=0123456789abcdef:1:00000000", 410, "feed_reset")):
            answer = self.village.send("GET", "/v1/changes" + query)
            self.assertEqual((answer[0], answer[1]["code"]), (status, code), query)
        status, problem = events(self.village, "/v1/changes?heartbeat=61")
        self.assertEqual((status, problem["code"]), (400, "bad_heartbeat"))

    def test_after_a_rebuild_the_reader_is_told_and_begins_with_what_is_there(self):
        kept = self.report("还在")
        position = self.page()["next"]
        heard = []
        thread = threading.Thread(target=lambda: heard.append(events(
            self.village, f"/v1/changes?since={position}&heartbeat=60")))
        thread.start()
        time.sleep(0.3)
        self.village.call("rebuild")
        thread.join(timeout=10)
        ((_, (event,)),) = heard
        self.assertEqual((event["event"], event["code"]), ("reset", "feed_reset"))
        status, problem = self.village.send("GET", f"/v1/changes?since={position}")
        self.assertEqual((status, problem["code"]), (410, "feed_reset"))
        again = self.snapshot(position)
        self.assertEqual(again[0]["event"], "reset")
        self.assertIn(kept, [each["record"]["id"] for each in again if "record" in each])
        self.assertEqual(again[-1]["event"], "live")

    def snapshot(self, position):
        """A stream from a position that is over, up to the end of its snapshot."""
        app = App(self.village.folder / "gridd.sock")
        try:
            app.connection.request(
                "GET", f"/v1/changes?since={position}&snapshot=1",
                headers={"Accept": "application/x-ndjson"})
            found = []
            for line in app.connection.getresponse():
                found.append(json.loads(line))
                if found[-1]["event"] == "live":
                    return found
        finally:
            app.close()

    def test_a_reader_that_does_not_read_keeps_nobody_and_misses_nothing(self):
        start = self.page()["next"]
        app = App(self.village.folder / "gridd.sock")
        try:
            app.connection.request(
                "GET", f"/v1/changes?since={start}", headers={"Accept": "application/x-ndjson"})
            answer = app.connection.getresponse()
            write = {"collection": "matters", "fields": {
                "title": "很多", "content": "话" * 400, "grid_code": "522730103210003"}}
            before = self.village.memory()
            for _ in range(8):
                status, made = self.village.send("POST", "/v1/batch", {"writes": [write] * 250})
                self.assertEqual(status, 200, made)
            # 2,000 changes of some kilobytes wait: in the store, not in the daemon.
            self.assertLess(self.village.memory() - before, 48)
            found = []
            while len(found) < 2000:
                event = json.loads(answer.readline())
                found += [event["sequence"]] if event["event"] == "change" else []
            self.assertEqual(found, list(range(found[0], found[0] + 2000)))
        finally:
            app.close()

    def test_places_are_few_and_are_given_back(self):
        apps = []
        try:
            for _ in range(64):
                app = App(self.village.folder / "gridd.sock")
                apps.append(app)
                app.connection.request(
                    "GET", "/v1/changes?heartbeat=1", headers={"Accept": "application/x-ndjson"})
                self.assertEqual(app.connection.getresponse().status, 200)
            status, problem = events(self.village)
            self.assertEqual((status, problem["code"]), (503, "too_many_readers"))
        finally:
            for app in apps:
                app.close()
        eventually(lambda: events(self.village, "/v1/changes?heartbeat=1")[0] == 200, "a place")

    def test_a_person_sees_what_has_changed_and_what_changes(self):
        self.report("看得见")
        text = self.village.call("events", "--limit", "1").stdout
        self.assertIn("新增 created  matters/", text)
        self.assertIn("title=看得见", text)
        follow = subprocess.Popen(
            [county.programs / "gridctl", "events", "--follow", "--json", "--limit", "1",
             "--data", self.village.folder], stdout=subprocess.PIPE, text=True)
        try:
            self.assertEqual(
                json.loads(follow.stdout.readline())["record"]["fields"]["title"], "看得见")
            self.report("正在看")
            self.assertEqual(
                json.loads(follow.stdout.readline())["record"]["fields"]["title"], "正在看")
            self.village.stop()
            self.village.start()
            self.report("重启之后")
            self.assertEqual(
                json.loads(follow.stdout.readline())["record"]["fields"]["title"], "重启之后")
        finally:
            follow.kill()
            follow.wait()
            follow.stdout.close()


class Deliveries(Wired):
    """What comes over a link is in the feed as what is written here."""

    def test_the_township_follows_what_the_village_writes(self):
        start = self.township.send("GET", "/v1/changes")[1]["next"]
        made = self.village.put(
            "matters", "title=路灯不亮", "place=村口", "grid_code=522730103210003")
        _, (event,) = events(self.township, f"/v1/changes?since={start}&collection=matters")
        while event["event"] == "heartbeat":
            _, (event,) = events(
                self.township, f"/v1/changes?since={event['id']}&collection=matters")
        self.assertEqual((event["operation"], event["record"]["id"]), ("created", made))
        self.assertEqual(event["record"]["area"], VILLAGE)


class Kills(unittest.TestCase):
    """Reader and daemon are killed at random while an app writes."""

    def test_no_change_is_lost_or_repeated(self):
        seed = int(os.environ.get("ONEGRID_SEED", time.time_ns() % 1_000_000))
        print(f"test_feed: ONEGRID_SEED={seed}", file=sys.stderr)
        dice = random.Random(seed)
        with tempfile.TemporaryDirectory(prefix="onegrid-test-") as folder:
            folder = pathlib.Path(folder)
            village = enrol(office(folder), folder, "茶香村", VILLAGE)
            village.start("--log-level", "error")
            try:
                self.storm(village, folder, dice)
            finally:
                village.stop()

    def storm(self, village, folder, dice):
        book = folder / "book"
        written, stopping = [], threading.Event()

        def write():
            number = 0
            while not stopping.is_set():
                number += 1
                try:
                    app = village.app()
                    while not stopping.is_set():
                        body = {"fields": {
                            "title": f"第{number}件", "place": "村口",
                            "grid_code": "522730103210003"}}
                        status, answer = app.send("POST", "/v1/records/matters", body)
                        if status == 201:
                            written.append(answer["id"])
                        number += 1
                except (OSError, http.client.HTTPException, ValueError):
                    time.sleep(0.02)

        def read():
            return subprocess.Popen(
                [sys.executable, "-c", READER, village.folder / "gridd.sock", book])

        reader = read()
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(8):
                time.sleep(dice.uniform(0.05, 0.5))
                if dice.random() < 0.5:
                    village.kill()
                    time.sleep(dice.uniform(0, 0.1))
                    village.start()
                else:
                    reader.send_signal(signal.SIGKILL)
                    reader.wait()
                    reader = read()
            stopping.set()
            writer.join(timeout=30)
            end = village.send("GET", "/v1/changes")[1]["next"]

            def told():
                text = book.read_text(encoding="utf-8") if book.exists() else ""
                return [json.loads(each) for each in text.splitlines() if each.endswith("}")]

            eventually(lambda: told() and told()[-1]["id"] == end, "the reader is at the end")
        finally:
            stopping.set()
            reader.kill()
            reader.wait()
            writer.join(timeout=30)
        changes = [each for each in told() if each.get("sequence") and
                   each["operation"] != "present"]
        self.assertFalse([each for each in told() if each["event"] == "reset"])
        sequences = [each["sequence"] for each in changes]
        self.assertEqual(sequences, list(range(sequences[0], sequences[0] + len(sequences))))
        seen = [each["record"]["id"] for each in told()
                if each["event"] == "change" and each["record"]["collection"] == "matters"]
        self.assertEqual(len(seen), len(set(seen)), "a change came twice")
        self.assertEqual(set(written) - set(seen), set(), "a change was lost")
        self.assertGreater(len(written), 50)
