# SPDX-License-Identifier: Apache-2.0
"""A node: its folder, its daemon, and the two ways to talk to it, gridctl and the local API."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess

from processes.telling import Failed, eventually


class Node:
    def __init__(self, programs, folder, name, code):
        self.programs, self.folder = pathlib.Path(programs), pathlib.Path(folder)
        self.name, self.code = name, code
        self.log = pathlib.Path(f"{self.folder}.log")
        self.arguments, self.daemon = [], None

    def start(self, *arguments):
        """Starts the daemon and waits until it answers. Without arguments: as the last time."""
        self.launch(*arguments)
        self.wait()

    def launch(self, *arguments, **options):
        """Starts the daemon and goes on at once; options are those of `subprocess.Popen`."""
        self.arguments = list(arguments) or self.arguments
        command = [self.programs / "gridd", "--data", self.folder, *self.arguments]
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)

    def wait(self):
        """Waits until the daemon answers."""
        eventually(self._answers, f"{self.name}: gridd", every=0.01)

    def _answers(self):
        if self.daemon.poll() is not None:
            log = self.log.read_text(encoding="utf-8", errors="replace")
            raise Failed(f"{self.name}: gridd ended with {self.daemon.returncode}\n{log[-4000:]}")
        try:
            return self.send("GET", "/v1/status")[0] == 200
        except OSError:
            return False

    @property
    def runs(self):
        return self.daemon is not None and self.daemon.poll() is None

    def kill(self):
        """kill -9: no chance to tidy up."""
        os.kill(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()

    def stop(self):
        """Asks the daemon to end. Returns its exit code."""
        if not self.runs:
            return None
        self.daemon.terminate()
        try:
            return self.daemon.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            return self.daemon.wait()

    def call(self, *words, wants=0):
        """Runs gridctl; any exit code will do when `wants` is None."""
        command = [self.programs / "gridctl", *words, "--data", self.folder]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=170)
        if wants is not None and done.returncode != wants:
            raise Failed(
                f"{self.name}: gridctl {' '.join(map(str, words))} ended with "
                f"{done.returncode}, not {wants}\n{done.stdout}{done.stderr}")
        return done

    def ask(self, *words, wants=0):
        """Runs gridctl with --json and returns the object."""
        return json.loads(self.call(*words, "--json", wants=wants).stdout)

    def enrol(self, child, files, wants=0, **changes):
        """Takes a node in below this one, by files alone; `files` is the folder for them. What is to
        be other in the grant is said by name; None takes it out."""
        request, grant = files / f"{child.code}.request", files / f"{child.code}.grant"
        child.call("request", "--area", child.code, "--name", child.name, "--out", request)
        self.call("approve", "--request", request, "--out", grant)
        if changes:
            told = {**json.loads(grant.read_text(encoding="utf-8")), **changes}
            told = {name: value for name, value in told.items() if value is not None}
            grant.write_text(json.dumps(told), encoding="utf-8")
        return child.call("accept", "--grant", grant, wants=wants)

    def plainly(self, *words):
        """The same with sensitive values as they are; the audit trail says so."""
        return self.ask(*words, "--plain", "--reason", "自动检查")

    def put(self, collection, *words):
        return self.ask("put", collection, *words)["id"]

    def app(self):
        """A connection to the local API, as an app on the node has it."""
        return App(self.folder / "gridd.sock")

    def send(self, method, path, body=None):
        """One request of the local API; returns status and answer."""
        app = self.app()
        try:
            return app.send(method, path, body)
        finally:
            app.close()

    def digests(self):
        """Frontier and table digest by area."""
        areas = self.ask("digest")["areas"]
        return {each["area"]: (each["frontier"], each["tables"]) for each in areas}

    def memory(self):
        """Resident memory of the daemon, in MB."""
        status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        line = next(each for each in status.splitlines() if each.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def holds(self, text):
        """Whether any file of the folder holds this text."""
        wanted = text.encode()
        return any(
            wanted in each.read_bytes() for each in self.folder.rglob("*") if each.is_file())


class App:
    def __init__(self, path):
        self.connection = _Local(path)

    def send(self, method, path, body=None):
        """Returns status and answer."""
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self):
        self.connection.close()


class _Local(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
