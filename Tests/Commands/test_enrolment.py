# SPDX-License-Identifier: Apache-2.0
"""Promises about joining, keys and certificates."""

import contextlib
import json
import os
import pathlib
import pty
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import county
from county import TOWNSHIP, VILLAGE, enrol, office
from processes.node import Node
from processes.telling import eventually


class Joining(unittest.TestCase):
    """A village that comes with a code."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.passphrase = self.folder / "passphrase"
        self.passphrase.write_text("谷脚镇的根密钥口令\n", encoding="utf-8")
        self.passphrase.chmod(0o600)
        self.township = Node(county.programs, self.folder / "township", "谷脚镇", TOWNSHIP)
        self.township.call(
            "init", "--area", TOWNSHIP, "--name", "谷脚镇", "--root",
            "--passphrase-file", self.passphrase)
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.addCleanup(self.township.stop)
        self.village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)

    def invite(self, *words):
        return self.township.ask("invite", "茶香村", "--area", VILLAGE, *words)

    def join(self, node, *words, wants=0):
        """gridctl join that asks once; returns its lines of JSON."""
        done = node.call("join", *words, "--wait", "0", "--json", wants=wants)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def approve(self, identity, words, **options):
        return self.township.call(
            "approve", identity, "--words", words, "--passphrase-file", self.passphrase, **options)

    def test_a_village_joins_with_a_code_and_four_words_and_syncs(self):
        code = self.invite()["code"]
        command = [
            county.programs / "gridctl", "join", "--data", self.village.folder, "--json",
            *code.split()]
        joining = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.addCleanup(joining.kill)
        told = json.loads(joining.stdout.readline())
        self.assertEqual((told["state"], told["name"], told["area"]), ("waiting", "茶香村", VILLAGE))
        [asked] = self.township.ask("requests")["items"]
        self.assertEqual(asked["words"], told["words"])
        self.assertEqual(asked["request"]["key"], told["key"])
        self.approve(asked["id"], told["words"]["zh"])
        said, complaints = joining.communicate(timeout=60)
        self.assertEqual(joining.returncode, 0, complaints)
        done = json.loads(said)
        self.assertEqual((done["state"], done["area"]), ("enrolled", VILLAGE))
        root = self.township.ask("key", "show")["root"]
        self.assertEqual((root["key"], root["sealed"]), (done["root_key"], True))
        # The address of the code is in the settings: nothing else is to be said.
        self.village.start("--log-level", "error")
        self.addCleanup(self.village.stop)
        identity = self.village.put("households", "household_no=00001")
        eventually(
            lambda: self.township.call("get", "households", identity, wants=None).returncode == 0,
            "the first record of a village that has joined")
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_an_interrupted_join_goes_on_with_or_without_the_code(self):
        code = self.invite()["compact"]
        first = self.join(self.village, code, wants=75)
        for words in ([], [code]):
            self.assertEqual(self.join(self.village, *words, wants=75), first)
        [asked] = self.township.ask("requests")["items"]
        self.approve(asked["id"], first[0]["words"]["pinyin"])
        self.assertEqual([each["state"] for each in self.join(self.village)], ["enrolled"])
        self.village.call("join", code, "--wait", "0", wants=77)
        settings = (self.village.folder / "gridd.yaml").read_text()
        self.assertIn(self.township.ask("status")["listen"], settings)

    def test_settings_that_name_peers_are_left_alone(self):
        self.village.folder.mkdir(mode=0o700)
        settings = self.village.folder / "gridd.yaml"
        settings.write_text("peers:\n  - 10.8.0.1:7440\n")
        code = self.invite()["compact"]
        words = self.join(self.village, code, wants=75)[0]["words"]["zh"]
        self.approve(self.township.ask("requests")["items"][0]["id"], words)
        self.join(self.village)
        self.assertEqual(settings.read_text(), "peers:\n  - 10.8.0.1:7440\n")

    def test_wrong_words_or_a_wrong_passphrase_issue_nothing(self):
        words = self.join(self.village, self.invite()["compact"], wants=75)[0]["words"]["zh"]
        identity = self.township.ask("requests")["items"][0]["id"]
        self.approve(identity, " ".join(reversed(words.split())), wants=77)
        wrong = self.folder / "wrong"
        wrong.write_text("another one\n")
        wrong.chmod(0o600)
        done = self.township.call(
            "approve", identity, "--words", words, "--passphrase-file", wrong, wants=77)
        self.assertIn("口令不对", done.stderr)
        done = self.township.call("approve", identity, "--words", words, wants=65)
        self.assertIn("--passphrase-file", done.stderr)
        done = self.township.call("approve", identity, wants=65)
        self.assertIn("--words", done.stderr)
        self.passphrase.chmod(0o644)
        self.approve(identity, words, wants=77)
        self.passphrase.chmod(0o600)
        self.assertEqual(len(self.township.ask("requests")["items"]), 1)
        self.join(self.village, wants=75)
        self.approve("zzzzzz", words, wants=66)

    def test_a_mistyped_code_is_refused_with_its_row_before_anything_is_made(self):
        rows = self.invite()["code"].split("\n")
        rows[2] = rows[2][:7] + ("1" if rows[2][7] != "1" else "2") + rows[2][8:]
        done = self.village.call("join", " ".join(rows), "--wait", "0", wants=65)
        self.assertIn("第 3 行", done.stderr)
        done = self.village.call("join", "nonsense!", wants=65)
        self.assertFalse(self.village.folder.exists())
        self.village.call("join", wants=66)

    def test_a_code_that_was_used_withdrawn_or_has_expired_is_not_taken(self):
        invitation = self.invite()
        self.join(self.village, invitation["compact"], wants=75)
        thief = Node(county.programs, self.folder / "thief", "别的村", VILLAGE)
        self.assertIn(
            "已被另一个节点使用", thief.call("join", invitation["compact"], wants=77).stderr)
        self.township.call("invitations", "withdraw", invitation["id"])
        self.assertIn("已撤回", self.village.call("join", wants=77).stderr)
        self.assertEqual(self.township.ask("invitations")["items"][0]["state"], "withdrawn")
        self.township.call("invitations", "withdraw", invitation["id"], wants=1)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--expires", "0d", wants=64)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--expires", "91d", wants=65)
        self.township.call("invite", "别县的村", "--area", "522731101201", wants=77)

    def test_a_request_that_is_turned_away_says_why(self):
        self.join(self.village, self.invite()["compact"], wants=75)
        identity = self.township.ask("requests")["items"][0]["id"]
        self.township.call("reject", identity, "--reason", "不认识\x1b[2J")
        said = self.village.call("join", wants=77).stderr
        self.assertIn("不认识", said)
        self.assertNotIn("\x1b", said)

    def test_nobody_answers_is_said_with_the_address(self):
        code = self.invite("--address", "127.0.0.1:1", "--address", "[::1]:2")["compact"]
        said = self.village.call("join", code, wants=69).stderr
        self.assertIn("127.0.0.1:1", said)
        self.assertIn("[::1]:2", said)

    def test_a_daemon_too_old_for_codes_hangs_up_and_that_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as old:
            def hang_up():
                caller, _ = old.accept()
                caller.recv(4)
                caller.close()
            threading.Thread(target=hang_up, daemon=True).start()
            port = old.getsockname()[1]
            code = self.invite("--address", f"127.0.0.1:{port}")["compact"]
            self.assertIn("太旧", self.village.call("join", code, wants=69).stderr)

    def test_invitations_work_while_no_daemon_runs(self):
        listen = self.township.ask("status")["listen"]
        self.township.stop()
        self.township.call("invite", "茶香村", "--area", VILLAGE, wants=65)
        code = self.invite("--address", listen)["compact"]
        self.township.start("--listen", listen, "--log-level", "error")
        words = self.join(self.village, code, wants=75)[0]["words"]["zh"]
        self.township.stop()
        [asked] = self.township.ask("requests")["items"]
        self.assertEqual(asked["words"]["zh"], words)
        self.approve(asked["id"], words)
        self.assertEqual(self.township.ask("invitations")["items"][0]["state"], "approved")
        self.township.start("--listen", listen, "--log-level", "error")
        self.assertEqual(self.join(self.village)[0]["state"], "enrolled")

    def test_apps_are_told_what_is_wrong_with_an_invitation(self):
        for body, status, code in (
                ({"name": "村", "area": VILLAGE, "seconds": "x"}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "addresses": "a:1"}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "addresses": [1]}, 400, "bad_body"),
                ({"name": "村", "area": VILLAGE, "secret": "x"}, 400, "bad_body"),
                ({"name": "村", "area": "x"}, 422, "bad_area"),
                ({"name": "", "area": VILLAGE}, 422, "bad_name"),
                ({"name": "村", "area": VILLAGE, "seconds": -2**63}, 422, "bad_lifetime"),
                ({"name": "村", "area": VILLAGE, "seconds": 2**63 - 1}, 422, "bad_lifetime"),
                ({"name": "村", "area": VILLAGE, "addresses": ["x"]}, 422, "bad_addresses"),
                ({"name": "村", "area": "522731101201"}, 403, "outside_area")):
            answer = self.township.send("POST", "/v1/invitations", body)
            self.assertEqual((answer[0], answer[1]["code"]), (status, code), body)
        for path, body, status, code in (
                ("invitations/zzzzzz/withdraw", {}, 404, "unknown_invitation"),
                ("requests/zzzzzz/reject", {"reason": "长" * 67}, 422, "bad_reason"),
                ("requests/zzzzzz/reject", {}, 404, "unknown_invitation"),
                ("requests/zzzzzz/approve", {"chain": "00"}, 400, "bad_certificate")):
            answer = self.township.send("POST", f"/v1/{path}", body)
            self.assertEqual((answer[0], answer[1]["code"]), (status, code), path)
        self.assertEqual(self.township.ask("invitations")["items"], [])

    def test_a_join_that_was_killed_goes_on(self):
        command = [
            county.programs / "gridctl", "join", "--data", self.village.folder, "--json",
            self.invite()["compact"]]
        for _ in range(3):
            joining = subprocess.Popen(
                command[:-1] if self.village.folder.exists() else command,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            words = json.loads(joining.stdout.readline())["words"]["zh"]
            joining.kill()
            joining.communicate()
        self.approve(self.township.ask("requests")["items"][0]["id"], words)
        self.assertEqual(self.join(self.village)[0]["state"], "enrolled")

    def test_a_qr_code_is_drawn_and_written_for_this_user_alone(self):
        picture = self.folder / "code.svg"
        done = self.township.call(
            "invite", "茶香村", "--area", VILLAGE, "--qr", "text", "--qr", f"svg:{picture}")
        self.assertIn("▀", done.stdout)
        self.assertIn("<svg", picture.read_text())
        self.assertEqual(picture.stat().st_mode & 0o077, 0)
        self.township.call(
            "invite", "茶香村", "--area", VILLAGE, "--qr", f"svg:{picture}", wants=77)
        self.township.call("invite", "茶香村", "--area", VILLAGE, "--qr", "png", wants=64)


class RootKey(unittest.TestCase):
    """The root's key and its passphrase, typed by people on a terminal."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.data = self.folder / "county"

    def types(self, lines, *words):
        """Runs gridctl on a terminal and types the lines; returns exit code and all that shows."""
        child, terminal = pty.fork()
        if child == 0:
            os.execv(county.programs / "gridctl", ["gridctl", *map(str, words)])
        shown = b""
        waiting = list(lines)
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
            if waiting and shown.rstrip(b" ").endswith(b":"):
                time.sleep(0.2)
                os.write(terminal, waiting.pop(0).encode() + b"\n")
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")

    def init(self, *lines):
        return self.types(
            lines, "init", "--data", self.data, "--area", "522730", "--name", "龙里县", "--root")

    def test_a_passphrase_is_typed_twice_and_never_shown(self):
        code, shown = self.init("correct horse", "correct horse")
        self.assertEqual(code, 0, shown)
        self.assertNotIn("correct", shown)
        key = (self.data / "keys" / "root.key").read_text()
        self.assertTrue(key.startswith("onegrid-ed25519-sealed-1\n"))

    def test_two_that_differ_or_one_too_short_make_nothing(self):
        for lines in (["correct horse", "correct hors"], ["short"], [""]):
            code, shown = self.init(*lines)
            self.assertEqual(code, 65, shown)
            self.assertFalse((self.data / "keys" / "root.key").exists())

    def test_an_interrupt_ends_the_question_and_makes_nothing(self):
        code, shown = self.init("secret\x03")
        self.assertEqual(code, 65, shown)
        self.assertFalse((self.data / "keys" / "root.key").exists())

    def test_without_a_terminal_the_options_are_named(self):
        node = Node(county.programs, self.data, "龙里县", "522730")
        words = ("init", "--area", "522730", "--name", "龙里县", "--root")
        self.assertIn("--passphrase-file", node.call(*words, wants=65).stderr)
        self.assertIn("root.key", node.call(*words, "--no-passphrase").stderr)
        self.assertFalse(node.ask("key", "show")["root"]["sealed"])

    def test_a_passphrase_is_set_changed_and_taken_away(self):
        node = Node(county.programs, self.data, "龙里县", "522730")
        node.call("init", "--area", "522730", "--name", "龙里县", "--root", "--no-passphrase")
        before = node.ask("key", "show")["root"]["key"]
        change = ("key", "change-passphrase", "--data", self.data)
        code, shown = self.types(["correct horse", "correct horse"], *change)
        self.assertEqual(code, 0, shown)
        self.assertTrue(node.ask("key", "show")["root"]["sealed"])
        code, shown = self.types(["wrong"], *change)
        self.assertEqual(code, 77, shown)
        code, shown = self.types(["correct horse", "battery staple", "battery staple"], *change)
        self.assertEqual(code, 0, shown)
        code, shown = self.types(["correct horse"], *change, "--no-passphrase")
        self.assertEqual(code, 77, shown)
        code, shown = self.types(["battery staple"], *change, "--no-passphrase")
        self.assertEqual(code, 0, shown)
        after = node.ask("key", "show")["root"]
        self.assertEqual((after["key"], after["sealed"]), (before, False))
        self.assertEqual(
            sorted(each.name for each in (self.data / "keys").iterdir()),
            ["node.key", "root.key"])

    def test_who_approves_types_the_passphrase_for_a_file_too(self):
        code, shown = self.init("correct horse", "correct horse")
        self.assertEqual(code, 0, shown)
        village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", "茶香村", "--out", request)
        words = ("approve", "--data", self.data, "--request", request, "--out", grant)
        code, shown = self.types(["correct hors"], *words)
        self.assertEqual(code, 77, shown)
        self.assertFalse(grant.exists())
        code, shown = self.types(["correct horse"], *words)
        self.assertEqual(code, 0, shown)
        village.call("accept", "--grant", grant)


