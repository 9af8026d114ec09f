# SPDX-License-Identifier: Apache-2.0
"""Promises about apps that ask over TCP, and about whoever opens the folder's socket."""

import http.client
import json
import os
import subprocess
import sys
import time
import unittest

from county import OneNode

MATTER = {"title": "路灯不亮", "place": "村口", "grid_code": "522730103210003"}


class Tokens(OneNode):
    """A village whose API is asked at a port, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.village.stop()
        cls.village.start("--api", "127.0.0.1:0", "--log-level", "error")
        cls.whole = cls.token("whole", "--collections", "all", "--read", "--write")

    @classmethod
    def token(cls, name, *words):
        return cls.village.ask("token", "create", name, *words)["token"]

    def send(self, method, path, body=None, token=None, host=None, headers=None):
        address = self.village.ask("status")["api"]
        link = http.client.HTTPConnection(*address.rsplit(":", 1), timeout=30)
        try:
            sent = {"Content-Type": "application/json", **(headers or {})}
            if token:
                sent["Authorization"] = f"Bearer {token}"
            if host:
                sent["Host"] = host
            link.request(method, path, None if body is None else json.dumps(body), sent)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()

    def code(self, *words, **named):
        status, answer = self.send(*words, **named)
        return status, answer.get("code")

    def test_a_token_opens_what_it_covers_and_nothing_else(self):
        some = self.token("some", "--collections", "matters,households", "--read")
        self.assertEqual(self.code("GET", "/v1/records/matters"), (401, "token_missing"))
        self.assertEqual(
            self.code("GET", "/v1/records/matters", token="onegrid-" + "0" * 64),
            (401, "token_unknown"))
        self.assertEqual(self.send("GET", "/v1/records/matters", token=some)[0], 200)
        self.assertEqual(self.send("GET", "/v1/collections", token=some)[0], 200)
        for method, path in (
                ("POST", "/v1/records/matters"), ("GET", "/v1/records/residents"),
                ("GET", "/v1/records/matters?plain=1&reason=x"), ("GET", "/v1/status"),
                ("POST", "/v1/sql"), ("POST", "/v1/rebuild"), ("GET", "/v1/tokens"),
                ("POST", "/v1/tokens"), ("GET", "/v1/conflicts"), ("POST", "/v1/import/matters"),
                ("GET", "/v1/changes?collection=residents"), ("GET", "/v1/nowhere")):
            body = {} if method == "POST" else None
            self.assertEqual(
                self.code(method, path, body, token=some), (403, "beyond_token"), path)
        status, made = self.send(
            "POST", "/v1/records/matters", {"fields": MATTER}, token=self.whole)
        self.assertEqual(status, 201)
        page = self.send("GET", "/v1/changes?snapshot=1", token=some)[1]
        self.assertIn(made["id"], [each["record"]["id"] for each in page["items"]])

    def test_the_feed_of_a_token_has_only_its_collections(self):
        households = self.token("households", "--collections", "households", "--read")
        self.send("POST", "/v1/records/matters", {"fields": MATTER}, token=self.whole)
        page = self.send("GET", "/v1/changes?snapshot=1", token=households)[1]
        self.assertEqual(page["items"], [])

    def test_a_token_ends_at_once_and_so_do_the_streams_that_it_opened(self):
        short = self.token("short", "--collections", "all", "--read", "--days", "1")
        address = self.village.ask("status")["api"]
        link = http.client.HTTPConnection(*address.rsplit(":", 1), timeout=30)
        link.request("GET", "/v1/changes?heartbeat=1", headers={
            "Authorization": f"Bearer {short}", "Accept": "application/x-ndjson"})
        answer = link.getresponse()
        self.assertIn(b"heartbeat", answer.readline())
        (item,) = [each for each in self.village.ask("token", "list")["items"]
                   if each["name"] == "short"]
        self.assertNotIn("token", item)
        self.assertIsNotNone(item["expires_at"])
        self.assertIn("short", self.village.call("token", "revoke", "short").stdout)
        self.assertEqual(self.code("GET", "/v1/collections", token=short), (401, "token_unknown"))
        began = time.monotonic()
        while answer.readline():
            self.assertLess(time.monotonic() - began, 10)
        link.close()

    def test_another_host_is_refused_whatever_the_token(self):
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"):
            self.assertEqual(
                self.code("GET", "/v1/collections", token=self.whole, host=host),
                (421, "wrong_host"), host)
        for host in ("localhost", "localhost:9", "127.0.0.1", "[::1]:9"):
            self.assertEqual(
                self.send("GET", "/v1/collections", token=self.whole, host=host)[0], 200)

    def test_an_app_reads_plainly_with_that_right_and_the_trail_names_it(self):
        clerk = self.token("clerk", "--collections", "all", "--read", "--write", "--plain")
        made = self.send("POST", "/v1/records/matters", {"fields": MATTER}, token=clerk)[1]["id"]
        status, answer = self.send(
            "GET", f"/v1/records/matters/{made}?plain=1&reason=check", token=clerk,
            headers={"Onegrid-Caller": "li"})
        self.assertEqual((status, answer["plain"]), (200, True))
        self.assertEqual(self.village.ask("audit")["items"][0]["who"], "茶香村·app clerk: li")

    def test_the_folder_holds_no_secret(self):
        secret = self.token("secret", "--collections", "all", "--read")
        self.assertFalse(self.village.holds(secret))
        self.assertFalse(self.village.holds(secret.removeprefix("onegrid-")))

    def test_tokens_outlive_a_restart(self):
        self.village.stop()
        self.village.start()
        self.assertEqual(self.send("GET", "/v1/collections", token=self.whole)[0], 200)

    def test_wrong_tokens_are_refused_with_their_reason(self):
        for code, *words in (
                (65, "Great App", "--collections", "all", "--read"),
                (65, "app", "--collections", "all"), (65, "app", "--collections", "", "--read"),
                (66, "app", "--collections", "cats", "--read"),
                (65, "app", "--collections", "all", "--read", "--days", "0"),
                (1, "whole", "--collections", "all", "--read")):
            self.fails(code, "token", "create", *words)
        self.fails(66, "token", "revoke", "nobody")

    def test_there_are_not_more_than_sixty_four_tokens(self):
        made = []
        for number in range(65):
            body = {"name": f"many-{number}", "collections": ["*"], "read": True}
            status, answer = self.village.send("POST", "/v1/tokens", body)
            if status != 201:
                break
            made.append(answer["name"])
        self.assertEqual((status, answer["code"]), (409, "too_many_tokens"))
        for name in made:
            self.village.send("POST", f"/v1/tokens/{name}/revoke", {})

    def test_only_this_machine_may_be_listened_at(self):
        for address in ("0.0.0.0:7441", "192.168.1.5:7441", "example.org:80", "7441"):
            done = subprocess.run(
                [self.village.programs / "gridd", "--data", self.village.folder, "--api", address],
                capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 78)
            self.assertIn("127.0.0.1:PORT" if ":" in address else "HOST:PORT", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root becomes another user")
    def test_another_user_is_shut_out_even_where_the_modes_let_him_in(self):
        folder = self.village.folder
        for path in (folder.parent, folder):
            os.chmod(path, 0o711)
        os.chmod(folder / "gridd.sock", 0o666)
        asks = (
            "import os, socket, sys\n"
            "os.setuid(65534)\n"
            "link = socket.socket(socket.AF_UNIX)\n"
            "link.settimeout(10)\n"
            "link.connect(sys.argv[1])\n"
            "try:\n"
            "    link.sendall(b'GET /v1/status HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n')\n"
            "    print(len(link.recv(100)))\n"
            "except (BrokenPipeError, ConnectionResetError):\n"
            "    print(0)\n")
        done = subprocess.run(
            [sys.executable, "-c", asks, folder / "gridd.sock"], capture_output=True, text=True,
            timeout=30)
        self.assertEqual((done.stdout.strip(), done.stderr), ("0", ""))
        self.assertEqual(self.village.send("GET", "/v1/status")[0], 200)
        os.chmod(folder, 0o700)
