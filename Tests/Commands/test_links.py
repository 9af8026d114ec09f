# SPDX-License-Identifier: Apache-2.0
"""Promises about two nodes and the wire between them."""

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import time

import county
from county import VILLAGE, Wired
from processes.node import Node
from processes.telling import eventually


class Links(Wired):
    """What passes the wire, and what happens when it is cut or a side is hurt."""

    def test_pause_and_resume_close_and_open_the_link(self):
        self.village.call("pause", "谷脚镇")
        upstream = eventually(
            lambda: (lambda each: each["state"] == "paused" and each)(
                self.village.ask("status")["upstream"]), "paused")
        self.assertEqual(upstream["reason"], "paused")
        self.village.put("households", "household_no=1")
        # The pause itself is an act for the audit trail.
        self.assertEqual(self.village.ask("status")["upstream"]["waiting_entries"], 2)
        self.village.call("resume")
        self.linked()
        self.delivered()
        self.assertEqual(
            self.township.ask("sql", "SELECT count(*) FROM households")["rows"], [[1]])

    def test_a_conflict_of_sensitive_values_is_masked_and_settled_unseen(self):
        identity = self.village.put("residents", "name=冯陈")
        self.delivered()
        self.link.cut()
        numbers = ["522730194912310027", "11010519491231002X"]
        self.village.put("residents", identity, f"id_no={numbers[0]}")
        self.township.put("residents", identity, f"id_no={numbers[1]}")
        self.link.join()
        self.linked()
        items = eventually(lambda: self.village.ask("conflicts")["items"], "a conflict")
        self.assertEqual(
            sorted(each["value"] for each in items[0]["values"]),
            ["110105********002X", "522730********0027"])
        self.assertTrue(items[0]["masked"])
        self.assertIn("--plain", self.village.call("conflicts").stdout)
        self.village.ask("resolve", "residents", identity, "id_no", "--keep", "2")
        self.assertEqual(self.village.ask("conflicts")["items"], [])
        self.delivered()
        shown = self.township.plainly("get", "residents", identity)["fields"]["id_no"]
        self.assertIn(shown, numbers)

    def test_a_township_reads_what_its_village_noted(self):
        identity = self.village.put("residents", "name=褚卫")
        self.village.call("get", "residents", identity, "--plain", "--reason", "走访前核对")
        self.delivered()
        acts = self.township.ask("audit", "--area", VILLAGE, "--act", "plain_read")["items"]
        self.assertEqual(
            [(each["reason"], each["author"]["name"]) for each in acts], [("走访前核对", "茶香村")])
        issued = self.township.ask("audit", "--act", "certificate")["items"]
        self.assertEqual([each["object"] for each in issued], ["茶香村"])
        self.assertTrue(self.township.ask("verify")["ok"])
        self.township.call("rebuild")
        acts = self.township.ask("audit", "--area", VILLAGE, "--act", "plain_read")["items"]
        self.assertEqual([each["reason"] for each in acts], ["走访前核对"])
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_peers_tell_what_is_where_and_why_not(self):
        self.village.put("households", "household_no=1")
        self.delivered()
        peer = self.township.ask("peers")["items"][0]
        self.assertEqual((peer["name"], peer["state"]), ("茶香村", "connected"))
        self.assertEqual(peer["out"]["waiting_entries"], 0)
        self.assertGreater(peer["out"]["bytes"], 100)
        self.assertGreater(peer["in"]["bytes"], 100)
        self.link.cut()
        peer = eventually(
            lambda: (lambda each: each["state"] != "connected" and each)(
                self.township.ask("peers")["items"][0]), "cut")
        self.assertNotEqual(peer["reason"], "")
        self.assertNotEqual(peer["reason_zh"], "")
        self.assertIsNotNone(peer["last_contact"])

    def test_whoever_is_killed_nothing_acknowledged_is_lost(self):
        for victim in (self.village, self.township):
            identity = self.village.put("households", f"address={victim.name}")
            victim.kill()
            victim.start()
            self.assertEqual(
                self.village.ask("get", "households", identity)["fields"]["address"], victim.name)
            if victim is self.township:
                # The wire led to a port that is gone with the process.
                host, port = self.township.ask("status")["listen"].rsplit(":", 1)
                self.link.target = (host, int(port))
            self.linked()
            self.delivered()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")

    def test_a_damaged_run_is_cut_off_and_fetched_again(self):
        for number in range(3):
            self.village.put("households", f"household_no={number}")
            self.delivered()
        self.township.stop()
        with contextlib.closing(sqlite3.connect(self.township.folder / "grid.db")) as database:
            row, envelope = database.execute(
                "SELECT runs.id, envelope FROM runs JOIN logs ON ref = runs.id >> 32 "
                "WHERE area = ? AND first = 2", (VILLAGE,)).fetchone()
            database.execute(
                "UPDATE runs SET envelope = ? WHERE id = ?",
                (envelope[:-1] + bytes([envelope[-1] ^ 1]), row))
            database.commit()
        self.township.start("--listen", "127.0.0.1:0", "--log-level", "critical")
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link.target = (host, int(port))
        self.linked()
        self.township.call("verify", wants=1)
        answer = self.township.ask("rebuild")
        self.assertEqual([(cut["from"], cut["to"]) for cut in answer["cuts"]], [(3, 1)])
        [incident] = self.township.ask("incidents")["items"]
        self.assertEqual((incident["code"], incident["entries_lost"]), ("ledger_cut", 2))
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.township.ask("verify")["ok"])

    def test_an_older_image_of_the_folder_becomes_a_new_replica_and_loses_nothing(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        self.village.stop()
        database = self.village.folder / "grid.db"
        image = database.read_bytes()
        self.village.start()
        self.linked()
        self.village.put("households", "address=备份后")
        self.delivered()
        before = self.village.ask("status")["node"]["replica"]
        self.village.stop()
        for leftover in self.village.folder.glob("grid.db-*"):
            leftover.unlink()
        database.write_bytes(image)
        self.village.start()
        self.assertNotEqual(self.village.ask("status")["node"]["replica"], before)
        self.village.put("households", "address=还原后")
        self.linked()
        self.delivered()
        rows = "SELECT address FROM households ORDER BY address"
        eventually(
            lambda: len(self.village.ask("sql", rows)["rows"]) == 3, "one's own entries back")
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.village.ask("verify")["ok"])
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["ended_at"], "the end of it")
        [incident] = self.village.ask("incidents")["items"]
        self.assertEqual((incident["code"], incident["replica"]), ("older_image", before))
        self.assertEqual(incident["entries_lost"], 1)

    def test_a_folder_put_back_or_copied_whole_uses_no_sequence_twice(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        self.village.stop()
        backup = self.village.folder.with_name("backup")
        shutil.copytree(self.village.folder, backup)
        self.village.start()
        self.linked()
        before = self.village.ask("status")["node"]["replica"]
        self.village.put("households", "address=备份后")
        self.delivered()
        self.village.stop()
        # Nobody is there to say what is missing: only the folder can tell.
        self.link.cut()
        shutil.rmtree(self.village.folder)
        shutil.copytree(backup, self.village.folder)
        self.village.start()
        self.assertNotEqual(self.village.ask("status")["node"]["replica"], before)
        self.village.put("households", "address=还原后")
        copy = Node(county.programs, backup, "副本", VILLAGE)
        copy.start(*self.village.arguments)
        self.addCleanup(copy.stop)
        copy.put("households", "address=副本")
        self.link.join()
        rows = "SELECT address FROM households ORDER BY address"
        eventually(
            lambda: len(self.township.ask("sql", rows)["rows"]) == 4, "what all have written")
        copy.stop()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        self.assertTrue(self.township.ask("verify")["ok"])
        self.assertNotIn("fork", self.township.log.read_text(encoding="utf-8"))

    def test_a_record_that_has_arrived_is_signed_for_and_can_be_proved_without_a_folder(self):
        identity = self.village.put("households", "address=一组")
        words = ("receipt", "households", identity)
        proof = self.village.folder.parent / "proof"
        self.assertIn("尚未送达", self.village.call(*words).stdout)
        self.village.call(*words, "--export", proof, wants=66)
        [receipt] = eventually(
            lambda: self.village.ask(*words)["items"][0]["receipts"], "a receipt")
        self.assertEqual(receipt["issuer"]["name"], "谷脚镇")
        said = self.village.call(*words).stdout
        self.assertRegex(said, "已送达 谷脚镇,.*回执 " + receipt["number"])
        self.assertIn("谷脚镇", self.village.call("history", "households", identity).stdout)
        self.village.call(*words, "--export", proof)
        self.village.call(*words, "--export", proof, wants=77)

        def verified(file, root, wants):
            done = subprocess.run(
                [county.programs / "gridctl", "receipt", "verify", file, "--root", root, "--json"],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, wants, done.stderr)
            return done
        node = self.village.ask("status")["node"]
        answer = json.loads(verified(proof, node["root_key"], 0).stdout)
        self.assertEqual(answer["number"], receipt["number"])
        [entry] = self.village.ask("history", "households", identity)["items"]
        self.assertEqual((answer["entry"], answer["hash"]), (entry["entry"], entry["hash"]))
        verified(proof, node["key"], 1)
        other = proof.with_name("altered")
        other.write_bytes(b"\2" + proof.read_bytes()[1:])
        verified(other, node["root_key"], 65)
        self.assertEqual(self.village.ask("incidents")["items"], [])

    def test_a_township_restored_from_a_backup_is_offered_again_what_it_lost(self):
        self.village.put("households", "address=备份前")
        self.delivered()
        secret = self.township.folder.parent / "passphrase"
        secret.write_text("口令", encoding="utf-8")
        secret.chmod(0o600)
        file = self.township.folder.parent / "township.backup"
        self.township.call("backup", file, "--passphrase-file", secret)
        for number in range(3):
            self.village.put("households", f"address=备份后{number}")
        self.delivered()
        # What was acknowledged is written down within a second.
        time.sleep(1.5)
        self.link.cut()
        self.township.stop()
        shutil.rmtree(self.township.folder)
        self.township.call("restore", file, "--passphrase-file", secret)
        self.township.start()
        host, port = self.township.ask("status")["listen"].rsplit(":", 1)
        self.link.target = (host, int(port))
        self.link.join()
        [incident] = eventually(
            lambda: self.village.ask("status")["incidents"], "the village says so")
        self.assertEqual(incident["code"], "peer_restored")
        self.assertEqual(incident["peer"]["name"], "谷脚镇")
        self.assertEqual(incident["entries_lost"], 3)
        self.delivered()
        eventually(lambda: self.village.digests() == self.township.digests(), "equal digests")
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["ended_at"], "the end of it")
        self.assertIn("丢失的 3 条已重新送达", self.village.call("status").stdout)

    def test_a_folder_made_anew_gets_back_what_an_earlier_one_wrote(self):
        for number in range(3):
            self.village.put("households", f"address={number}")
        self.delivered()
        self.village.stop()
        folder = self.village.folder
        shutil.rmtree(folder)
        files = folder.parent / "again"
        files.mkdir()
        # A certificate's first day is told in seconds.
        time.sleep(1.1)
        self.township.enrol(self.village, files)
        self.village.start()
        [incident] = eventually(
            lambda: self.village.ask("incidents")["items"], "the village says so")
        self.assertEqual(incident["code"], "folder_replaced")
        eventually(
            lambda: self.village.ask("incidents")["items"][0]["entries_missing"] == 0, "all back")
        self.assertEqual(
            self.village.ask("sql", "SELECT count(*) FROM households")["rows"], [[3]])

    def test_a_corrupt_file_met_by_a_reader_stops_all_writing(self):
        identity = self.village.put("households", "address=一组")
        self.delivered()
        self.village.stop()
        database = self.village.folder / "grid.db"
        with contextlib.closing(sqlite3.connect(database)) as connection:
            [root], [size] = (connection.execute(statement).fetchone() for statement in (
                "SELECT rootpage FROM sqlite_schema WHERE name = 'households'",
                "PRAGMA page_size"))
        with open(database, "r+b") as file:
            file.seek((root - 1) * size)
            file.write(bytes(size))
        self.village.start()
        done = self.village.call("get", "households", identity, wants=70)
        self.assertIn("grid.db", done.stderr)
        status = self.village.ask("status")
        self.assertIn("store_damaged", [each["code"] for each in status["findings"]])
        self.assertGreater(status["ledger"]["entries"], 0)
        done = self.village.call("put", "residents", "name=张三", wants=70)
        self.assertIn("停止写入", done.stderr)
        self.assertIn("gridctl verify", done.stderr)
        self.assertEqual(self.village.call("verify", wants=None).returncode, 1)

    def test_a_daemon_stops_in_order_when_asked(self):
        began = time.monotonic()
        self.assertEqual(self.village.stop(), 0)
        self.assertLess(time.monotonic() - began, 15)
        self.assertFalse((self.village.folder / "gridd.sock").exists())
        self.township.daemon.send_signal(signal.SIGINT)
        self.assertEqual(self.township.daemon.wait(timeout=15), 0)