class Enrolment(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.township = office(self.folder)

    def test_approve_works_with_and_without_a_running_daemon(self):
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        village = enrol(self.township, self.folder, "茶香村", VILLAGE)
        peers = self.township.ask("peers")["items"]
        self.assertEqual([(each["name"], each["state"]) for each in peers], [("茶香村", "absent")])
        village.start("--log-level", "error")
        self.addCleanup(village.stop)
        self.assertEqual(village.ask("status")["node"]["area"], VILLAGE)

    def test_a_folder_is_never_taken_twice(self):
        done = self.township.call(
            "init", "--area", TOWNSHIP, "--name", "别的镇", "--root", "--no-passphrase", wants=77)
        self.assertIn("不会覆盖", done.stderr)

    def test_a_command_that_was_killed_half_way_may_be_given_again(self):
        folder = self.folder / "half"
        node = Node(county.programs, folder, "谷脚镇", TOWNSHIP)
        words = ("init", "--area", TOWNSHIP, "--name", node.name, "--root", "--no-passphrase")
        node.call(*words)
        key = (folder / "keys" / "node.key").read_text()
        for database in folder.glob("grid.db*"):
            database.unlink()
        for draft in ("node.key.new", "root.key.new"):
            (folder / "keys" / draft).write_text("onegrid")
        (folder / "keys" / "root.key").unlink()
        node.call(*words)
        self.assertEqual((folder / "keys" / "node.key").read_text(), key)
        self.assertEqual(
            sorted(each.name for each in (folder / "keys").glob("*.key")),
            ["node.key", "root.key"])
        node.call(*words, wants=77)
        node.start("--log-level", "error")
        self.addCleanup(node.stop)
        self.assertTrue(node.ask("status")["node"]["is_root"])

    def test_nobody_is_approved_outside_the_area(self):
        stranger = Node(county.programs, self.folder / "stranger", "别县的村", "522731101201")
        request = self.folder / "stranger.request"
        stranger.call("request", "--area", stranger.code, "--name", stranger.name,
                      "--out", request)
        self.township.call(
            "approve", "--request", request, "--out", self.folder / "grant", wants=77)
        self.assertFalse((self.folder / "grant").exists())

    def test_an_altered_request_or_grant_is_refused(self):
        village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", village.name, "--out", request)
        forged = json.loads(request.read_text(encoding="utf-8"))
        forged["area"] = "522730103201"
        other = self.folder / "forged"
        other.write_text(json.dumps(forged), encoding="utf-8")
        self.township.call("approve", "--request", other, "--out", grant, wants=65)
        self.township.call("approve", "--request", request, "--out", grant)
        answer = json.loads(grant.read_text(encoding="utf-8"))
        answer["chain"] = answer["chain"][:-2] + ("00" if answer["chain"][-2:] != "00" else "01")
        other.write_text(json.dumps(answer), encoding="utf-8")
        village.call("accept", "--grant", other, wants=65)
        village.call("accept", "--grant", grant)

    def test_what_a_grant_shows_as_the_offices_certificate_is_the_offices(self):
        files = self.folder / "files"
        files.mkdir()
        self.township.enrol(
            Node(county.programs, self.folder / "first", "大新村", "522730103211"), files)
        first = json.loads((files / "522730103211.grant").read_text(encoding="utf-8"))
        foreign = Node(county.programs, self.folder / "foreign", "别的镇", "522730104")
        foreign.call("init", "--area", foreign.code, "--name", foreign.name, "--root",
                     "--no-passphrase")
        other = Node(county.programs, self.folder / "below", "别镇的村", "522730104211")
        foreign.enrol(other, files)
        strange = json.loads((files / "522730104211.grant").read_text(encoding="utf-8"))
        village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        whole = first["parent_chain"]
        broken = whole[:-2] + ("00" if whole[-2:] != "00" else "01")
        for index, (wrong, says) in enumerate((
                (first["chain"], "大新村"), (strange["parent_chain"], "foreign_root"),
                (broken, "signature_wrong"), ("zz", "批准文件"), (7, "批准文件"))):
            place = self.folder / f"try{index}"
            place.mkdir()
            done = self.township.enrol(village, place, wants=65, parent_chain=wrong)
            self.assertIn(says, done.stderr)
        # A grant that an earlier program wrote shows none, and is taken.
        place = self.folder / "last"
        place.mkdir()
        self.township.enrol(village, place, parent_chain=None)

    def test_a_grant_for_another_node_is_refused(self):
        enrol(self.township, self.folder, "茶香村", VILLAGE)
        other = Node(county.programs, self.folder / "other", "高堡村", "522730103201")
        other.call("request", "--area", other.code, "--name", other.name,
                   "--out", self.folder / "other.request")
        other.call("accept", "--grant", self.folder / f"{VILLAGE}.grant", wants=65)

    def test_a_daemon_without_certificate_says_what_to_do(self):
        village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        village.call("request", "--area", VILLAGE, "--name", village.name,
                     "--out", self.folder / "request")
        done = subprocess.run(
            [county.programs / "gridd", "--data", village.folder], capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 66)
        self.assertIn("gridctl accept", done.stderr)

    def test_what_no_certificate_can_say_is_refused_before_anything_is_written(self):
        village = Node(county.programs, self.folder / VILLAGE, "茶香村", VILLAGE)
        request, grant = self.folder / "request", self.folder / "grant"
        village.call("request", "--area", VILLAGE, "--name", village.name, "--out", request)
        self.township.call("approve", "--request", request, "--out", grant, "--post", "岗" * 41,
                           wants=65)
        for option, value in (("--days", "999999999999999"), ("--rights", "")):
            self.township.call(
                "approve", "--request", request, "--out", grant, option, value, wants=64)
        self.assertFalse(grant.exists())
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        self.assertEqual(self.township.ask("peers")["items"], [])

    def test_a_folder_that_is_no_nodes_stays_as_it_was(self):
        empty = self.folder / "empty"
        empty.mkdir()
        done = subprocess.run(
            [county.programs / "gridd", "--data", empty],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 66)
        self.assertIn("gridctl init", done.stderr)
        self.assertEqual(list(empty.iterdir()), [])

    def test_a_command_without_daemon_ends_with_69(self):
        done = self.township.call("status", wants=69)
        self.assertIn("gridd --data", done.stderr)

    def test_damage_that_keeps_the_daemon_from_starting_is_found_and_repaired(self):
        self.township.start("--log-level", "error")
        identity = self.township.put("households", "household_no=1")
        self.township.stop()
        with contextlib.closing(sqlite3.connect(self.township.folder / "grid.db")) as database:
            database.execute("DELETE FROM households")
            database.execute("UPDATE logs SET state = x'00'")
            database.commit()
        done = subprocess.run(
            [county.programs / "gridd", "--data", self.township.folder],
            capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, 70)
        self.assertIn("gridctl verify", done.stderr)
        found = self.township.call("verify", wants=1)
        self.assertIn(identity, found.stdout)
        self.assertEqual(self.township.ask("rebuild")["cuts"], [])
        self.assertTrue(self.township.ask("verify")["ok"])
        self.township.start("--log-level", "error")
        self.addCleanup(self.township.stop)
        self.assertEqual(
            self.township.ask("get", "households", identity)["fields"]["household_no"], "1")

    def test_a_path_too_long_for_a_socket_is_refused_at_once(self):
        node = Node(county.programs, self.folder / ("长" * 40), "茶香村", VILLAGE)
        node.call("init", "--area", TOWNSHIP, "--name", "镇", "--root", "--no-passphrase", wants=65)

    def test_a_key_that_others_may_read_is_refused(self):
        os.chmod(self.township.folder / "keys" / "node.key", 0o644)
        done = subprocess.run(
            [county.programs / "gridd", "--data", self.township.folder],
            capture_output=True, text=True,
            timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("node.key", done.stderr)

    def test_wrong_settings_name_the_setting(self):
        for arguments, word in (
                (["--listen", "nowhere"], "--listen"), (["--log-level", "loud"], "--log-level"),
                (["--peer", "zz@127.0.0.1:1"], "peer")):
            done = subprocess.run(
                [county.programs / "gridd", "--data", self.township.folder, *arguments],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(word, done.stderr)
