# SPDX-License-Identifier: Apache-2.0
"""Apps on a node that write at the same time, as fast as they are answered."""

import http.client
import random
import signal
import threading
import time

from book import Violation

# Rows of one import: each is a write of its own, and one answer speaks for all.
ROWS = 25
# What a node says while nothing is saved: it is stopping, or its disk is full.
UNSAVED = {"disk_full", "stopping"}


class Writers:
    """Writes records and patches of one node until told to end or until nobody answers."""

    def __init__(self, node, book, rng, label, count=3, area=None, only=None):
        self.node, self.book, self.label, self.area = node, book, label, area
        self.ending = threading.Event()
        self.errors = []
        self.acknowledged = self.refused = self.cut_off = 0
        # Answers of this kind are awaited; any other refusal is an error.
        self.allowed = set(UNSAVED)
        # kill -9 with this answer, before anything else is done: the hardest test of an answer.
        self.kill_with_answer = None
        self.has_killed = threading.Event()
        self.lock = threading.Lock()
        # What is to be patched: of what was promised, only these where they are given.
        old = [each for each in book.households() if only is None or each in only]
        self.threads = [
            threading.Thread(
                target=self._run, daemon=True,
                args=(number, random.Random(rng.random()), old[number::count]))
            for number in range(count)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        if self.errors and kind is None:
            raise self.errors[0]

    def _run(self, number, rng, mine):
        app = self.node.app()
        try:
            self._write(app, number, rng, mine)
        except Exception as error:  # Threads have no other way to say it.
            self.errors.append(error)
        finally:
            app.close()

    def _write(self, app, number, rng, mine):
        written = 0
        while not self.ending.is_set():
            written += 1
            tag = f"{self.label}-{number}-{written}"
            if not self.area and rng.random() < 0.02:
                if not self._import(app, tag):
                    return
                continue
            patched = rng.choice(mine) if mine and rng.random() < 0.45 else None
            collection, path, body = self._request(rng, tag, patched)
            self.book.begin(collection, tag, patched)
            try:
                status, answer = app.send("PATCH" if patched else "POST", path, body)
            except (OSError, http.client.HTTPException, ValueError):
                # The daemon is gone, or was while it answered.
                self._cut()
                return
            if status in (200, 201):
                if self.kill_with_answer == self.acknowledged:
                    self.node.daemon.send_signal(signal.SIGKILL)
                    self.has_killed.set()
                self.book.acknowledge(collection, tag, answer["id"])
                if collection == "households" and not patched:
                    mine.append(answer["id"])
                with self.lock:
                    self.acknowledged += 1
                continue
            code = answer.get("code")
            if code not in self.allowed:
                raise Violation(f"{self.node.name}: {status} {answer}")
            if code in UNSAVED:
                self.book.refuse(tag, patched)
            # Else what could not be made durable may be on the disk all the same.
            with self.lock:
                self.refused += 1
            time.sleep(0.01)

    def _import(self, app, tag):
        """Takes in some rows at once; returns whether the daemon is still there."""
        tags = [f"{tag}-{row}" for row in range(ROWS)]
        for each in tags:
            self.book.begin("patrols", each)
        rows = [self._fields("patrols", each, 0) for each in tags]
        try:
            status, answer = app.send(
                "POST", "/v1/import/patrols", {"rows": rows, "apply": True})
        except (OSError, http.client.HTTPException, ValueError):
            self._cut(len(tags))
            return False
        if status == 200 and answer["applied"] == len(tags):
            for each, identity in zip(tags, answer["ids"]):
                self.book.acknowledge("patrols", each, identity)
            with self.lock:
                self.acknowledged += len(tags)
        elif answer.get("code") in self.allowed:
            # Rows before the one that was refused may have been written.
            self._cut(len(tags))
            with self.lock:
                self.refused += 1
        else:
            raise Violation(f"{self.node.name}: import: {status} {answer}")
        return True

    def _cut(self, count=1):
        with self.lock:
            self.cut_off += count

    def _request(self, rng, tag, patched):
        if patched:
            return ("households", f"/v1/records/households/{patched}",
                    {"fields": {"address": tag, "plate_no": tag}})
        collection = rng.choice(("households", "matters", "patrols"))
        body = {"fields": self._fields(collection, tag, rng.randrange(1, 200))}
        if self.area:
            body["area"] = self.area
        return collection, f"/v1/records/{collection}", body

    def _fields(self, collection, tag, length):
        grid = f"{self.area or self.node.code}001"
        if collection == "households":
            return {"address": tag, "plate_no": tag}
        if collection == "matters":
            return {"title": tag, "place": tag, "grid_code": grid, "content": "路灯不亮" * length}
        return {
            "note": tag, "grid_code": grid, "started_at": "2026-10-01T08:00:00+08:00",
            "ended_at": "2026-10-01T09:00:00+08:00"}
