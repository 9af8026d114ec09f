# SPDX-License-Identifier: Apache-2.0
"""Promises about what people are told: what waits, why, and what to do about it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tarfile
import threading
import unittest
import unittest.mock

import county
from county import TOWNSHIP, VILLAGE, Wired
from processes.node import Node
from processes.telling import eventually


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Reasons(unittest.TestCase):
    """Codes are explained without any node."""

    def explain(self, *words, wants=0):
        done = subprocess.run(
            [county.programs / "gridctl", "explain", *words], capture_output=True, text=True,
            timeout=60)
        self.assertEqual(done.returncode, wants, done.stderr)
        return done

    def test_every_code_has_words_in_both_languages(self):
        items = json.loads(self.explain("--json").stdout)["items"]
        self.assertGreater(len(items), 100)
        self.assertEqual(len({each["code"] for each in items}), len(items))
        for item in items:
            self.assertRegex(item["zh"], r"[一-鿿]", item["code"])
            self.assertRegex(item["en"], r"[a-z]", item["code"])
            self.assertEqual(bool(item["remedy_zh"]), bool(item["remedy_en"]), item["code"])

    def test_the_paper_lists_the_same_codes(self):
        items = json.loads(self.explain("--json").stdout)["items"]
        paper = (county.ROOT / "Protocol" / "reasons.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", paper, re.MULTILINE)
        self.assertEqual(sorted(rows), sorted((each["code"], each["zh"]) for each in items))

    def test_a_code_is_explained_with_its_remedy(self):
        self.assertIn("gridd", self.explain("port_closed").stdout)
        inner = self.explain("peer_left_paused").stdout
        self.assertIn("gridctl resume", inner)

    def test_an_unknown_code_names_its_neighbours(self):
        done = self.explain("refused_wrong", wants=66)
        self.assertIn("refused_wrong_key", done.stderr)


class TrueReasons(Wired):
    """Each fault is named as what it is."""

    def reason(self, code, node=None):
        return eventually(
            lambda: (lambda each: each["reason"] == code and each)(
                (node or self.village).ask("lag")["items"][0]), code, seconds=30)

    def why(self, node, name):
        return node.ask("why", name)["cause"]["code"]

    def test_a_closed_port_is_named(self):
        self.village.put("households", "household_no=1")
        self.village.stop()
        self.village.start("--peer", f"127.0.0.1:{closed_port()}", "--log-level", "error")
        item = self.reason("port_closed")
        self.assertIn("--listen", item["remedy_en"])
        self.assertEqual(item["state"], "waiting")
        self.assertEqual(self.why(self.village, "谷脚镇"), "port_closed")
        text = self.village.call("doctor", wants=1).stdout
        self.assertIn("端口没有开", text)

    def doctor_says(self, node, reason):
        return eventually(
            lambda: next((each for each in node.ask("doctor", wants=None)["items"]
                          if each.get("reason") == reason), None), reason)

    def test_a_wrong_key_is_named(self):
        # The township's machine was set up anew: same address, another key.
        folder = pathlib.Path(self.temporary.name)
        anew = Node(county.programs, folder / "anew", "谷脚镇", TOWNSHIP)
        anew.call("init", "--area", TOWNSHIP, "--name", "谷脚镇", "--root", "--no-passphrase")
        anew.start("--listen", "127.0.0.1:0", "--log-level", "error")
        self.addCleanup(anew.stop)
        self.village.stop()
        address = anew.ask("status")["listen"]
        self.village.start("--peer", address, "--log-level", "error")
        item = self.reason("refused_wrong_key")
        self.assertIn("--peer", item["remedy_en"])
        self.assertEqual(self.why(self.village, "谷脚镇"), "refused_wrong_key")

    def test_a_key_in_the_settings_that_nobody_has_is_named(self):
        nobody = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        self.village.stop()
        self.village.start("--peer", f"{nobody}@{self.link.address}", "--log-level", "error")
        item = self.doctor_says(self.village, "refused_wrong_key")
        self.assertIn(self.link.address, item["zh"])

    def test_a_pause_there_is_named_here(self):
        self.township.call("pause", "茶香村")
        item = self.reason("refused_paused")
        self.assertIn("gridctl resume", item["remedy_en"])
        self.township.call("resume")
        self.village.call("sync")
        self.linked()

    def test_a_key_that_was_cut_off_is_named(self):
        self.township.ask("revoke", "茶香村", "--reason", "lost")
        eventually(
            lambda: "key_cut_off" in [
                each["code"] for each in self.village.ask("doctor", wants=None)["items"]],
            "the village knows")
        done = self.village.call("doctor", wants=1)
        self.assertIn("gridctl quarantine", done.stdout)

    def test_a_node_of_another_root_is_named(self):
        folder = pathlib.Path(self.temporary.name)
        stranger = Node(county.programs, folder / "stranger", "别县", "522731101")
        stranger.call("init", "--area", "522731101", "--name", "别县", "--root", "--no-passphrase")
        key = self.township.ask("status")["node"]["key"]
        stranger.start("--peer", f"{key}@{self.link.address}", "--log-level", "error")
        self.addCleanup(stranger.stop)
        self.doctor_says(stranger, "refused_foreign_root")

    def test_a_clock_that_is_off_is_named_and_hinders_nothing(self):
        clock = pathlib.Path(self.temporary.name) / "shifted_clock.so"
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-o", clock,
             county.ROOT / "scripts" / "processes" / "shifted_clock.c"], check=True)
        self.village.stop()
        # Two hours ahead, as after a dead battery and a wrong guess.
        with unittest.mock.patch.dict(
                os.environ, {"LD_PRELOAD": str(clock), "CLOCK_SHIFT": "7200"}):
            self.village.start("--peer", self.link.address, "--log-level", "error")
        self.linked()
        self.village.put("households", "household_no=1")
        self.delivered()
        self.assertEqual(self.why(self.township, "茶香村"), "clock_skew")
        for node in (self.township, self.village):
            codes = [each["code"] for each in node.ask("doctor", wants=None)["items"]]
            self.assertIn("clock_skew", codes)
        self.assertIn("分钟", self.township.call("doctor", wants=None).stdout)
        self.assertEqual(self.township.ask("lag")["items"][0]["reason"], "")

    def test_a_full_disk_is_named_on_both_sides(self):
        if os.geteuid() != 0:
            self.skipTest("only root mounts a small disk")
        self.village.stop()
        disk = pathlib.Path(self.temporary.name) / "disk"
        disk.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "onegrid", disk], check=True)
        self.addCleanup(lambda: (self.village.stop(), subprocess.run(["umount", "-l", disk])))
        # The folder moves to a disk of its own, and is another replica from then on.
        shutil.copytree(self.village.folder, disk / "village")
        shutil.rmtree(self.village.folder)
        self.village.folder.symlink_to(disk / "village")
        self.village.start("--peer", self.link.address, "--log-level", "error")
        self.linked()
        # The daemon takes room of its own meanwhile: to the last block, whatever is left.
        filler = disk / "filler"
        with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4_096)
        self.village.call("put", "households", "household_no=1", "address=" + "长" * 100, wants=75)
        self.township.put("households", "household_no=2", "--area", VILLAGE)
        self.doctor_says_code(self.village, "disk_full")
        self.reason("peer_left_disk_full", self.township)
        self.assertIn("磁盘", self.township.call("lag").stdout)
        self.assertEqual(self.why(self.township, "茶香村"), "peer_left_disk_full")
        filler.unlink()
        self.village.put("households", "household_no=3")
        eventually(
            lambda: self.township.ask("lag")["items"][0]["out"]["waiting_entries"] == 0,
            "all is there when there is room again", seconds=60)
        self.linked()

    def doctor_says_code(self, node, code):
        return eventually(
            lambda: next((each for each in node.ask("doctor", wants=None)["items"]
                          if each["code"] == code), None), code)

    def test_another_wire_version_is_named(self):
        self.village.stop()
        later = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(later.close)

        def answer():
            while True:
                try:
                    caller, _ = later.accept()
                except OSError:
                    return
                with caller:
                    # Protocol/transport.md, "The last word": another version of the wire.
                    self.assertEqual(caller.recv(8), b"ONEGRID\x01")
                    caller.sendall(b"\x00\x01\x02")
        threading.Thread(target=answer, daemon=True).start()
        host, port = later.getsockname()
        self.village.start("--peer", f"{host}:{port}", "--log-level", "error")
        item = self.reason("refused_other_version")
        self.assertIn("upgrade", item["remedy_en"])
        self.assertEqual(self.why(self.village, "谷脚镇"), "refused_other_version")
        self.doctor_says(self.village, "refused_other_version")

    def test_a_caller_of_an_older_wire_is_told_so(self):
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(b"ONEGRID\x00" + bytes(98))
            self.assertEqual(caller.recv(3), b"\x00\x01\x02")

    def test_what_waits_is_counted_by_lane_and_since(self):
        self.link.cut()
        eventually(lambda: self.village.ask("lag")["items"][0]["state"] != "connected", "a cut")
        self.village.put("households", "household_no=1")
        self.village.put("matters", "title=水管漏水", "place=村口", "grid_code=522730103210003")
        out = self.village.ask("lag")["items"][0]["out"]
        self.assertEqual(out["waiting_entries"], 2)
        self.assertEqual([(each["lane"], each["entries"]) for each in out["lanes"]],
                         [("urgent", 1), ("routine", 1)])
        self.assertGreater(out["waiting_bytes"], 100)
        self.assertRegex(out["since"], r"^\d{4}-\d\d-\d\dT")
        text = self.village.call("lag").stdout
        self.assertIn("急 1", text)
        self.link.join()
        done = self.village.call("sync", "谷脚镇")
        self.assertIn("双方内容一致", done.stdout)
        self.assertEqual(self.village.ask("lag")["items"][0]["out"]["waiting_entries"], 0)

    def test_sync_that_cannot_finish_says_why(self):
        self.link.cut()
        done = self.village.call("sync", "谷脚镇", "--timeout", "1", wants=75)
        self.assertRegex(done.stdout, r"✗ 谷脚镇:.*[一-鿿].*/")

    def test_a_value_is_traced_to_its_entry_and_to_where_it_has_arrived(self):
        identity = self.village.put("households", "household_no=7", "address=一组")
        self.delivered()
        answer = self.village.ask("why", "households", identity, "address")
        [field] = answer["fields"]
        [source] = field["sources"]
        [entry] = self.village.ask("history", "households", identity)["items"]
        self.assertEqual(source["entry"], entry["entry"])
        self.assertEqual(source["author"]["name"], "茶香村")
        self.assertEqual(source["arrived_at"], ["谷脚镇"])
        self.assertIn("谷脚镇", self.village.call("why", "households", identity).stdout)

    def test_an_absent_record_is_explained(self):
        identity = self.village.put("households", "household_no=8")
        there = self.village.ask("why", "residents", identity)
        self.assertFalse(there["found"])
        self.assertIn("other_collection", [each["code"] for each in there["steps"]])
        self.assertEqual(
            self.village.ask("why", "residents", "nonsense")["cause"]["code"], "bad_record_id")
        self.village.call("why", "nowhere", identity, wants=66)

    def test_the_log_names_what_was_written_without_values(self):
        identity = self.village.put("households", "household_no=9", "address=秘密地址")
        answer = self.village.ask("log")
        # Nodes write of themselves, too, and that may have come since.
        entry = next(each for each in answer["entries"]
                     if [record["id"] for record in each["records"]] == [identity])
        self.assertEqual(sorted(entry["records"][0]["fields"]), ["address", "household_no"])
        self.assertNotIn("秘密", json.dumps(answer, ensure_ascii=False))
        [item] = self.village.ask("history", "households", identity)["items"]
        self.assertEqual((entry["entry"], entry["at"]), (item["entry"], item["at"]))
        self.assertEqual(self.village.ask("log", "--author", "谷脚镇", "--limit", "1")["entries"][0]
                         ["author"]["name"], "谷脚镇")
        self.village.call("log", "--limit", "0", wants=65)

    def test_scopes_name_areas_writers_and_readers(self):
        self.village.put("households", "household_no=10")
        self.delivered()
        items = {each["area"]: each for each in self.township.ask("scopes")["items"]}
        self.assertEqual(items[VILLAGE]["readers"], ["茶香村"])
        self.assertEqual(items[TOWNSHIP]["readers"], ["茶香村"])
        self.assertIn("茶香村", [each["name"] for each in items[VILLAGE]["writers"]])

    def test_the_probe_speaks_as_monitors_expect(self):
        done = self.village.call("check")
        self.assertRegex(done.stdout, r"^OK .* \| looks=\d+ waiting_entries=0 wrong=0\n$")
        self.village.stop()
        done = self.village.call("check", wants=2)
        self.assertTrue(done.stdout.startswith("CRITICAL "))

    def test_a_doctor_works_without_a_daemon_and_names_open_keys(self):
        self.assertTrue(json.loads(self.village.call("doctor", "--json").stdout)["healthy"])
        self.village.stop()
        key = self.village.folder / "keys" / "node.key"
        os.chmod(key, 0o644)
        done = self.village.call("doctor", wants=1)
        self.assertIn("gridd --data", done.stdout)
        self.assertIn(f"chmod 600 {key}", done.stdout)
        os.chmod(key, 0o600)

    def test_top_prints_once_where_no_terminal_is(self):
        text = self.village.call("top").stdout
        self.assertIn("谷脚镇", text)
        self.assertNotIn("\x1b", text)

    def test_what_helpers_get_holds_no_personal_data(self):
        self.village.put("residents", "name=张小明", "phone=13812345678")
        self.village.put("households", "address=秘密地址", "household_no=11")
        (self.village.folder / "gridd.yaml").write_text(
            f"# 村里的设置\npeers: [\"{'ab' * 32}@127.0.0.1:7440\", \"[::1]:7441\"]\nlog:\n  level: error\n",
            encoding="utf-8")
        file = pathlib.Path(self.temporary.name) / "support.tar.gz"
        self.village.call("support", file)
        self.village.call("support", file, wants=77)
        with tarfile.open(file) as archive:
            names = {pathlib.Path(each.name).name for each in archive if each.isfile()}
            whole = b"".join(
                archive.extractfile(each).read() for each in archive.getmembers() if each.isfile())
        self.assertLessEqual({"status.json", "lag.json", "doctor.json", "files.txt"}, names)
        self.assertIn("level: error".encode(), whole)
        for secret in ("张小明", "13812345678", "秘密地址", "127.0.0.1", "[::1]:7441"):
            self.assertNotIn(secret.encode(), whole)
        seed = (self.village.folder / "keys" / "node.key").read_bytes()[-32:]
        self.assertNotIn(seed, whole)
        self.assertIn(b"grid.db", whole)
