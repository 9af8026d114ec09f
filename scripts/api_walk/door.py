# SPDX-License-Identifier: Apache-2.0
"""A port of this machine that leads to a Unix socket: the walker speaks TCP only."""

import socket
import threading


class Door:
    def __init__(self, path):
        self.path = str(path)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def close(self):
        self.listener.close()

    def _take(self):
        while True:
            try:
                outer, _ = self.listener.accept()
            except OSError:
                return
            inner = socket.socket(socket.AF_UNIX)
            try:
                inner.connect(self.path)
            except OSError:
                outer.close()
                continue
            for source, target in ((outer, inner), (inner, outer)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    @staticmethod
    def _carry(source, target):
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
