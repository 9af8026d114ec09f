# SPDX-License-Identifier: Apache-2.0
"""Promises about backups and restoring."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import county
from county import ROOT, TOWNSHIP, office
from processes.node import Node


class Recovery(unittest.TestCase):
    """Backups of one running node, and what is made of them."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="onegrid-test-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.node = office(cls.folder)
        cls.node.start("--log-level", "error")
        cls.node.put("households", "household_no=00001", "address=一组")
        cls.passphrase = cls.folder / "passphrase"
        cls.passphrase.write_text("口令\n", encoding="utf-8")
        cls.passphrase.chmod(0o600)
        cls.backup = cls.folder / "node.backup"
        cls.made = cls.asks("backup", cls.backup, "--data", cls.node.folder)

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()
        cls.temporary.cleanup()

    @classmethod
    def says(cls, *words, wants=0, passphrase=True):
        secret = ["--passphrase-file", cls.passphrase] if passphrase else []
        done = subprocess.run(
            [county.programs / "gridctl", *words, *secret], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=170)
        assert done.returncode == wants, (words, done.returncode, done.stdout, done.stderr)
        return done

    @classmethod
    def asks(cls, *words, **options):
        return json.loads(cls.says(*words, "--json", **options).stdout)

    def test_a_backup_is_sealed_and_says_what_it_holds(self):
        self.assertEqual(self.made["schema"], "onegrid.backup_made/1")
        self.assertEqual(self.made["node"]["name"], self.node.name)
        self.assertNotIn("一组".encode(), self.backup.read_bytes())
        self.assertEqual(self.backup.stat().st_mode & 0o777, 0o600)
        manifest = self.asks("backup", "inspect", self.backup)
        self.assertEqual(manifest["logs"], self.made["logs"])
        self.assertEqual(
            [each["name"] for each in manifest["files"]],
            ["grid.db", "keys/node.key", "keys/root.key"])
        status = self.node.ask("status")
        self.assertEqual(status["backups"]["last_backup"]["entries"], self.made["entries"])
        names = [each.name for each in self.node.folder.iterdir()]
        self.assertEqual([each for each in names if each.startswith("snapshot-")], [])

    def test_a_drill_proves_it_and_status_says_when(self):
        drill = self.asks("drill", "restore", self.backup, "--data", self.node.folder)
        self.assertTrue(drill["ok"] and drill["verified"])
        self.assertEqual(drill["entries"], self.made["entries"])
        self.assertIsNotNone(self.node.ask("status")["backups"]["last_drill"])
        self.assertEqual(list(self.node.folder.glob("drill-*")), [])

    def test_what_is_restored_is_another_replica_and_says_so(self):
        replicas = {self.node.ask("status")["node"]["replica"]}
        for number in range(2):
            target = self.folder / f"again-{number}"
            answer = self.asks("restore", self.backup, "--data", target)
            self.assertEqual(answer["entries"], self.made["entries"])
            node = Node(county.programs, target, self.node.name, TOWNSHIP)
            node.start("--log-level", "error")
            self.addCleanup(node.stop)
            status = node.ask("status")
            replicas.add(status["node"]["replica"])
            self.assertEqual([each["code"] for each in status["incidents"]], ["restored"])
            self.assertEqual(len(node.ask("list", "households")["items"]), 1)
            self.assertIn("由备份恢复", node.call("incidents").stdout)
            for path in [target, *target.rglob("*")]:
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        self.assertEqual(len(replicas), 3)

    def test_what_cannot_be_is_refused_and_says_why(self):
        self.assertIn("--force", self.says(
            "backup", self.backup, "--data", self.node.folder, wants=77).stderr)
        self.says("restore", self.backup, "--data", self.node.folder, wants=77)
        self.assertIn("--passphrase-file", self.says(
            "backup", self.folder / "x", "--data", self.node.folder, wants=64,
            passphrase=False).stderr)
        other = self.folder / "other"
        other.write_text("别的\n", encoding="utf-8")
        other.chmod(0o600)
        target = self.folder / "never"
        done = self.says("restore", self.backup, "--data", target, "--passphrase-file", other,
                         wants=65, passphrase=False)
        self.assertRegex(done.stderr, r"[一-鿿]")
        self.says("restore", other, "--data", target, wants=65)
        self.says("restore", self.folder / "none", "--data", target, wants=66)
        self.says("backup", self.folder / "x", "--data", self.node.folder, "--to", "00",
                  wants=65, passphrase=False)
        self.says("backup", self.folder / "x", "--data", target, wants=66)
        self.assertFalse(target.exists())
        self.assertFalse((self.folder / "x").exists())

    def test_a_backup_may_be_sealed_to_anothers_key(self):
        file = self.folder / "to-key.backup"
        key = self.node.ask("status")["node"]["key"]
        self.says("backup", file, "--data", self.node.folder, "--to", key, passphrase=False)
        self.assertIn(key, self.says("backup", "inspect", file, wants=65).stderr)
        manifest = self.asks("backup", "inspect", file, "--key",
                             self.node.folder / "keys" / "node.key", passphrase=False)
        self.assertEqual(manifest["entries"], self.made["entries"])

    def test_a_node_that_does_not_run_is_backed_up_as_well(self):
        node = office(self.folder / "stopped")
        file = self.folder / "stopped.backup"
        self.says("backup", file, "--data", node.folder)
        self.says("drill", "restore", file, "--data", node.folder)

    def test_the_story_of_the_old_image_ends_well(self):
        done = subprocess.run(
            [ROOT / "scripts" / "story-old-image", county.programs], capture_output=True, text=True,
            timeout=170)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
